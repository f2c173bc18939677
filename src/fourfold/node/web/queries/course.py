"""One proposal or joint record, whole: its text, what each version changed, where all stand, what is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fourfold.activities.incident_reporting.coordination import DefinitionMapping
from fourfold.errors import FourfoldError
from fourfold.node import courses
from fourfold.node.courses import Matter
from fourfold.node.queries import courses as queries
from fourfold.node.web.queries.course_moves import MoveView, moves_of
from fourfold.node.web.queries.differing import DifferenceView, differences
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
from fourfold.node.web.queries.together import STANCES, CourseRow, commitment_state, row_of
from fourfold.node.web.queries.words import Word
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.collaboration import Contribution
from fourfold.protocols.coordination import Proposal


@dataclass(frozen=True, slots=True)
class PartyView:
    """Where one party stands; `due` says of a commitment whether it is kept, `signature` is its own."""

    name: str
    stance: str | Promise
    by: date | None
    due: StateView | None
    signature: str


@dataclass(frozen=True, slots=True)
class LimbView:
    """One row of a mapping."""

    first: str
    relation: str
    second: str
    note: str


@dataclass(frozen=True, slots=True)
class TextView:
    """A text as a mapping between two definitions (`limbs`, `between`), or field by field."""

    between: tuple[str, ...] = ()
    limbs: tuple[LimbView, ...] = ()
    fields: tuple[FieldView, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionView:
    """One text among those that were proposed: whose it is, and what it changed in the one before."""

    round: int
    author: str
    title: str
    digest: str
    at: datetime
    changes: tuple[DifferenceView, ...]
    text: TextView


@dataclass(frozen=True, slots=True)
class WrittenView:
    """A field of a joint record as it now reads, and whose words they are."""

    title: Word
    value: Any
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContributionView:
    """What one party added at one time."""

    revision: int
    author: str
    at: datetime
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class ApprovingView:
    """How far the approval for one party is; `id` is that party's."""

    id: str
    name: str
    given: tuple[str, ...]
    missing: bool


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Our own step that has not left; `seen` is the digest of the record that it is."""

    what: str
    by: str
    at: datetime
    record: str
    seen: str
    parties: tuple[ApprovingView, ...]
    text: TextView


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
    """One proposal or joint record, whole. `written` is a joint record's text, `text` a proposal's."""

    row: CourseRow
    joint: bool
    kind: str
    activity: str
    activity_id: str
    slice: str
    opened: datetime
    about: str
    text: TextView
    written: tuple[WrittenView, ...]
    contributions: tuple[ContributionView, ...]
    parties: tuple[PartyView, ...]
    marking: MarkingView | None
    originators: tuple[str, ...]
    content: str
    exact: str
    versions: tuple[VersionView, ...]
    waiting: WaitingView | None
    moves: tuple[MoveView, ...]
    steps: tuple[StepView, ...]


def course_view(digest: str, now: datetime) -> CourseView | None:
    """One proposal or joint record by its digest; None where there is none."""
    matter = matter_of(digest, now)
    if matter is None:
        return None
    known, course = names(), matter.course
    frozen = course.current if isinstance(course, collaboration.Course) else None
    head = course.head if isinstance(course, coordination.Course) else None
    marked: Any = head.proposal if head else frozen
    return CourseView(
        row=row_of(matter, known),
        joint=queries.is_joint(matter),
        kind=queries.kind_title(matter),
        activity=activity_title(matter.row.activity),
        activity_id=matter.row.activity,
        slice=matter.row.slice,
        opened=queries.opened(matter),
        about=head.digest if head else "",
        text=text_view(head.proposal, known) if head else TextView(),
        written=tuple(_written(frozen, known)) if frozen else (),
        contributions=tuple(_contributions(frozen, known)) if frozen else (),
        parties=_parties(course, known, now),
        marking=marking_view(marked.marking, known) if marked else None,
        originators=tuple(sorted(known.get(each, each) for each in marked.originators)) if marked else (),
        content=frozen.digest if frozen else "",
        exact=frozen.data.decode() if frozen else "",
        versions=_versions(course, known),
        waiting=_waiting(matter, known),
        moves=moves_of(matter),
        steps=tuple(
            StepView(known.get(each.author, each.author), each.what, each.at, each.note, each.problem)
            for each in queries.history(matter)
        ),
    )


def matter_of(digest: str, now: datetime) -> Matter | None:
    """Where the proposal or joint record of just this digest stands; None where there is none."""
    try:
        matter = courses.matter(courses.find(digest), now)
    except FourfoldError:
        return None
    return matter if matter.row.digest == digest else None


def text_view(step: Proposal | Contribution, known: Mapping[str, str]) -> TextView:
    """What a step says: as a mapping, or field by field."""
    if isinstance(step, DefinitionMapping):
        between = tuple(
            " ".join(filter(None, (each.name, each.provision))) for each in (step.first, step.second)
        )
        rows = (
            LimbView(row.first or "", row.relation.value, row.second or "", row.note or "")
            for row in step.rows
        )
        return TextView(between, tuple(rows))
    return TextView(fields=tuple(_fields(queries.content_of(step), known)))


def _versions(course: Any, known: Mapping[str, str]) -> tuple[VersionView, ...]:
    """Every text with what it changed, the latest first; one alone changed nothing, and stands above."""
    texts = course.texts if isinstance(course, coordination.Course) and len(course.texts) > 1 else ()
    contents = {each.digest: queries.content_of(each.proposal) for each in texts}
    return tuple(
        VersionView(
            each.round,
            known.get(each.proposal.author, each.proposal.author),
            each.proposal.title,
            each.digest,
            each.proposal.at,
            differences(contents.get(each.proposal.supersedes or ""), contents[each.digest]),
            text_view(each.proposal, known),
        )
        for each in reversed(texts)
    )


def _written(frozen: collaboration.Frozen, known: Mapping[str, str]) -> Iterable[WrittenView]:
    """Each field as it now reads; of what has one value, whose words these are; else all who added to it."""
    ordered = sorted(frozen.contributions, key=lambda each: (each[1].revision, each[1].author, each[0]))
    payload = type(ordered[0][1])
    for name, value in frozen.combined.items():
        authors = [step.author for _name, step in ordered if name in step.content()]
        last = authors[-1:] if name in payload.SINGLE else sorted(set(authors))
        by = tuple(known.get(each, each) for each in last)
        yield WrittenView(field_title(name), value_view(_named(value, known)), by)


def _contributions(frozen: collaboration.Frozen, known: Mapping[str, str]) -> Iterable[ContributionView]:
    for _name, step in sorted(frozen.contributions, key=lambda each: (each[1].revision, each[1].author)):
        author = known.get(step.author, step.author)
        yield ContributionView(step.revision, author, step.at, tuple(_fields(step.content(), known)))


def _fields(content: Mapping[str, Any], known: Mapping[str, str]) -> list[FieldView]:
    return [
        FieldView(field_title(name), value_view(_named(each, known)), None) for name, each in content.items()
    ]


def _named(value: Any, known: Mapping[str, str]) -> Any:
    """What stands side by side, under the names of the parties."""
    return {known.get(key, key): each for key, each in value.items()} if isinstance(value, dict) else value


def _waiting(matter: Matter, known: Mapping[str, str]) -> WaitingView | None:
    held = matter.waiting
    if held is None:
        return None
    given = (
        ApprovingView(each.peer.institution, each.peer.name, each.given, each.missing)
        for each in queries.approvals(matter, held)
    )
    says = held.step if isinstance(held.step, Proposal | Contribution) else None
    return WaitingView(
        queries.said(held.step),
        held.row.actor,
        held.row.kept,
        held.row.record,
        held.version.digest,
        tuple(given),
        text_view(says, known) if says else TextView(),
    )


def _parties(course: Any, known: Mapping[str, str], now: datetime) -> tuple[PartyView, ...]:
    if isinstance(course, coordination.Course):
        head = course.head
        return tuple(
            PartyView(
                known.get(party, party),
                STANCES[stance.value],
                head.by.get(party),
                commitment_state(stance, head.by[party], now) if party in head.by else None,
                "",
            )
            for party, stance in head.stances.items()
        )
    if course is None:
        return ()
    return tuple(
        PartyView(
            known.get(party, party),
            _stance(stance.value, signed=party in course.signatures),
            None,
            None,
            course.signatures[party].value if party in course.signatures else "",
        )
        for party, stance in course.stances.items()
    )


def _stance(stance: str, *, signed: bool) -> str | Promise:
    """A stance in words; a signature that further contributions voided is said to be void."""
    if stance == "signed" and not signed:
        return _("signed an earlier revision; that signature is void")
    return STANCES[stance]
