"""The home page: fifteen activities in their slices, four levels, and what stands behind each verdict."""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from fourfold.canon import folded
from fourfold.framework import Level, LevelResult, Outcome, Slice, SliceResult, Timing, Verdict
from fourfold.node.web.queries.deciding import alone, assessment, framework
from fourfold.node.web.queries.stance import Agreed, PartyView, Stance
from fourfold.node.web.queries.words import LEVELS

COLUMNS = tuple(LEVELS)
FILTERS = ("all", "open", "disagree", "agreed")


@dataclass(frozen=True, slots=True)
class CellView:
    """One level of one slice; `agreed` where it is in force for just this slice."""

    level: Level
    verdict: Verdict
    suggested: bool
    agreed: bool


@dataclass(frozen=True, slots=True)
class SideView:
    """What one party's answers alone would suggest."""

    party: str
    suggestion: Level | None


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A criterion on which the parties differ; `decisive` if settling it would change a verdict."""

    title: str
    decisive: bool


@dataclass(frozen=True, slots=True)
class PartView:
    """One slice of an activity; `name` is empty where the activity is not divided."""

    name: str
    cells: tuple[CellView, ...]
    suggestion: Level | None
    timing: Timing | None
    sides: tuple[SideView, ...]
    same: bool
    ask: tuple[str, ...]
    differences: tuple[DifferenceView, ...]

    @property
    def decisive(self) -> tuple[DifferenceView, ...]:
        """The differences that matter."""
        return tuple(each for each in self.differences if each.decisive)

    @property
    def noise(self) -> tuple[DifferenceView, ...]:
        """The differences that change no verdict."""
        return tuple(each for each in self.differences if not each.decisive)

    @property
    def notable_timing(self) -> Timing | None:
        """When the slice could begin, where that is known."""
        return None if self.timing is Timing.UNKNOWN else self.timing

    @property
    def is_open(self) -> bool:
        """Whether nothing is suggested yet, or a closer level may still turn out supported."""
        closer = [cell for cell in self.cells if self.suggestion is None or cell.level > self.suggestion]
        return self.suggestion is None or any(cell.verdict is Verdict.OPEN for cell in closer)


@dataclass(frozen=True, slots=True)
class RowView:
    """One activity."""

    id: str
    title: str
    answered: bool
    whole: Level | None
    split: bool
    parts: tuple[PartView, ...]
    agreed: tuple[Agreed, ...]
    progress: str

    @property
    def agreed_otherwise(self) -> tuple[Agreed, ...]:
        """What is in force for slices that were divided in another way than the answers."""
        names = {part.name for part in self.parts}
        return tuple(each for each in self.agreed if each.slice not in names)

    def shows(self, filter_: str) -> bool:
        """Whether the row belongs under a filter."""
        match filter_:
            case "open":
                return any(part.is_open for part in self.parts)
            case "disagree":
                return any(part.differences for part in self.parts)
            case "agreed":
                return bool(self.agreed)
        return True

    def mentions(self, words: str) -> bool:
        """Whether the search words occur in the activity, its slices, its questions or its differences."""
        texts = [self.title, *(agreed.slice for agreed in self.agreed)]
        for part in self.parts:
            texts += [part.name, *part.ask, *(each.title for each in part.differences)]
        text = folded(" ".join(texts))
        return all(word in text for word in folded(words).split())


@dataclass(frozen=True, slots=True)
class TallyView:
    """How many slices each level is suggested for, and what is left to do."""

    levels: tuple[tuple[Level, int], ...]
    unsettled: int
    decisive: int
    agreed: int


@dataclass(frozen=True, slots=True)
class FilterView:
    """One way to narrow the table, with how many activities it leaves."""

    id: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The whole page."""

    parties: tuple[PartyView, ...]
    columns: tuple[Level, ...]
    rows: tuple[RowView, ...]
    tally: TallyView
    filters: tuple[FilterView, ...]
    words: str
    answered: bool
    framework: str

    @property
    def names(self) -> str:
        """The institutions at the table, in one phrase."""
        return gettext(" and ").join(party.name for party in self.parties)


def matrix_view(stance: Stance, show: str = "all", words: str = "") -> MatrixView:
    """The matrix under one filter and search; tally and counts are of the whole."""
    rows = tuple(_row(stance, activity) for activity in framework().activities)
    show = show if show in FILTERS else "all"
    return MatrixView(
        stance.parties,
        COLUMNS,
        tuple(row for row in rows if row.shows(show) and row.mentions(words)),
        _tally(rows),
        tuple(FilterView(each, sum(row.shows(each) for row in rows), each == show) for each in FILTERS),
        words,
        bool(stance.activities),
        framework().digest,
    )


def ask_titles(levels: Iterable[LevelResult]) -> tuple[str, ...]:
    """The questions still open over several levels, each once, most useful first."""
    criteria = framework().criteria
    found = dict.fromkeys(name for level in levels for name in level.judgement.ask)
    return tuple(criteria[name].title for name in found)


def sides_of(stance: Stance, part: Slice) -> tuple[SideView, ...]:
    """What each party's answers alone would suggest."""
    return tuple(SideView(stance.short(party), alone(part, party)) for party in part.answers)


def _row(stance: Stance, activity: str) -> RowView:
    said = stance.planned(activity).said()
    result = assessment(said)
    single = len(result.slices) == 1
    return RowView(
        activity,
        framework().activities[activity].title,
        activity in stance.activities,
        result.whole.suggestion,
        result.split,
        tuple(
            _part(stance, activity, part, each, "" if single else part.name)
            for part, each in zip(said, result.slices, strict=True)
        ),
        stance.agreed_on(activity),
        stance.progress.get(activity, ""),
    )


def _part(stance: Stance, activity: str, part: Slice, result: SliceResult, name: str) -> PartView:
    outcome = result.outcome
    agreed = {each.level for each in stance.agreed_on(activity) if each.slice == name}
    sides = sides_of(stance, part)
    criteria = framework().criteria
    return PartView(
        name,
        tuple(_cell(outcome, level, agreed) for level in COLUMNS),
        outcome.suggestion,
        outcome.levels[Level.SEPARATION].judgement.timing,
        sides,
        len({side.suggestion for side in sides}) == 1,
        ask_titles(outcome.levels[level] for level in COLUMNS),
        tuple(DifferenceView(criteria[d.criterion].title, d.decisive) for d in result.disagreements),
    )


def _cell(outcome: Outcome, level: Level, agreed: Container[Level]) -> CellView:
    verdict = outcome.levels[level].judgement.verdict
    return CellView(level, verdict, level is outcome.suggestion, level in agreed)


def _tally(rows: tuple[RowView, ...]) -> TallyView:
    parts = [part for row in rows for part in row.parts]
    counts = Counter(part.suggestion for part in parts)
    return TallyView(
        tuple((level, counts[level]) for level in COLUMNS),
        counts[None],
        sum(len(part.decisive) for part in parts),
        sum(bool(row.agreed) for row in rows),
    )
