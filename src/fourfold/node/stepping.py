"""Our own steps in proposals and joint records: taking one, which is kept as a record and leaves as releases.

A step leaves whole, to every other party, or not at all. Where nothing stands against it but approvals that
the institution's own rule or the release table asks for, it waits: it is kept, nobody else has it, nothing
rests on it, and it leaves in the moment in which the last approval is given, if the rules let it then.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from pydantic import BaseModel, ValidationError

from fourfold.errors import Fault, InputError, RefusedError
from fourfold.exchange.faults import model_faults
from fourfold.node import clock, courses, keeping, models, onward, releasing, trail
from fourfold.node.compartments import align
from fourfold.node.courses import Opening, Place, Waiting
from fourfold.node.parties import peers_of
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.collaboration import Contribution, Part
from fourfold.protocols.coordination import Answer, Proposal
from fourfold.protocols.steps import Step
from fourfold.records.derivation import Inheritance
from fourfold.records.kinds import Kind
from fourfold.records.markings import Marking, Tlp


class WithheldError(RefusedError):
    """The release table does not let a step pass to this counterpart."""

    def __init__(self, message: str, peer: models.Peer) -> None:
        super().__init__(message)
        self.peer = peer


def header(opening: str | None, marking: Marking, now: datetime) -> dict[str, Any]:
    """What every step of our own begins with; the place is the next that is free."""
    own = models.CourseStep.objects.filter(opening=opening or "", author=settings.NODE.id)
    last = own.aggregate(last=Max("number"))["last"] or 0
    return {
        "opening": opening,
        "author": settings.NODE.id,
        "number": last + 1,
        "at": now,
        "originators": frozenset({settings.NODE.id}),
        "marking": marking,
    }


@contextmanager
def acting(actor: str) -> Iterator[None]:
    """All of what is done inside, or nothing; that the table let a step not pass is noted in the trail."""
    try:
        with transaction.atomic():
            yield
    except WithheldError as refusal:
        trail.note(models.Tag.RELEASE_WITHHELD, clock.now(), peer=refusal.peer, actor=actor)
        raise


def made(kind: Kind, given: Mapping[str, Any], own: Mapping[str, Any]) -> BaseModel:
    """A step of a kind out of what a person gave and what the node itself says (`own`).

    Raises:
        InputError: a field is wrong, unknown or missing, or is not for a person to set; all faults.
    """
    taken = [Fault("The node sets this itself.", "", 0, name, "Remove it.") for name in given if name in own]
    try:
        step = kind.payload.model_validate({**given, **own})
    except ValidationError as error:
        raise InputError([*taken, *_told(error)]) from error
    if taken:
        raise InputError(taken)
    return step


def check_fields(kind: Kind, given: Mapping[str, Any]) -> None:
    """Whether what a person gave could be a step of a kind, whatever the node says itself.

    Raises:
        InputError: it could not; all faults.
    """
    own = header(None, Marking(tlp=Tlp.RED), clock.now())
    made(kind, given, {**own, "revision": 1} if issubclass(kind.payload, Contribution) else own)


def _told(error: ValidationError) -> list[Fault]:
    """The faults of a step in our words; a list is not called short because its items are at fault."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    places = [each["loc"] for each in found]
    kept = []
    for each, fault in zip(found, model_faults(error), strict=False):
        inside = any(place != each["loc"] and place[: len(each["loc"])] == each["loc"] for place in places)
        if not (each["type"] == "too_short" and inside):
            message = fault.message.removeprefix("Value error, ")
            kept.append(replace(fault, message=message[:1].upper() + message[1:]))
    return kept


def take(
    kind: Kind,
    step: Step,
    place: Place,
    peers: Sequence[models.Peer],
    actor: str,
    *,
    derived: onward.Derivation | None = None,
) -> Opening:
    """Take a step: keep it as a record, and release it, whole, to every other party; inside `acting`.

    Where it lacks nothing but approvals, it waits for them. The same step as one that waits changes nothing.
    `derived` says what it was written from; if that is withdrawn by its originator, so is the step.

    Raises:
        RefusedError: another step of ours in this course waits for approval.
        WithheldError: the table lets it pass to one of them not at all, or not whole.
    """
    if held := _held(kind, step, place):
        return held
    version = _record(kind, step, place, actor, derived)
    if _only_lacks_approvals(version, peers, step):
        trail.note(models.Tag.CHANGE_PROPOSED, step.at, subject=step.opening or step.digest(), actor=actor)
        return _wait(version, step, place, actor)
    return _let_go(version, step, place, peers, actor)


def leave(record: str, now: datetime) -> models.CourseStep | None:
    """Let a step that waits go, if it has all its approvals by now; None: none waits, or some are missing.

    Raises:
        RefusedError: the course has moved on meanwhile, so that the step has no place in it any more.
        WithheldError: the table lets it pass to one of the parties not at all, or not whole.
    """
    row = models.WaitingStep.objects.select_for_update().filter(record=record, decided=None).first()
    held = courses.waiting(row.opening) if row else None
    if row is None or held is None:
        return None
    peers = peers_of(courses.parties_named(held.step) or _parties(row, now))
    if _only_lacks_approvals(held.version, peers, held.step):
        return None
    _check_place(held, now)
    row.decided, row.left = now, True
    row.save(update_fields=["decided", "left"])
    return _let_go(held.version, held.step, Place(row.activity, row.slice), peers, row.actor)


