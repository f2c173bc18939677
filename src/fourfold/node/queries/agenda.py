"""What the next meeting with a counterpart is about: only what both sides know already.

For each activity that both have revealed: the differences that decide something, each with what settling it
would change; the questions that are still open, most useful first; what is agreed. For the others, who has
to do the next step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from itertools import product
from math import prod
from typing import Any

from django.conf import settings

from fourfold.framework import Assessment, Level, Slice, SliceResult, Verdict, assess, shipped
from fourfold.node import assessing
from fourfold.node.models import Agreement, JointAssessment, Peer
from fourfold.node.standing import binding_with
from fourfold.protocols.assessment import State

CLOSEST_FIRST = tuple(sorted(Level, reverse=True))
MOST_WAYS = 200
"""The most ways to settle one set of differences that are tried; a set with more says nothing of effects."""


@dataclass(frozen=True, slots=True)
class Position:
    """What one side said."""

    party: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A question to which the sides gave different answers."""

    criterion: str
    question: str
    said: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """A verdict that would become another."""

    level: Level
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Settlement:
    """Answers on which both could settle, by criterion, and what that would change."""

    answers: Mapping[str, tuple[str, ...]]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Differences that decide something, if all of them are settled together."""

    differences: tuple[Difference, ...]
    settlements: tuple[Settlement, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What neither side has answered well enough, and the levels whose verdict it bears on."""

    criterion: str
    question: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class PartAgenda:
    """One part of an activity; `idle` are differences that change no verdict."""

    name: str
    suggestion: Level | None
    verdicts: tuple[tuple[Level, Verdict], ...]
    points: tuple[Point, ...]
    questions: tuple[Question, ...]
    idle: tuple[Difference, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreedPart:
    """A part with a level in an agreement; `waits_for` names who has not signed it (none: in force)."""

    name: str
    level: Level
    agreement: str
    digest: str
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActivityAgenda:
    """One activity; it has parts once both sides have revealed their answers."""

    id: str
    title: str
    state: State
    parts: tuple[PartAgenda, ...]
    agreed: tuple[AgreedPart, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The meeting: who, as of when, under which framework."""

    parties: tuple[str, ...]
    at: datetime
    framework: str
    activities: tuple[ActivityAgenda, ...]

    def to_json(self) -> dict[str, Any]:
        """The agenda as plain data."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def agenda_with(peer: Peer, now: datetime, activity: str | None = None) -> Agenda:
    """The agenda with one counterpart: of one activity, or of all on which somebody has begun."""
    rows = JointAssessment.readable.filter(peer=peer).exclude(state=State.EMPTY.value)
    if activity is not None:
        rows = rows.filter(activity=activity)
    known = {row.activity: row for row in rows}
    agreed = _agreed(peer, now)
    names = {settings.NODE.id: settings.NODE.name, peer.institution: peer.name}
    return Agenda(
        (settings.NODE.name, peer.name),
        now,
        shipped().digest,
        tuple(
            _activity(known[id_], names, agreed.get(id_, ())) for id_ in shipped().activities if id_ in known
        ),
    )


def asked(levels: Iterable[tuple[Level, tuple[str, ...]]]) -> dict[str, tuple[Level, ...]]:
    """The criteria that levels ask for, each once, in the order in which they come, with those levels."""
    found: dict[str, tuple[Level, ...]] = {}
    for level, names in levels:
        for name in names:
            found[name] = (*found.get(name, ()), level)
    return found


def _plain(value: Any) -> Any:
    """As JSON has it: words for members of an enumeration, lists, times as text."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value


def _activity(
    row: JointAssessment, names: Mapping[str, str], agreed: tuple[AgreedPart, ...]
) -> ActivityAgenda:
    title = shipped().activities[row.activity].title
    if row.state != State.JOINT.value:
        return ActivityAgenda(row.activity, title, State(row.state), (), agreed)
    made = assessing.joint(row)
    parts = tuple(
        part_agenda(part, result, names) for part, result in zip(_said(made), made.slices, strict=True)
    )
    return ActivityAgenda(row.activity, title, State(row.state), parts, agreed)


def _said(made: Assessment) -> tuple[Slice, ...]:
    return tuple(
        Slice(name, {party: {c: frozenset(v) for c, v in said.items()} for party, said in answers.items()})
        for name, answers in made.answers
    )


def part_agenda(part: Slice, result: SliceResult, names: Mapping[str, str]) -> PartAgenda:
    """What one part gives to speak about; `names` are the parties' names by id."""
    outcome = result.outcome
    every = {
        each.criterion: Difference(
            each.criterion,
            _question(each.criterion),
            tuple(Position(names.get(party, party), values) for party, values in each.said),
        )
        for each in result.disagreements
    }
    decisive = {name for names_ in result.decisive_sets for name in names_}
    open_ = asked((level, outcome.levels[level].judgement.ask) for level in CLOSEST_FIRST)
    return PartAgenda(
        part.name,
        outcome.suggestion,
        tuple((level, outcome.levels[level].judgement.verdict) for level in CLOSEST_FIRST),
        tuple(
            Point(tuple(every[name] for name in each), _settlements(part, result, each))
            for each in result.decisive_sets
        ),
        tuple(Question(name, _question(name), levels) for name, levels in open_.items()),
        tuple(each for name, each in every.items() if name not in decisive),
        tuple(each.text for each in result.warnings),
    )


def _settlements(part: Slice, result: SliceResult, criteria: tuple[str, ...]) -> tuple[Settlement, ...]:
    """Every way to settle these, each at a value that was said; ways with the same effects are one."""
    said = [_values(part, name) for name in criteria]
    if prod(len(each) for each in said) > MOST_WAYS:
        return ()
    found: dict[tuple[Effect, ...], list[tuple[str, ...]]] = {}
    for way in product(*said):
        effects = _effects(part, result, dict(zip(criteria, way, strict=True)))
        if effects:
            found.setdefault(effects, []).append(way)
    return tuple(
        settlement for effects, ways in found.items() for settlement in _joined(criteria, ways, effects)
    )


def _joined(
    criteria: tuple[str, ...], ways: list[tuple[str, ...]], effects: tuple[Effect, ...]
) -> Iterable[Settlement]:
    """One settlement for all ways of a single criterion; for several criteria, each way by itself."""
    if len(criteria) == 1:
        yield Settlement({criteria[0]: tuple(value for (value,) in ways)}, effects)
        return
    for way in ways:
        yield Settlement({name: (value,) for name, value in zip(criteria, way, strict=True)}, effects)


def _effects(part: Slice, result: SliceResult, settled: Mapping[str, str]) -> tuple[Effect, ...]:
    answers = {
        party: {
            name: frozenset({settled[name]}) if name in settled else values for name, values in said.items()
        }
        for party, said in part.answers.items()
    }
    after = assess(shipped(), [Slice(part.name, answers)]).slices[0].outcome
    pairs = (
        (level, result.outcome.levels[level].judgement.verdict, after.levels[level].judgement.verdict)
        for level in CLOSEST_FIRST
    )
    return tuple(Effect(level, old, new) for level, old, new in pairs if old is not new)


def _values(part: Slice, criterion: str) -> tuple[str, ...]:
    said = {value for answers in part.answers.values() for value in answers.get(criterion, ())}
    return tuple(value for value in shipped().criteria[criterion].scale if value in said)


def _question(criterion: str) -> str:
    return shipped().criteria[criterion].question


def _agreed(peer: Peer, now: datetime) -> dict[str, tuple[AgreedPart, ...]]:
    """What is agreed or proposed with a counterpart, by activity."""
    found: dict[str, tuple[AgreedPart, ...]] = {}
    binding = binding_with(peer.institution, now)
    waiting = Agreement.objects.filter(founding=False, complete=None, ended=None)
    texts = [(digest, text, ()) for digest, text in binding.items() if not text.founding]
    for row in waiting.filter(parties__institution=peer.institution).order_by("created"):
        missing = set(row.parties.filter(signature="").values_list("institution", flat=True))
        named = tuple(party.name for party in row.content().parties if party.id in missing)
        texts.append((row.digest, row.content(), named))
    for digest, text, missing_names in texts:
        for terms in text.slices:
            part = AgreedPart(terms.name, terms.level, text.title, digest, missing_names)
            found[terms.activity] = (*found.get(terms.activity, ()), part)
    return found
