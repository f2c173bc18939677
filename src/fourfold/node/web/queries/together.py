"""Working together: proposals and joint records, what is due from whom, and how each came to where it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fourfold.activities.incident_reporting.coordination import DefinitionMapping
from fourfold.errors import FourfoldError
from fourfold.node import courses
from fourfold.node.courses import Matter
from fourfold.node.queries import courses as queries
from fourfold.node.web.queries.record import FieldView
from fourfold.node.web.queries.showing import (
    MarkingView,
    activity_title,
    field_title,
    marking_view,
    names,
    value_view,
)
from fourfold.node.web.queries.states import StateView
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.coordination import Proposal

STATES: Mapping[str, StateView] = {
    "proposed": StateView(_("proposed, answers are awaited"), "wait", "clock"),
    "accepted": StateView(_("accepted by all"), "good", "yes"),
    "committed": StateView(_("committed to by all"), "good", "seal"),
    "done": StateView(_("done"), "good", "yes"),
    "declined": StateView(_("declined"), "bad", "no"),
    "withdrawn": StateView(_("withdrawn by its proposer"), "plain", "dash"),
    "lapsed": StateView(_("lapsed: its date has passed"), "bad", "no"),
    "drafted": StateView(_("being drafted"), "wait", "clock"),
    "frozen": StateView(_("frozen, signatures are awaited"), "wait", "clock"),
    "complete": StateView(_("signed by all, not yet published"), "good", "seal"),
    "published": StateView(_("published"), "good", "yes"),
    "abandoned": StateView(_("abandoned"), "plain", "dash"),
    queries.RECALLED: StateView(_("recalled by a party"), "plain", "dash"),
}
STANCES: Mapping[str, str | Promise] = {
    "asked": _("has not answered"),
    "proposed": _("proposed this text"),
    "accepted": _("accepted it"),
    "amended": _("amended it"),
    "declined": _("declined it"),
    "withdrawn": _("withdrew it"),
    "committed": _("committed to it"),
    "done": _("reported it done"),
    "invited": _("has not contributed"),
    "contributed": _("contributed"),
    "signed": _("signed"),
    "published": _("published"),
    "left": _("left"),
}
MOVES: Mapping[str, tuple[str | Promise, str]] = {
    "accept": (_("to answer"), "fourfold proposal answer {} accept"),
    "commit": (_("to commit to it"), "fourfold proposal commit {}"),
    "finish": (_("to do it, and report it done"), "fourfold proposal done {}"),
    "contribute": (_("to contribute"), "fourfold joint contribute {} FILE"),
    "sign": (_("to sign"), "fourfold joint sign {}"),
    "publish": (_("to publish it"), "fourfold joint publish {}"),
}
"""What is expected of a party, in words, and the command that does it."""


@dataclass(frozen=True, slots=True)
class DueView:
    """What is expected of one party; `ours` where that is this institution, with the command for it."""

    party: str
    ours: bool
    what: str | Promise
    until: date | None
    command: str


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A proposal or a joint record in a list."""

    digest: str
    title: str
    parties: tuple[str, ...]
    state: StateView
    until: date | None
    revision: int
    signed: int
    due: tuple[DueView, ...]