def _held(kind: Kind, step: Step, place: Place) -> models.WaitingStep | None:
    """The very same step, if it waits already."""
    if step.opening is not None:
        held = courses.waiting(step.opening)
        if held and not courses.says_the_same(held.step, step):
            raise RefusedError(
                "A step of yours waits here for a second person's approval. Have it approved, or drop it, "
                "before you take another."
            )
        return held.row if held else None
    rows = models.WaitingStep.objects.filter(opening=F("digest"), decided=None, slice=place.slice)
    waiting = (courses.waiting(row.digest) for row in rows.filter(kind=kind.id))
    return next((each.row for each in waiting if each and courses.says_the_same(each.step, step)), None)


def _record(
    kind: Kind, step: Step, place: Place, actor: str, derived: onward.Derivation | None
) -> models.RecordVersion:
    sources = derived.inheritance.derived_from if derived else ()
    record = keeping.new_record(
        kind,
        step.fields(),
        activity=place.activity,
        slice_=place.slice,
        marking=step.marking,
        inherited=Inheritance(step.originators, step.marking, sources),
        now=step.at,
    )
    title = str(record.payload.get("title", kind.title))
    version = keeping.add(record, actor=actor, title=title, source=kind.title)
    onward.note_derived(record.id, derived.roots if derived else ())
    return version


def _only_lacks_approvals(version: models.RecordVersion, peers: Sequence[models.Peer], step: Step) -> bool:
    """Whether approvals are missing for one party at least, and nothing else stands against it for any."""
    reports = [releasing.report_for(version, peer, clock.now()) for peer in peers]
    lacking = [each.plan.lacks_only_approvals for each in reports]
    ready = all(lacks or not each.plan.findings for lacks, each in zip(lacking, reports, strict=True))
    if any(lacking) and ready:
        for peer, each in zip(peers, reports, strict=True):
            _check_signed(models.Agreement.objects.get(pk=each.agreement), step, peer)
        return True
    return False


def _wait(version: models.RecordVersion, step: Step, place: Place, actor: str) -> models.WaitingStep:
    name = step.digest()
    gone = models.WaitingStep.objects.filter(opening=step.opening or name, decided=None)
    gone.update(decided=step.at)  # its record was destroyed, so that it waited for nothing
    row = models.WaitingStep.objects.create(
        digest=name,
        opening=step.opening or name,
        kind=version.kind,
        activity=place.activity,
        slice=place.slice,
        record=version.record,
        actor=actor,
        kept=step.at,
    )
    align(row.opening)
    return row


def _let_go(
    version: models.RecordVersion, step: Step, place: Place, peers: Sequence[models.Peer], actor: str
) -> models.CourseStep:
    """Release a step to all, and count it from now on."""
    for peer in peers:
        try:
            _release_whole(version, peer, step, actor)
        except RefusedError as refusal:
            raise WithheldError(str(refusal), peer) from refusal
    now = clock.now()
    row = courses.keep(step, version.kind, place, now, record=version.record, actor=actor)
    tag, reason = _told_as(step)
    trail.note(tag, now, subject=row.opening, reason=reason, actor=actor)
    return row


def _release_whole(version: models.RecordVersion, peer: models.Peer, step: Step, actor: str) -> None:
    made = releasing.release(version, peer, actor, max(clock.now(), step.at), created=step.at)
    if made.withheld:
        names = ", ".join(made.withheld)
        raise RefusedError(
            f"This goes to {peer.name} whole or not at all, and the agreement lets these fields not pass: "
            f"{names}. Agree on a slice that takes them."
        )
    _check_signed(made.agreement, step, peer)


def _check_signed(agreement: models.Agreement, step: Step, peer: models.Peer) -> None:
    """Whether all whom an opening names have signed the agreement that it would go under."""
    named = courses.parties_named(step)
    if missing := [each for each in named if agreement.content().party(each) is None]:
        raise WithheldError(
            f"Not all who are named have signed the agreement {agreement.title!r}: {len(missing)} have "
            "not. Agree with all of them first.",
            peer,
        )


def _parties(row: models.WaitingStep, now: datetime) -> tuple[str, ...]:
    return courses.matter(models.CourseStep.objects.get(pk=row.opening), now).parties


def _check_place(held: Waiting, now: datetime) -> None:
    """Whether a step that waited still has its place in the course.

    Raises:
        RefusedError: it has not; the message says why.
    """
    step, opening = held.step, held.row.opening
    if step.opening is None:
        if isinstance(step, Proposal):
            coordination.check_date(step, now)
        return
    stands = courses.matter(models.CourseStep.objects.get(pk=opening), now)
    if stands.course is None:
        raise RefusedError("A step of this was recalled meanwhile; nothing more happens to it. Drop yours.")
    if isinstance(stands.course, coordination.Course):
        coordination.attempt(opening, stands.steps, step, now)
    else:
        collaboration.attempt(opening, stands.steps, step)


def _told_as(step: Step) -> tuple[models.Tag, str]:
    """How the trail calls a step of ours."""
    if isinstance(step, Proposal):
        move = coordination.Move.AMEND if step.supersedes else coordination.Move.PROPOSE
        return models.Tag.PROPOSAL_MADE, move.value
    if isinstance(step, Answer):
        return models.Tag.PROPOSAL_ANSWERED, step.move.value
    if isinstance(step, Part):
        return models.Tag.JOINT_SIGNED, step.move.value
    begins = isinstance(step, Contribution) and step.opening is None
    return models.Tag.JOINT_CONTRIBUTED, "begin" if begins else collaboration.Move.CONTRIBUTE.value
