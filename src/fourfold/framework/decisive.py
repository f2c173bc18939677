"""Which disagreements matter: the smallest sets whose settlement would change a verdict.

A disagreement is settled when all who answered say one value, one that was said. A verdict's word changes
exactly when one of its two truth values leaves those that the word stands for; and because every formula
is unate, settling each criterion at its best (or worst) said value shows whether a formula can become
true or possible (false or doubtful). So the sets are found by walking the conditions:

- to make a formula true, or possible: all that one condition lacks;
- to make it false, or doubtful: one atom of each condition that stands in the way (a hitting set).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from fourfold.framework.answers import Answers
from fourfold.framework.judge import verdict
from fourfold.framework.layout import Field, Layout
from fourfold.framework.parts import Aggregation
from fourfold.framework.rules import Clause, Rules
from fourfold.framework.verdicts import Tri, Verdict

Part = tuple[Field, int]
Test = Callable[[int, Part], bool]


def disagreements(layout: Layout, answers: Answers) -> tuple[str, ...]:
    """The criteria on which two or more parties answered, and not all the same; in the framework's order."""
    first: dict[str, frozenset[str]] = {}
    differing = set()
    for said in answers.values():
        for criterion, values in said.items():
            if first.setdefault(criterion, values) != values:
                differing.add(criterion)
    return tuple(criterion for criterion in layout.fields if criterion in differing)


def decisive_sets(
    rules: Rules, answers: Answers, state: int, disputed: Iterable[str]
) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of the disputed criteria whose settlement would change a level's verdict.

    `state` is what the answers make together. Smallest sets first, then in the framework's order.
    """
    settling = _Settling(state, {name: _settled(rules.layout, answers, name) for name in disputed})
    sets: list[frozenset[str]] = []
    if settling.options:
        for level in rules.levels:
            supported, ruled_out = verdict(level, state)
            word = Verdict.of(supported, ruled_out)
            sets += settling.leaving(level.gated, {s for s, r in _PAIRS if Verdict.of(s, r) is word})
            sets += settling.leaving(level.rule_outs, {r for s, r in _PAIRS if Verdict.of(s, r) is word})
    places = {name: field.place for name, field in rules.layout.fields.items()}
    ordered = [tuple(sorted(each, key=places.__getitem__)) for each in _minimal(sets)]
    return tuple(sorted(ordered, key=lambda each: (len(each), [places[name] for name in each])))


def _settled(layout: Layout, answers: Answers, criterion: str) -> tuple[int, ...]:
    """What a criterion's field becomes for each value that was said, if all who answered said that one."""
    field = layout.fields[criterion]
    said = [said[criterion] for said in answers.values() if criterion in said]
    bits = [field.bits([value]) for value in sorted(frozenset().union(*said))]
    known = len(said) == len(answers) or field.criterion.aggregation is Aggregation.SHARED
    return tuple(bits if known else [field.bound(bit) for bit in bits])


@dataclass(frozen=True, slots=True)
class _Settling:
    """A state, and what each disputed criterion's field would become by each way to settle it."""

    state: int
    options: Mapping[str, tuple[int, ...]]

    def leaving(self, clauses: tuple[Clause, ...], values: set[Tri]) -> list[frozenset[str]]:
        """The sets that take the formula "one of these holds" out of the truth values it may have."""
        if values == {Tri.TRUE}:
            return self._every(clauses, _true, _doubtful)
        if values == {Tri.FALSE}:
            return self._one(clauses, _possible, _possible)
        sets = self._one(clauses, _true, _true)
        if values == {Tri.UNKNOWN}:
            sets = sets + self._every(clauses, _possible, _false)
        return sets

    def _one(self, clauses: tuple[Clause, ...], enough: Test, wanted: Test) -> list[frozenset[str]]:
        """For each clause, the atoms for which the state is not enough, if all can be settled as wanted."""
        sets = []
        for clause in clauses:
            lacking = [part for part in clause.parts if not enough(self.state, part)]
            if lacking and all(self._can(part, wanted) for part in lacking):
                sets.append(frozenset(field.criterion.id for field, _ in lacking))
        return sets

    def _every(self, clauses: tuple[Clause, ...], standing: Test, wanted: Test) -> list[frozenset[str]]:
        """The smallest sets that settle as wanted one atom of each clause that stands (all its atoms do)."""
        sets = [frozenset[str]()]
        for clause in clauses:
            if all(standing(self.state, part) for part in clause.parts):
                names = [part[0].criterion.id for part in clause.parts if self._can(part, wanted)]
                sets = _minimal(each | {name} for each in sets for name in names)
        return [each for each in sets if each]

    def _can(self, part: Part, wanted: Test) -> bool:
        return any(wanted(bits, part) for bits in self.options.get(part[0].criterion.id, ()))


def _true(bits: int, part: Part) -> bool:
    """Whether an atom is true."""
    field, allowed = part
    return not bits & field.mask & ~allowed


def _doubtful(bits: int, part: Part) -> bool:
    """Whether an atom is not true."""
    return not _true(bits, part)


def _false(bits: int, part: Part) -> bool:
    """Whether an atom is false."""
    return not bits & part[1]


def _possible(bits: int, part: Part) -> bool:
    """Whether an atom is not false."""
    return not _false(bits, part)


def _minimal(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Those sets that contain none of the others."""
    least: list[frozenset[str]] = []
    for each in sorted(set(sets), key=len):
        if not any(other <= each for other in least):
            least.append(each)
    return least


_PAIRS = [(supported, ruled_out) for supported in Tri for ruled_out in Tri]
