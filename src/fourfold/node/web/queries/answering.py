"""Answering by page: where the assessment of an activity stands, and how far each of its parts is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from fourfold.framework import Level, SliceResult, Verdict
from fourfold.node.answering import OwnPart, own_parts, whole_digest
from fourfold.node.assessing import can
from fourfold.node.models import Event, JointAssessment, Peer, Tag
from fourfold.node.web.queries.deciding import assessment, framework
from fourfold.node.web.queries.examples import divided
from fourfold.node.web.queries.matrix import COLUMNS
from fourfold.node.web.queries.sources import own_party
from fourfold.node.web.queries.stance import PartyView, Stance
from fourfold.node.web.queries.steps import GO_ON, Step
from fourfold.node.web.queries.words import Word
from fourfold.planning import Answer, PlannedActivity, PlannedSlice
from fourfold.protocols.assessment import Move, State

LATEST = 8
"""So many of the latest events are listed."""


@dataclass(frozen=True, slots=True)
class PartSummary:
    """One part: how much of it is answered, and what our answers alone come to."""

    name: str
    about: str
    answered: int
    total: int
    withheld: int
    open: int
    suggestion: Level | None
    verdicts: tuple[tuple[Level, Verdict], ...]

    @property
    def whole(self) -> bool:
        """Whether nothing that is not answered could still change a verdict."""
        return self.open == 0


@dataclass(frozen=True, slots=True)
class HistoryView:
    """Who did something to the answers, and when."""

    what: Word
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposed:
    """A part as the shipped example divides the activity."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class AnswersView:
    """The answers of one activity: where they stand, part by part."""

    activity: str
    title: str
    peer: Peer
    state: State
    step: Step
    editable: bool
    digest: str
    parts: tuple[PartSummary, ...]
    history: tuple[HistoryView, ...]
    proposed: tuple[Proposed, ...]
    seal: str
    their_seal: str

    @property
    def missing(self) -> tuple[Proposed, ...]:
        """The example's parts that are not here."""
        names = {part.name for part in self.parts}
        return tuple(each for each in self.proposed if each.name not in names)

    @property
    def undivided(self) -> bool:
        """Whether the activity is one part, of its own name."""
        return [part.name for part in self.parts] == [self.activity]


def answers_view(activity: str, peer: Peer, row: JointAssessment | None) -> AnswersView:
    """Where our answers to an activity stand."""
    state = State(row.state) if row else State.EMPTY
    parts = own_parts(row) if row else ()
    return AnswersView(
        activity=activity,
        title=framework().activities[activity].title,
        peer=peer,
        state=state,
        step=GO_ON[state],
        editable=row is None or can(row, Move.DRAFT),
        digest=whole_digest(parts),
        parts=tuple(summary_of(part) for part in parts),
        history=tuple(_history(peer, activity)),
        proposed=tuple(Proposed(each.name, each.about) for each in divided(activity)),
        seal=row.seal if row else "",
        their_seal=row.their_seal if row else "",
    )


def summary_of(part: OwnPart, activity: str = "") -> PartSummary:
    """How far a part is, by our answers alone."""
    result = result_of(part)
    levels = result.outcome.levels
    open_ = {name for level in COLUMNS for name in levels[level].judgement.ask}
    about = next((each.about for each in divided(activity) if each.name == part.name), "")
    return PartSummary(
        part.name,
        about,
        len(part.answers),
        len(framework().criteria),
        sum(each.withheld for each in part.answers.values()),
        len(open_),
        result.outcome.suggestion,
        tuple((level, levels[level].judgement.verdict) for level in COLUMNS),
    )


def stance_alone(row: JointAssessment) -> Stance:
    """What this institution says by itself, whatever it withholds, as if nobody else were asked."""
    own = own_party()
    planned = PlannedActivity(row.activity, tuple(_planned(part, own) for part in own_parts(row)))
    return Stance((own,), {row.activity: planned}, (), {})


def _planned(part: OwnPart, own: PartyView) -> PlannedSlice:
    answers = {
        name: Answer(each.values, each.because, each.source, each.dated)
        for name, each in part.answers.items()
    }
    return PlannedSlice(part.name, {own.key: answers})


def result_of(part: OwnPart) -> SliceResult:
    """What our answers to a part alone come to."""
    return assessment([part.said(own_party().key)]).slices[0]


TOLD = {
    Tag.ASSESSMENT_LOADED: _("answered"),
    Tag.ASSESSMENT_SEALED: _("sealed"),
    Tag.ASSESSMENT_REVEALED: _("revealed"),
    Tag.ASSESSMENT_SEAL_RECEIVED: _("their seal came"),
    Tag.ASSESSMENT_REVEAL_RECEIVED: _("their answers came"),
    Tag.ASSESSMENT_REFUSED: _("something of theirs was refused"),
}


def _history(peer: Peer, activity: str) -> Iterable[HistoryView]:
    rows = Event.readable.filter(peer=peer, subject=activity, tag__in=list(TOLD)).order_by("-pk")
    for row in rows[:LATEST]:
        yield HistoryView(TOLD[Tag(row.tag)], row.actor, row.at)