@dataclass(frozen=True, slots=True)
class TogetherView:
    """All that is worked on together; `waiting` counts what waits for this institution."""

    proposals: tuple[CourseRow, ...]
    records: tuple[CourseRow, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class PartyView:
    """Where one party stands; `signature` is its signature under just these bytes."""

    name: str
    stance: str | Promise
    by: date | None
    signature: str


@dataclass(frozen=True, slots=True)
class LimbView:
    """One row of a mapping."""

    first: str
    relation: str
    second: str
    note: str


@dataclass(frozen=True, slots=True)
class EarlierView:
    """A text that was superseded: whose it was, and what it said."""

    round: int
    author: str
    title: str
    between: tuple[str, ...]
    limbs: tuple[LimbView, ...]
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the history; `problem` says why it counts for nothing."""

    author: str
    what: str
    at: datetime
    note: str
    problem: str


@dataclass(frozen=True, slots=True)
class CourseView:
    """One proposal or joint record, whole. `limbs` is for a mapping, between `between`; else `fields`."""

    row: CourseRow
    joint: bool
    kind: str
    activity: str
    activity_id: str
    slice: str
    opened: datetime
    between: tuple[str, ...]
    limbs: tuple[LimbView, ...]
    fields: tuple[FieldView, ...]
    parties: tuple[PartyView, ...]
    marking: MarkingView | None
    originators: tuple[str, ...]
    content: str
    exact: str
    earlier: tuple[EarlierView, ...]
    steps: tuple[StepView, ...]


def together_view() -> TogetherView:
    """All proposals and joint records, those that wait for this institution first."""
    known = names()
    proposals = [_row(each, known) for each in queries.proposals()]
    records = [_row(each, known) for each in queries.joint_records()]
    waiting = sum(any(due.ours for due in each.due) for each in (*proposals, *records))
    return TogetherView(_ours_first(proposals), _ours_first(records), waiting)


def course_view(digest: str, now: datetime) -> CourseView | None:
    """One proposal or joint record by its digest; None where there is none."""
    try:
        matter = courses.matter(courses.find(digest), now)
    except FourfoldError:
        return None
    if matter.row.digest != digest:
        return None
    known, course = names(), matter.course
    between, limbs, fields = _text(matter, known)
    text = course.current if isinstance(course, collaboration.Course) else None
    marked = _marked(course)
    return CourseView(
        row=_row(matter, known),
        joint=queries.is_joint(matter),
        kind=queries.kind_title(matter),
        activity=activity_title(matter.row.activity),
        activity_id=matter.row.activity,
        slice=matter.row.slice,
        opened=matter.row.at,
        between=between,
        limbs=limbs,
        fields=fields,
        parties=_parties(course, known),
        marking=marking_view(marked.marking, known) if marked else None,
        originators=tuple(sorted(known.get(each, each) for each in marked.originators)) if marked else (),
        content=text.digest if text else "",
        exact=text.data.decode() if text else "",
        earlier=_earlier(course, known),
        steps=tuple(
            StepView(known.get(each.author, each.author), each.what, each.at, each.note, each.problem)
            for each in queries.history(matter)
        ),
    )


def _ours_first(rows: list[CourseRow]) -> tuple[CourseRow, ...]:
    return tuple(sorted(rows, key=lambda row: not any(due.ours for due in row.due)))


def _row(matter: Matter, known: Mapping[str, str]) -> CourseRow:
    course = matter.course
    joint = course if isinstance(course, collaboration.Course) else None
    proposal = course if isinstance(course, coordination.Course) else None
    return CourseRow(
        digest=matter.row.digest,
        title=queries.title_of(matter),
        parties=tuple(known.get(each, each) for each in matter.parties),
        state=STATES[queries.state_of(matter)],
        until=proposal.head.proposal.due if proposal else None,
        revision=joint.revision if joint else 0,
        signed=len(joint.signatures) if joint else 0,
        due=tuple(_due(each, matter.row.digest, known) for each in queries.due_of(matter)),
    )


def _due(due: queries.Due, digest: str, known: Mapping[str, str]) -> DueView:
    what, command = MOVES[due.move]
    ours = due.party == settings.NODE.id
    return DueView(
        known.get(due.party, due.party), ours, what, due.until, command.format(digest[:19]) if ours else ""
    )


def _marked(course: Any) -> Any:
    """What carries the marking and the originators of the whole."""
    if isinstance(course, coordination.Course):
        return course.head.proposal
    return course.current if course else None


def _text(
    matter: Matter, known: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[LimbView, ...], tuple[FieldView, ...]]:
    """The text that counts: as a mapping, or field by field."""
    course = matter.course
    if course is None:
        return (), (), ()
    if isinstance(course, collaboration.Course):
        return (), (), tuple(_fields(course.current.combined, known))
    return _proposal(course.head.proposal, known)


def _earlier(course: Any, known: Mapping[str, str]) -> tuple[EarlierView, ...]:
    """The texts that were superseded, the latest first."""
    texts = course.texts[:-1] if isinstance(course, coordination.Course) else ()
    return tuple(
        EarlierView(
            text.round,
            known.get(text.proposal.author, text.proposal.author),
            text.proposal.title,
            *_proposal(text.proposal, known),
        )
        for text in reversed(texts)
    )


def _proposal(
    text: Proposal, known: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[LimbView, ...], tuple[FieldView, ...]]:
    """One text: as a mapping, or field by field."""
    if isinstance(text, DefinitionMapping):
        between = tuple(
            " ".join(filter(None, (each.name, each.provision))) for each in (text.first, text.second)
        )
        rows = (
            LimbView(row.first or "", row.relation.value, row.second or "", row.note or "")
            for row in text.rows
        )
        return between, tuple(rows), ()
    return (), (), tuple(_fields(queries.content_of(text), known))


def _fields(content: Mapping[str, Any], known: Mapping[str, str]) -> list[FieldView]:
    """Fields as a page shows them; what stands side by side, under the names of the parties."""
    named = {
        name: {known.get(key, key): each for key, each in value.items()} if isinstance(value, dict) else value
        for name, value in content.items()
    }
    return [FieldView(field_title(name), value_view(value), None) for name, value in named.items()]


def _parties(course: Any, known: Mapping[str, str]) -> tuple[PartyView, ...]:
    if course is None:
        return ()
    head = course.head if isinstance(course, coordination.Course) else None
    stances = head.stances if head else course.stances
    signatures = {} if head else course.signatures
    return tuple(
        PartyView(
            known.get(party, party),
            _stance(stances[party].value, signed=party in signatures or head is not None),
            head.by.get(party) if head else None,
            signatures[party].value if party in signatures else "",
        )
        for party in course.parties
    )


def _stance(stance: str, *, signed: bool) -> str | Promise:
    """A stance in words; a signature that further contributions voided is said to be void."""
    if stance == "signed" and not signed:
        return _("signed an earlier revision; that signature is void")
    return STANCES[stance]
