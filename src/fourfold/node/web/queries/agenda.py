"""The agenda as its page shows it: with the words of the framework in place of ids."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fourfold.framework import Level, Verdict
from fourfold.node.queries.agenda import (
    Agenda,
    AgreedPart,
    Difference,
    Effect,
    PartAgenda,
    Point,
    Question,
    Settlement,
)
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.steps import GO_ON
from fourfold.node.web.queries.words import Word

FEW = 5
"""So many questions of a part stand open; the rest can be unfolded, and are printed."""


@dataclass(frozen=True, slots=True)
class SettlementView:
    """Answers on which both could settle, each with the title of its criterion."""

    titled: tuple[tuple[str, tuple[str, ...]], ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class PointView:
    """Differences that decide something together."""

    differences: tuple[Difference, ...]
    settlements: tuple[SettlementView, ...]


@dataclass(frozen=True, slots=True)
class PartAgendaView:
    """One part of an activity."""

    name: str
    suggestion: Level | None
    verdicts: tuple[tuple[Level, Verdict], ...]
    points: tuple[PointView, ...]
    questions: tuple[Question, ...]
    idle: tuple[Difference, ...]
    warnings: tuple[str, ...]

    @property
    def first_questions(self) -> tuple[Question, ...]:
        """The most useful."""
        return self.questions[:FEW]

    @property
    def more_questions(self) -> tuple[Question, ...]:
        """The rest."""
        return self.questions[FEW:]

    @property
    def more_from(self) -> int:
        """The number of the first of the rest."""
        return FEW + 1


@dataclass(frozen=True, slots=True)
class ActivityAgendaView:
    """One activity; `step` says where it stands while it has no parts."""

    id: str
    title: str
    step: Word
    parts: tuple[PartAgendaView, ...]
    agreed: tuple[AgreedPart, ...]


@dataclass(frozen=True, slots=True)
class AgendaView:
    """The whole page."""

    parties: tuple[str, ...]
    at: datetime
    activities: tuple[ActivityAgendaView, ...]


def agenda_view(agenda: Agenda) -> AgendaView:
    """The agenda in words."""
    return AgendaView(
        agenda.parties,
        agenda.at,
        tuple(
            ActivityAgendaView(
                each.id, each.title, GO_ON[each.state].text, tuple(map(_part, each.parts)), each.agreed
            )
            for each in agenda.activities
        ),
    )


def _part(part: PartAgenda) -> PartAgendaView:
    return PartAgendaView(
        part.name,
        part.suggestion,
        part.verdicts,
        tuple(_points(part.points)),
        part.questions,
        part.idle,
        part.warnings,
    )


def _points(points: Iterable[Point]) -> Iterable[PointView]:
    for point in points:
        yield PointView(point.differences, tuple(map(_settlement, point.settlements)))


def _settlement(settlement: Settlement) -> SettlementView:
    criteria = framework().criteria
    titled = tuple((criteria[name].title, values) for name, values in settlement.answers.items())
    return SettlementView(titled, settlement.effects)
