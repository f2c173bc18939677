"""The parts of a framework: criteria, named conditions, readings, activities, and where each is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from fourfold.framework.levels import Level


class Aggregation(Enum):
    """How the answers of several institutions to one criterion become one."""

    MAX = "max"
    MIN = "min"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in the source text: how users cite it, where it stands, and its digest.

    `lines` counts from 1; a passage broken over several lines lists each. `column` picks one
    tab-separated cell of a table line, counted from 1. `gist` is our own one-line paraphrase.
    """

    id: str
    ref: str
    lines: tuple[int, ...]
    column: int | None
    digest: str
    gist: str

    @property
    def line_ref(self) -> str:
        """The place for people who have the source file open: `L91 L93`."""
        return " ".join(f"L{line}" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question about an activity; the scale runs from its lowest value to its highest."""

    id: str
    title: str
    question: str
    scale: tuple[str, ...]
    aggregation: Aggregation
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """A criterion and the values that satisfy it; `fails` is the phrase for when none of them can hold."""

    criterion: str
    allowed: frozenset[str]
    fails: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A named conjunction of atoms, with the sentence that states it as satisfied."""

    id: str
    text: str
    atoms: tuple[Atom, ...]
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleOut:
    """A condition that rules out the levels it names."""

    levels: frozenset[Level]
    condition: Condition


@dataclass(frozen=True, slots=True)
class Support:
    """What supports one level in one reading: any of the reasons, each with the gate where there is one."""

    gate: Condition | None
    reasons: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the source's grammar: the support of every level."""

    id: str
    title: str
    text: str
    support: Mapping[Level, Support]


@dataclass(frozen=True, slots=True)
class TimingRule:
    """The criterion that says when a level could begin, and which of its values mean now and not yet."""

    criterion: str
    now: frozenset[str]
    not_yet: frozenset[str]
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A text that decides nothing: a caveat at every level, or a context that a slice records."""

    id: str
    text: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelText:
    """What the source means by a level."""

    title: str
    text: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Avenue:
    """One idea of the source for an activity at a level; `stated` are the values its wording gives."""

    title: str
    passage: str
    stated: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that the institutions each do; a level without an avenue is empty in the source."""

    id: str
    title: str
    avenues: Mapping[Level, Avenue]
