"""The conditions of one reading, made fast: each a handful of masks over a state.

A clause (a conjunction of atoms) is true when no possible value lies outside what it allows, false when
some criterion has no possible value inside, else unknown: strong Kleene logic.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fourfold.framework.layout import Field, Layout
from fourfold.framework.levels import Level
from fourfold.framework.parts import Condition, Passage, Reading, RuleOut, TimingRule
from fourfold.framework.results import Ground
from fourfold.framework.verdicts import Timing, Tri


class Failures(dict[int, Ground]):
    """What fails of a condition, for each set of failing criteria; written when first asked for."""

    def __init__(self, condition: Condition | None, layout: Layout, refs: tuple[str, ...]) -> None:
        super().__init__()
        self._condition, self._layout, self._refs = condition, layout, refs

    def __missing__(self, guards: int) -> Ground:
        """The ground for the criteria whose guard bits are set."""
        assert self._condition is not None  # noqa: S101  the empty clause never fails
        failing = tuple(field.criterion.id for field in self._layout.in_guards(guards))
        phrases = [atom.fails for atom in self._condition.atoms if atom.criterion in failing]
        self[guards] = Ground(self._condition.id, sentence(phrases), self._refs, failing)
        return self[guards]


class Places(dict[int, tuple[int, ...]]):
    """The places of criteria in the framework's order, for each set of guard bits."""

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self._layout = layout

    def __missing__(self, guards: int) -> tuple[int, ...]:
        """The places of the criteria whose guard bits are set."""
        self[guards] = tuple(field.place for field in self._layout.in_guards(guards))
        return self[guards]


@dataclass(frozen=True, slots=True)
class Clause:
    """A conjunction of atoms as masks; `ground` states it as satisfied.

    `parts` are its atoms: each criterion's field and the bits of the values that satisfy it.
    """

    allow: int
    forbid: int
    ones: int
    guards: int
    parts: tuple[tuple[Field, int], ...]
    ground: Ground
    failures: Failures
    places: Places

    def failing(self, state: int) -> int:
        """The guard bits of its atoms that are false; 0 if none is."""
        return self.guards & ~((state & self.allow) + self.ones)

    def pending(self, state: int) -> int:
        """The guard bits of its atoms that are not yet true; 0 if it is satisfied."""
        return self.guards & ((state & self.forbid) + self.ones)

    def value(self, state: int) -> Tri:
        """Its Kleene value."""
        if not self.pending(state):
            return Tri.TRUE
        return Tri.FALSE if self.failing(state) else Tri.UNKNOWN


@dataclass(frozen=True, slots=True)
class LevelRules:
    """The conditions of one level: `gated` are the reasons, each joined with the gate.

    `names` are all criteria, in the framework's order.
    """

    level: Level
    names: tuple[str, ...]
    gate: Clause
    reasons: tuple[Clause, ...]
    gated: tuple[Clause, ...]
    rule_outs: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class TimingMasks:
    """The values of the timing criterion that mean now, and those that mean not yet."""

    mask: int
    now: int
    not_yet: int

    def of(self, state: int) -> Timing:
        """When a level could begin."""
        possible = state & self.mask
        if not possible & ~self.now:
            return Timing.NOW
        return Timing.UNKNOWN if possible & ~self.not_yet else Timing.NOT_YET


@dataclass(frozen=True, slots=True)
class Rules:
    """All conditions of one reading over one layout."""

    reading: str
    layout: Layout
    levels: tuple[LevelRules, ...]
    timing: TimingMasks | None
    warnings: tuple[Clause, ...]


def sentence(phrases: Iterable[str]) -> str:
    """Phrases joined into one sentence."""
    text = "; ".join(phrases)
    return text[:1].upper() + text[1:] + "."


@dataclass(frozen=True, slots=True)
class Compiler:
    """Turns conditions into clauses over one layout."""

    layout: Layout
    passages: Mapping[str, Passage]
    rule_outs: tuple[RuleOut, ...]
    timing: TimingRule | None
    warnings: tuple[Condition, ...]

    def rules(self, reading: Reading) -> Rules:
        """The rules of one reading."""
        return Rules(
            reading.id,
            self.layout,
            tuple(self._level(reading, level) for level in Level),
            self._timing(),
            tuple(self._clause(warning) for warning in self.warnings),
        )

    def _level(self, reading: Reading, level: Level) -> LevelRules:
        support = reading.support[level]
        return LevelRules(
            level,
            tuple(self.layout.fields),
            self._clause(support.gate),
            tuple(self._clause(reason) for reason in support.reasons),
            tuple(self._clause(reason, support.gate) for reason in support.reasons),
            tuple(self._clause(rule.condition) for rule in self.rule_outs if level in rule.levels),
        )

    def _clause(self, condition: Condition | None, gate: Condition | None = None) -> Clause:
        """A condition, with its gate's atoms and passages where it has one; no condition is always true."""
        both = [part for part in (condition, gate) if part is not None]
        parts = []
        for atom in (atom for part in both for atom in part.atoms):
            field = self.layout.fields[atom.criterion]
            parts.append((field, field.bits(atom.allowed)))
        refs = tuple(self.passages[p].ref for p in dict.fromkeys(p for part in both for p in part.passages))
        criteria = tuple(field.criterion.id for field, _ in parts)
        first = both[0] if both else None
        ground = Ground(first.id if first else "", first.text if first else "", refs, criteria)
        return Clause(
            allow=sum(bits for _, bits in parts),
            forbid=sum(field.mask & ~bits for field, bits in parts),
            ones=sum(field.mask for field, _ in parts),
            guards=sum(field.guard for field, _ in parts),
            parts=tuple(parts),
            ground=ground,
            failures=Failures(condition, self.layout, refs),
            places=Places(self.layout),
        )

    def _timing(self) -> TimingMasks | None:
        if self.timing is None:
            return None
        field = self.layout.fields[self.timing.criterion]
        return TimingMasks(field.mask, field.bits(self.timing.now), field.bits(self.timing.not_yet))
