"""What deciding gives: verdicts for every level and slice, with reasons, questions and changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fourfold.canon import digest
from fourfold.framework.levels import Level
from fourfold.framework.verdicts import Timing, Tri, Verdict


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason that holds, or what fails of one: its sentence, how to cite it, the criteria it rests on."""

    id: str
    text: str
    passages: tuple[str, ...]
    criteria: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The shape of an entry of `why`, `why_not` and `warnings`."""
        return {
            "id": self.id,
            "text": self.text,
            "passages": list(self.passages),
            "criteria": list(self.criteria),
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the conditions say of one level.

    `supports` and `rules_out` are the reasons that hold, for it and against it; `why_not` is what fails of
    the reasons for it; `ask` are the criteria still unknown, most useful first.
    """

    verdict: Verdict
    supported: Tri
    ruled_out: Tri
    timing: Timing | None
    supports: tuple[Ground, ...]
    rules_out: tuple[Ground, ...]
    why_not: tuple[Ground, ...]
    ask: tuple[str, ...]

    @property
    def why(self) -> tuple[Ground, ...]:
        """All satisfied reasons: those for the level, then those that rule it out."""
        return self.supports + self.rules_out


@dataclass(frozen=True, slots=True)
class Change:
    """New answers, the same from every party, that together would make a level supported."""

    answers: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, str]:
        """Criterion to value."""
        return dict(self.answers)


@dataclass(frozen=True, slots=True)
class LevelResult:
    """The judgement of one level, and the smallest changes that would make it supported."""

    judgement: Judgement
    change: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        """The shape of one level in the output of `recommend`."""
        judgement = self.judgement
        return {
            "verdict": judgement.verdict.value,
            "timing": judgement.timing.value if judgement.timing else None,
            "why": [ground.to_json() for ground in judgement.why],
            "why_not": [ground.to_json() for ground in judgement.why_not],
            "ask": list(judgement.ask),
            "change": [change.to_json() for change in self.change],
        }


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A criterion on which institutions said different things; noise unless it is decisive."""

    criterion: str
    said: tuple[tuple[str, tuple[str, ...]], ...]
    decisive: bool

    def to_json(self) -> dict[str, Any]:
        """The shape of an entry of `disagreements`."""
        said = {institution: list(values) for institution, values in self.said}
        return {"criterion": self.criterion, "said": said, "decisive": self.decisive}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every level's result, closest last, and the closest level that may be suggested (None: none)."""

    levels: Mapping[Level, LevelResult]
    suggestion: Level | None

    def to_json(self) -> dict[str, Any]:
        """The shape of `whole`, and the beginning of a slice."""
        return {
            "verdicts": {level.value: result.to_json() for level, result in self.levels.items()},
            "suggestion": self.suggestion.value if self.suggestion else None,
        }


@dataclass(frozen=True, slots=True)
class SliceResult:
    """What is said of one slice: outcome, where the parties differ, and what to beware of."""

    name: str
    outcome: Outcome
    disagreements: tuple[Disagreement, ...]
    decisive_sets: tuple[tuple[str, ...], ...]
    warnings: tuple[Ground, ...]

    def to_json(self) -> dict[str, Any]:
        """The shape of an entry of `slices`."""
        return {
            "name": self.name,
            **self.outcome.to_json(),
            "disagreements": [item.to_json() for item in self.disagreements],
            "decisive_sets": [list(criteria) for criteria in self.decisive_sets],
            "warnings": [warning.to_json() for warning in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole result, with what is needed to compute it again.

    `answers` are the slices as they were said, values in the order of the scale. `split` is true where a
    slice can be closer than the whole.
    """

    framework_id: str
    framework_version: str
    framework_digest: str
    reading: str
    answers: tuple[tuple[str, Mapping[str, Mapping[str, tuple[str, ...]]]], ...]
    slices: tuple[SliceResult, ...]
    whole: Outcome
    split: bool

    @property
    def answers_digest(self) -> str:
        """The digest of the answers, whatever order or format they were written in."""
        slices = [
            {
                "name": name,
                "answers": {party: {c: list(v) for c, v in said.items()} for party, said in parties.items()},
            }
            for name, parties in self.answers
        ]
        return digest(slices)

    def to_json(self) -> dict[str, Any]:
        """The output of `recommend --format json`."""
        return {
            "framework": {
                "id": self.framework_id,
                "version": self.framework_version,
                "digest": self.framework_digest,
            },
            "reading": self.reading,
            "answers": {"digest": self.answers_digest},
            "slices": [item.to_json() for item in self.slices],
            "whole": self.whole.to_json(),
            "split": self.split,
        }
