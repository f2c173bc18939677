"""Proposals and joint records by page: beginning one, and answering, amending or committing to a proposal."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, InputError
from fourfold.node import clock, courses
from fourfold.node.actions.amend_proposal import amend_proposal
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.begin_joint_record import NewJointRecord, begin_joint_record
from fourfold.node.actions.propose import NewProposal, propose
from fourfold.node.courses import Matter, Opening
from fourfold.node.kinds import kind_of
from fourfold.node.models import Peer
from fourfold.node.queries import courses as queries
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Faults, Typed
from fourfold.node.web.forms.courses import (
    BY,
    SOURCES,
    TO,
    course_form,
    read_course,
    read_day,
    read_note,
    say_boxes,
    typed_course,
)
from fourfold.node.web.forms.payloads import PREFIX
from fourfold.node.web.queries.beginning import BeginView, SliceView, beginning_view, opening_kinds
from fourfold.node.web.queries.course import text_view
from fourfold.node.web.queries.course_moves import SAID, may_say
from fourfold.node.web.queries.showing import names
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.stepping import matter_at, not_now, steps_to, tried
from fourfold.protocols import coordination
from fourfold.protocols.coordination import Move

DONE = {
    Move.ACCEPT: gettext_lazy("Accepted. The others can collect it from now on."),
    Move.DECLINE: gettext_lazy("Declined. The others can collect it from now on."),
    Move.COMMIT: gettext_lazy("Committed. The others can collect it from now on."),
    Move.FINISH: gettext_lazy("Reported done. The others can collect it from now on."),
    Move.WITHDRAW: gettext_lazy(
        "Withdrawn. The others can collect that from now on; the text stays readable."
    ),
}


@needs(Act.TAKE_PART)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, activity_id: str, slice_id: str, kind_id: str) -> HttpResponse:
    """Propose a text, or begin a joint record, in one slice; where it cannot be, the page says why."""
    part, what = _place(activity_id, slice_id, kind_id)
    steps = crumbs(("together", _("Working together")), ("", what.title))
    if not what.allowed:
        return page(request, "begin_not.html", {"part": part, "what": what, "crumbs": steps})
    kind, typed, faults = kind_of(what.kind), Typed.of(request.POST), NO_FAULTS
    if request.method == "POST" and not typed.one("more"):
        done = _("On its way: every party can collect it from now on.")
        answer, faults = tried(request, lambda: _begun(request, part, what, typed), done)
        if answer:
            return answer
    form = course_form(kind, typed, faults, more=_more(typed), peers=part.peers, sources=what.joint)
    context = {"form": form, "part": part, "what": what, "crumbs": steps}
    return page(request, "begin.html", context)


@needs(Act.TAKE_PART)
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, digest: str) -> HttpResponse:
    """Answer the text that counts with another one."""
    matter, course = _proposal(digest)
    head = course.head
    if request.method == "GET":
        if Move.AMEND not in may_say(course):
            return not_now(request, matter)
        typed = typed_course(matter.kind, queries.content_of(head.proposal), head.proposal.marking)
        return _amending(request, matter, typed, head.digest)
    typed = Typed.of(request.POST)
    about = typed.one("about")
    if typed.one("more"):
        return _amending(request, matter, typed, about)
    done = _("Amended. The others are asked again; they can collect it from now on.")
    answer, faults = tried(request, lambda: _amended(request, matter, typed, about), done)
    return answer or _amending(request, matter, typed, about, faults)


@needs(Act.TAKE_PART)
@require_http_methods(["GET", "POST"])
def say(request: HttpRequest, digest: str, move: str) -> HttpResponse:
    """Accept, decline, commit to, report done or withdraw a proposal, with a word to the others."""
    if move not in DONE:
        raise Http404
    matter, course = _proposal(digest)
    wanted, typed, faults = Move(move), Typed.of(request.POST), NO_FAULTS
    if request.method == "POST":
        answer, faults = tried(request, lambda: _said(request, matter, wanted, typed), DONE[wanted])
        if answer:
            return answer
    elif wanted not in may_say(course):
        return not_now(request, matter)
    boxes = say_boxes(wanted, typed, faults, course.head.proposal.due)
    context = {
        "boxes": boxes,
        "wrong": faults.summary(boxes),
        "title": queries.title_of(matter),
        "what": SAID[wanted],
        "move": wanted.value,
        "about": course.head.digest,
        "stale": typed.one("about") not in {"", course.head.digest},
        "digest": digest,
        "text": text_view(course.head.proposal, names()),
        "due": course.head.proposal.due,
        "crumbs": steps_to(matter, SAID[wanted]),
    }
    return page(request, "say.html", context)


def _place(activity: str, slice_: str, kind: str) -> tuple[SliceView, BeginView]:
    """The slice and the kind of an address.

    Raises:
        Http404: no agreement in force has that slice, or nothing of that kind is begun in that activity.
    """
    if kind not in {each.id for each in opening_kinds(activity)}:
        raise Http404
    slices = [part for part in beginning_view(activity, clock.now()).slices if part.id == slice_]
    if not slices:
        raise Http404
    found = [(part, each) for part in slices for each in part.begins if each.kind == kind]
    return next((pair for pair in found if pair[1].allowed), found[0])


def _begun(request: HttpRequest, part: SliceView, what: BeginView, typed: Typed) -> Opening:
    kind, faults = kind_of(what.kind), []
    try:
        peers = _peers(part, typed)
    except InputError as error:
        peers, faults = [], list(error.faults)
    try:
        fields, marking = read_course(kind, typed)
    except InputError as error:
        raise InputError([*error.faults, *faults]) from error
    if faults:
        raise InputError(faults)
    if not what.joint:
        return propose(NewProposal(kind.id, part.id, marking, fields), peers, actor_of(request))
    given = NewJointRecord(kind.id, part.id, marking, fields, typed.lines(SOURCES))
    return begin_joint_record(given, peers, actor_of(request))


def _peers(part: SliceView, typed: Typed) -> list[Peer]:
    """Those who were ticked.

    Raises:
        InputError: nobody, or somebody who is no party.
    """
    known = {peer.institution: peer for peer in part.peers}
    chosen = typed.many(TO)
    if not chosen or set(chosen) - known.keys():
        raise InputError([Fault(_("Choose at least one of these."), field=TO)])
    return [known[each] for each in dict.fromkeys(chosen)]


def _proposal(digest: str) -> tuple[Matter, coordination.Course]:
    """The proposal of an address.

    Raises:
        Http404: there is none, or nothing more can be done with it.
    """
    matter = matter_at(digest)
    if not isinstance(matter.course, coordination.Course):
        raise Http404
    return matter, matter.course


def _amending(
    request: HttpRequest, matter: Matter, typed: Typed, about: str, faults: Faults = NO_FAULTS
) -> HttpResponse:
    head = courses.proposal(matter).head
    context: dict[str, Any] = {
        "form": course_form(matter.kind, typed, faults, more=_more(typed)),
        "hidden": {"about": head.digest},
        "title": queries.title_of(matter),
        "digest": matter.row.digest,
        "stale": about != head.digest,
        "text": text_view(head.proposal, names()),
        "crumbs": steps_to(matter, SAID[Move.AMEND]),
    }
    return page(request, "amend.html", context)


def _amended(request: HttpRequest, matter: Matter, typed: Typed, about: str) -> Opening:
    fields, marking = read_course(matter.kind, typed)
    return amend_proposal(matter.row, fields, marking, actor_of(request), about=about)


def _said(request: HttpRequest, matter: Matter, move: Move, typed: Typed) -> Opening:
    faults: list[Fault] = []
    values: dict[str, Any] = {}
    reads = {"note": read_note} | ({BY: read_day} if move is Move.COMMIT else {})
    for name, read in reads.items():
        try:
            values[name] = read(typed)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    said = Said(move, values["note"], values.get(BY), typed.one("about") or None)
    return answer_proposal(matter.row, said, actor_of(request))


def _more(typed: Typed) -> str:
    return typed.one("more").removeprefix(f"{PREFIX}-")
