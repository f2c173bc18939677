"""Working together: proposals and joint records, what is due from whom, and what was committed to by when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fourfold.node.courses import Matter
from fourfold.node.queries import courses as queries
from fourfold.node.web.queries.showing import names
from fourfold.node.web.queries.states import StateView
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.coordination import Stance

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
    queries.WAITING: StateView(_("has not left: waits for approval"), "wait", "clock"),
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
    queries.APPROVE: (_("to have its step approved by a second person"), "fourfold release approve {}"),
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
class CommitmentView:
    """What one party committed to by a date; `state` says whether it is done, open or overdue."""

    digest: str
    title: str
    party: str
    by: date
    state: StateView


@dataclass(frozen=True, slots=True)
class TogetherView:
    """All that is worked on together; `waiting` counts what waits for this institution."""

    proposals: tuple[CourseRow, ...]
    records: tuple[CourseRow, ...]
    commitments: tuple[CommitmentView, ...]
    waiting: int

    @property
    def overdue(self) -> int:
        """How many commitments are overdue."""
        return sum(each.state is OVERDUE for each in self.commitments)


DONE = StateView(_("done"), "good", "yes")
OPEN = StateView(_("open"), "wait", "clock")
OVERDUE = StateView(_("overdue: its day has passed"), "bad", "no")


def together_view(now: datetime) -> TogetherView:
    """All proposals and joint records, those that wait for this institution first."""
    known, matters = names(), queries.proposals()
    proposals = [row_of(each, known) for each in matters]
    records = [row_of(each, known) for each in queries.joint_records()]
    waiting = sum(any(due.ours for due in each.due) for each in (*proposals, *records))
    made = sorted(_commitments(matters, known, now), key=lambda each: (each.by, each.title, each.party))
    return TogetherView(_ours_first(proposals), _ours_first(records), tuple(made), waiting)


def commitment_state(stance: Stance, by: date, now: datetime) -> StateView:
    """Whether what was committed to by a day is done, open or overdue."""
    if stance is Stance.DONE:
        return DONE
    return OVERDUE if by < now.astimezone(UTC).date() else OPEN


def _commitments(
    matters: Iterable[Matter], known: Mapping[str, str], now: datetime
) -> Iterable[CommitmentView]:
    """What each party committed to, in proposals that nobody withdrew or declined since."""
    for matter in matters:
        course = matter.course
        if not isinstance(course, coordination.Course) or course.state in _LET_GO:
            continue
        for party, by in course.head.by.items():
            state = commitment_state(course.head.stances[party], by, now)
            title = queries.title_of(matter)
            yield CommitmentView(matter.row.digest, title, known.get(party, party), by, state)


_LET_GO = {coordination.State.WITHDRAWN, coordination.State.DECLINED}


def _ours_first(rows: list[CourseRow]) -> tuple[CourseRow, ...]:
    return tuple(sorted(rows, key=lambda row: not any(due.ours for due in row.due)))


def row_of(matter: Matter, known: Mapping[str, str]) -> CourseRow:
    """One proposal or joint record as a list shows it."""
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
        due=tuple(_due(each, matter, known) for each in queries.due_of(matter)),
    )


def _due(due: queries.Due, matter: Matter, known: Mapping[str, str]) -> DueView:
    what, command = MOVES[due.move]
    ours, named = due.party == settings.NODE.id, matter.row.digest[:19]
    if due.move == queries.APPROVE and matter.waiting:
        named = matter.waiting.row.record
    party = known.get(due.party, due.party)
    return DueView(party, ours, what, due.until, command.format(named) if ours else "")
