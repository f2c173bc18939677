"""What must hold between the parts of a framework, so that its verdicts can be trusted.

- Every formula is unate: what it allows of a criterion is always a beginning, or always an end, of the
  scale. Then the Kleene value is the certain answer over all completions.
- Rule-outs are cautious: they never rest on the mild side of a criterion, so that one more institution
  can never make a true ruling-out false.
"""

from collections.abc import Iterable, Mapping

from fourfold.canon import Faults, Located
from fourfold.framework.levels import Level
from fourfold.framework.model import Framework
from fourfold.framework.parts import Aggregation, Atom, Condition, Criterion

BEGINNING, END = "beginning", "end"


def lint(faults: Faults, framework: Framework, places: Mapping[str, Located]) -> None:
    """Notes every formula that is not unate, and every atom that could not do its work."""
    check = _Lint(faults, framework.criteria, places)
    for condition in _all_conditions(framework):
        check.atoms(condition)
    for reading in framework.readings.values():
        for level, support in reading.support.items():
            gate = [support.gate] if support.gate else []
            check.unate([*support.reasons, *gate], f"{level} in the reading {reading.id}")
    for level in Level:
        ruling = [rule.condition for rule in framework.rule_outs if level in rule.levels]
        check.unate(ruling, f"what rules out {level}")
    for rule in framework.rule_outs:
        check.cautious(rule.condition)
    if framework.timing and framework.timing.now & framework.timing.not_yet:
        faults.add(None, "The timing has a value that means both now and not yet.", "Keep it in one of them.")


def _all_conditions(framework: Framework) -> Iterable[Condition]:
    """Every condition once."""
    supports = [s for reading in framework.readings.values() for s in reading.support.values()]
    used = [each for s in supports for each in (*s.reasons, *([s.gate] if s.gate else []))]
    ruling = [rule.condition for rule in framework.rule_outs]
    return {each.id: each for each in (*used, *ruling, *framework.warnings)}.values()


class _Lint:
    def __init__(
        self, faults: Faults, criteria: Mapping[str, Criterion], places: Mapping[str, Located]
    ) -> None:
        self.faults, self.criteria, self.places = faults, criteria, places
        self.told: set[tuple[str, str]] = set()

    def side(self, atom: Atom) -> str | None:
        """Which side of its scale an atom allows; None where it is neither."""
        scale = self.criteria[atom.criterion].scale
        if atom.allowed == frozenset(scale[: len(atom.allowed)]):
            return BEGINNING
        return END if atom.allowed == frozenset(scale[-len(atom.allowed) :]) else None

    def atoms(self, condition: Condition) -> None:
        """An atom that allows every value, or values from the middle, is a fault."""
        for atom in condition.atoms:
            if len(atom.allowed) == len(self.criteria[atom.criterion].scale):
                self._tell(condition, atom, "allows every value, so it decides nothing", "Leave it out.")
            elif atom.allowed and self.side(atom) is None:
                remedy = "Allow a beginning or an end of the scale, or state two reasons."
                self._tell(condition, atom, "allows values from inside its scale, so it is not unate", remedy)

    def unate(self, conditions: Iterable[Condition], formula: str) -> None:
        """A criterion that one formula pushes both ways is a fault, told at the second place."""
        first: dict[str, tuple[str | None, str]] = {}
        for condition in conditions:
            for atom in condition.atoms:
                side, where = first.setdefault(atom.criterion, (self.side(atom), condition.id))
                if side and self.side(atom) and side != self.side(atom):
                    problem = f'pushes it the other way than "{where}" does, for {formula}: not unate'
                    self._tell(condition, atom, problem, "State one of them by another criterion.")

    def cautious(self, condition: Condition) -> None:
        """A ruling-out that a further institution's answer could undo is a fault."""
        mild = {Aggregation.MAX: BEGINNING, Aggregation.MIN: END}
        for atom in condition.atoms:
            aggregation = self.criteria[atom.criterion].aggregation
            if self.side(atom) is not None and self.side(atom) == mild.get(aggregation):
                problem = (
                    f"rules out by the mild side of a criterion that is aggregated by {aggregation.value}"
                )
                self._tell(condition, atom, problem, "Rule out by the restrictive side.")

    def _tell(self, condition: Condition, atom: Atom, problem: str, remedy: str) -> None:
        """Notes a fault of an atom, once however many readings show it."""
        if (condition.id, atom.criterion) not in self.told:
            self.told.add((condition.id, atom.criterion))
            message = f'The condition "{condition.id}" {problem}: criterion "{atom.criterion}".'
            self.faults.add(self.places.get(condition.id), message, remedy)
