"""The page of one activity: reasons, questions, changes, differences, answers, for each of its slices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fourfold.framework import (
    Change,
    Disagreement,
    Ground,
    Level,
    LevelResult,
    Outcome,
    Slice,
    SliceResult,
    Timing,
    Verdict,
)
from fourfold.node.web.queries.deciding import assessment, framework
from fourfold.node.web.queries.matrix import COLUMNS, SideView, sides_of
from fourfold.node.web.queries.stance import Agreed, PartyView, Stance
from fourfold.planning import Answer, PlannedSlice

FEW_QUESTIONS = 4
FEW_CHANGES = 2
"""So many stand open on the page; the rest can be unfolded."""


@dataclass(frozen=True, slots=True)
class AvenueView:
    """What a level would mean for this activity, in our own words; none where the source leaves it empty."""

    level: Level
    title: str
    place: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question still open."""

    title: str
    question: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """New answers that together would make a level supported: pairs of criterion and value."""

    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level of one slice, with everything that explains its verdict."""

    level: Level
    verdict: Verdict
    suggested: bool
    supports: tuple[Ground, ...]
    rules_out: tuple[Ground, ...]
    why_not: tuple[Ground, ...]
    ask: tuple[QuestionView, ...]
    changes: tuple[ChangeView, ...]

    @property
    def first_questions(self) -> tuple[QuestionView, ...]:
        """The most useful."""
        return self.ask[:FEW_QUESTIONS]

    @property
    def more_questions(self) -> tuple[QuestionView, ...]:
        """The rest."""
        return self.ask[FEW_QUESTIONS:]

    @property
    def first_changes(self) -> tuple[ChangeView, ...]:
        """The smallest."""
        return self.changes[:FEW_CHANGES]

    @property
    def more_changes(self) -> tuple[ChangeView, ...]:
        """The rest."""
        return self.changes[FEW_CHANGES:]


@dataclass(frozen=True, slots=True)
class SaidView:
    """What one party answered on one criterion, and why; empty values: it has not answered."""

    party: str
    values: tuple[str, ...]
    because: str = ""
    source: str = ""
    date: object = None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One criterion and what each party answered."""

    title: str
    question: str
    said: tuple[SaidView, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A criterion on which the parties said different things."""

    title: str
    question: str
    said: tuple[SaidView, ...]
    decisive: bool


@dataclass(frozen=True, slots=True)
class SliceView:
    """One slice; `anchor` names it within the page."""

    anchor: str
    name: str
    about: str
    suggestion: Level | None
    sides: tuple[SideView, ...]
    timing: Timing | None
    levels: tuple[LevelView, ...]
    warnings: tuple[Ground, ...]
    disputes: tuple[DisputeView, ...]
    decisive_sets: tuple[tuple[str, ...], ...]
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """The verdicts of one slice under one reading."""

    reading: str
    title: str
    default: bool
    slice: str
    verdicts: tuple[tuple[Level, Verdict], ...]
    suggestion: Level | None


@dataclass(frozen=True, slots=True)
class ActivityView:
    """The whole page."""

    id: str
    title: str
    about: str
    answered: bool
    parties: tuple[PartyView, ...]
    avenues: tuple[AvenueView, ...]
    whole: tuple[tuple[Level, Verdict], ...]
    suggestion: Level | None
    split: bool
    slices: tuple[SliceView, ...]
    readings: tuple[ReadingRow, ...]
    agreed: tuple[Agreed, ...]
    progress: str
    unsettled: str
    caveats: tuple[str, ...]
    framework: str
    framework_title: str
    answers: str

    @property
    def readings_agree(self) -> bool:
        """Whether every part has the same verdicts under all readings."""
        found = {(row.slice, row.verdicts) for row in self.readings}
        return len(found) == len(self.slices)

    @property
    def avenues_with_whole(self) -> tuple[tuple[AvenueView, Verdict], ...]:
        """Each level's avenue beside the verdict of the activity taken as one."""
        verdicts = [verdict for _level, verdict in self.whole]
        return tuple(zip(self.avenues, verdicts, strict=True))


def activity_view(stance: Stance, activity: str) -> ActivityView | None:
    """The page of an activity; None where the framework has none of that id."""
    known = framework().activities.get(activity)
    if known is None:
        return None
    planned = stance.planned(activity)
    result = assessment(planned.said())
    single = len(planned.slices) == 1
    return ActivityView(
        id=activity,
        title=known.title,
        about=planned.about,
        answered=activity in stance.activities,
        parties=stance.parties,
        avenues=_avenues(activity),
        whole=_verdicts(result.whole),
        suggestion=result.whole.suggestion,
        split=result.split,
        slices=tuple(
            _slice(stance, number, part, each, single=single)
            for number, (part, each) in enumerate(zip(planned.slices, result.slices, strict=True), 1)
        ),
        readings=tuple(_readings(planned.said(), single=single)),
        agreed=stance.agreed_on(activity),
        progress=stance.progress.get(activity, ""),
        unsettled=framework().unsettled,
        caveats=tuple(caveat.text for caveat in framework().caveats),
        framework=result.framework_digest,
        framework_title=framework().title,
        answers=result.answers_digest,
    )


def _avenues(activity: str) -> tuple[AvenueView, ...]:
    avenues = framework().activities[activity].avenues
    return tuple(
        AvenueView(level, avenues[level].title, framework().passages[avenues[level].passage].ref)
        if level in avenues
        else AvenueView(level, "", "")
        for level in COLUMNS
    )


def _verdicts(outcome: Outcome) -> tuple[tuple[Level, Verdict], ...]:
    return tuple((level, outcome.levels[level].judgement.verdict) for level in COLUMNS)


def _slice(
    stance: Stance, number: int, part: PlannedSlice, result: SliceResult, *, single: bool
) -> SliceView:
    outcome, said = result.outcome, part.said()
    differing = {dispute.criterion for dispute in result.disagreements}
    return SliceView(
        anchor=f"part-{number}",
        name="" if single else part.name,
        about=part.about,
        suggestion=outcome.suggestion,
        sides=sides_of(stance, said),
        timing=outcome.levels[Level.SEPARATION].judgement.timing,
        levels=tuple(_level(level, outcome.levels[level], outcome.suggestion) for level in COLUMNS),
        warnings=result.warnings,
        disputes=tuple(_dispute(stance, dispute) for dispute in result.disagreements),
        decisive_sets=tuple(tuple(_title(name) for name in each) for each in result.decisive_sets),
        answers=tuple(_answers(stance, part.answers, differing)),
    )


def _level(level: Level, result: LevelResult, suggestion: Level | None) -> LevelView:
    judgement = result.judgement
    return LevelView(
        level,
        judgement.verdict,
        level is suggestion,
        judgement.supports,
        judgement.rules_out,
        judgement.why_not,
        tuple(QuestionView(_title(name), framework().criteria[name].question) for name in judgement.ask),
        tuple(_change(change) for change in result.change),
    )


def _change(change: Change) -> ChangeView:
    return ChangeView(tuple((_title(name), value) for name, value in change.answers))


def _dispute(stance: Stance, dispute: Disagreement) -> DisputeView:
    said = tuple(SaidView(stance.short(party), values) for party, values in dispute.said)
    question = framework().criteria[dispute.criterion].question
    return DisputeView(_title(dispute.criterion), question, said, dispute.decisive)


def _answers(
    stance: Stance, answers: Mapping[str, Mapping[str, Answer]], differing: set[str]
) -> Iterable[AnswerRow]:
    for name, criterion in framework().criteria.items():
        if any(name in said for said in answers.values()):
            said = tuple(_said(stance.short(party), each.get(name)) for party, each in answers.items())
            yield AnswerRow(criterion.title, criterion.question, said, name in differing)


def _said(party: str, answer: Answer | None) -> SaidView:
    if answer is None:
        return SaidView(party, ())
    return SaidView(party, answer.values, answer.because, answer.source, answer.dated)


def _readings(said: tuple[Slice, ...], *, single: bool) -> Iterable[ReadingRow]:
    for reading in framework().readings.values():
        default = reading.id == framework().default_reading
        for result in assessment(said, reading.id).slices:
            yield ReadingRow(
                reading.id,
                reading.title,
                default,
                "" if single else result.name,
                _verdicts(result.outcome),
                result.outcome.suggestion,
            )


def _title(criterion: str) -> str:
    return framework().criteria[criterion].title
