"""What this institution may do next with a proposal or a joint record, as its protocol has it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fourfold.node.courses import Matter
from fourfold.node.web.queries.words import Word
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.coordination import Move

SAID: Mapping[Move, Word] = {
    Move.ACCEPT: _("Accept it"),
    Move.AMEND: _("Amend it"),
    Move.DECLINE: _("Decline it"),
    Move.COMMIT: _("Commit to it by a date"),
    Move.FINISH: _("Report our part done"),
    Move.WITHDRAW: _("Withdraw it"),
}
DRAFTED: Mapping[collaboration.Move, Word] = {
    collaboration.Move.SIGN: _("Read and sign it"),
    collaboration.Move.PUBLISH: _("Publish it"),
    collaboration.Move.CONTRIBUTE: _("Contribute"),
    collaboration.Move.LEAVE: _("Leave it"),
}
_PAGES = {
    collaboration.Move.SIGN: "course-sign",
    collaboration.Move.PUBLISH: "course-publish",
    collaboration.Move.CONTRIBUTE: "course-contribute",
    collaboration.Move.LEAVE: "course-leave",
}


@dataclass(frozen=True, slots=True)
class MoveView:
    """Something that can be done, and the page on which it is done; `quiet` where it ends the matter."""

    title: Word
    url: str
    quiet: bool


def moves_of(matter: Matter) -> tuple[MoveView, ...]:
    """All that we may do now; nothing while a step of ours waits."""
    if matter.waiting is not None:
        return ()
    digest, ends = matter.row.digest, {"decline", "withdraw", "leave"}
    if isinstance(matter.course, coordination.Course):
        legal = may_say(matter.course)
        return tuple(
            MoveView(title, _page_of(move, digest), move in ends)
            for move, title in SAID.items()
            if move in legal
        )
    if isinstance(matter.course, collaboration.Course):
        drafted = may_draft(matter.course)
        return tuple(
            MoveView(title, reverse(_PAGES[move], args=[digest]), move in ends)
            for move, title in DRAFTED.items()
            if move in drafted
        )
    return ()


def may_say(course: coordination.Course) -> frozenset[Move]:
    """What we may say to the text that counts."""
    stance = course.head.stances.get(settings.NODE.id)
    if course.state.final or stance is None:
        return frozenset()
    early = {Move.COMMIT} if course.state is coordination.State.PROPOSED else set()
    return frozenset(coordination.COORDINATION.legal(stance)) - early - {Move.PROPOSE}


def may_draft(course: collaboration.Course) -> frozenset[collaboration.Move]:
    """What we may do with the joint record as it now reads."""
    own = settings.NODE.id
    if course.state.final or own not in course.stances:
        return frozenset()
    return frozenset(collaboration.COLLABORATION.legal(course.stances[own])) - set(_too_early(course, own))


def _too_early(course: collaboration.Course, own: str) -> Iterable[collaboration.Move]:
    if course.current.missing or own in course.signatures:
        yield collaboration.Move.SIGN
    if course.state is not collaboration.State.COMPLETE:
        yield collaboration.Move.PUBLISH


def _page_of(move: Move, digest: str) -> str:
    if move is Move.AMEND:
        return reverse("course-amend", args=[digest])
    return reverse("course-say", args=[digest, move.value])
