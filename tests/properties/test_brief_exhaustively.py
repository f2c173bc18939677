"""The brief's own formulas, over every state of knowledge that they can tell apart.

A formula sees of an answer only which of its conditions the answer meets, fails, or leaves open. So each
criterion needs one set of values for each way in which the formula can see it, and the product of those is
small enough to visit whole.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, product
from typing import TypeAlias

import pytest
from effort import visited

from fourfold.framework import Level, Tri, Verdict, judge, shipped

BRIEF = shipped()
CLOSER = [level for level in Level if level is not Level.SEPARATION]
NAMES = tuple(BRIEF.criteria)
Values: TypeAlias = frozenset[str]
Atoms: TypeAlias = tuple[tuple[str, Values], ...]
Formula: TypeAlias = tuple[Atoms, ...]


def supporting(level: Level, reading: str) -> Formula:
    support = BRIEF.readings[reading].support[level]
    gate = support.gate.atoms if support.gate else ()
    return tuple(tuple((a.criterion, a.allowed) for a in (*gate, *each.atoms)) for each in support.reasons)


def ruling_out(level: Level) -> Formula:
    rules = [rule.condition for rule in BRIEF.rule_outs if level in rule.levels]
    return tuple(tuple((atom.criterion, atom.allowed) for atom in rule.atoms) for rule in rules)


def _formulas() -> Iterator[tuple[str, Level, str, bool, Formula]]:
    """Each formula once, though several readings may share it."""
    told = set()
    for level, reading in product(Level, BRIEF.readings):
        for support, formula in ((True, supporting(level, reading)), (False, ruling_out(level))):
            if formula and (level, support, formula) not in told:
                told.add((level, support, formula))
                word = "supported" if support else "ruled out"
                yield f"{level.value} {word}, {reading}", level, reading, support, formula


FORMULAS = {key: rest for key, *rest in _formulas()}


def subsets(name: str) -> Iterator[Values]:
    scale = BRIEF.criteria[name].scale
    return (frozenset(each) for size in range(1, len(scale) + 1) for each in combinations(scale, size))


def ways(formula: Formula) -> dict[str, list[Values]]:
    """For each criterion of the formula, the smallest set of values for each way it can be seen."""
    allowed: dict[str, set[Values]] = {}
    for name, values in (atom for condition in formula for atom in condition):
        allowed.setdefault(name, set()).add(values)
    return {name: list(_seen(name, sorted(each, key=sorted))) for name, each in allowed.items()}


def _seen(name: str, allowed: list[Values]) -> Iterator[Values]:
    told = set()
    for values in subsets(name):
        sight = tuple((values <= each, bool(values & each)) for each in allowed)
        if sight not in told:
            told.add(sight)
            yield values


def holds(formula: Formula, values: Mapping[str, str]) -> bool:
    """Plain logic, for one value of each criterion."""
    return any(all(values[name] in allowed for name, allowed in condition) for condition in formula)


def certain(formula: Formula, names: tuple[str, ...]) -> dict[tuple[Values, ...], Tri]:
    """What is certain of the formula in every state: the same in all its completions, else unknown.

    A certain value is by its meaning one that narrowing an answer cannot change.
    """

    @cache
    def answer(state: tuple[Values, ...]) -> Tri:
        for place, values in enumerate(state):
            if len(values) > 1:
                settled = [(*state[:place], frozenset([value]), *state[place + 1 :]) for value in values]
                found = {answer(each) for each in settled}
                return found.pop() if len(found) == 1 else Tri.UNKNOWN
        pairs = zip(names, state, strict=True)
        return Tri.TRUE if holds(formula, {name: next(iter(values)) for name, values in pairs}) else Tri.FALSE

    return {state: answer(state) for state in product(*ways(formula).values())}


@pytest.mark.parametrize("key", list(FORMULAS))
def test_every_formula_of_the_brief_has_its_certain_value_in_every_state(key: str) -> None:
    level, reading, support, formula = FORMULAS[key]
    names = tuple(ways(formula))
    found = certain(formula, names)
    assert len(found) >= 3 ** len(names)
    for state, value in visited(list(found.items())):
        result = judge(BRIEF, {"A": dict(zip(names, state, strict=True))}, reading)[level]
        assert (result.supported if support else result.ruled_out) is value, state


def test_separation_is_supported_alike_in_every_reading_and_never_ruled_out() -> None:
    expected = supporting(Level.SEPARATION, BRIEF.default_reading)
    assert all(supporting(Level.SEPARATION, reading) == expected for reading in BRIEF.readings)
    assert ruling_out(Level.SEPARATION) == ()


def raised(name: str, values: Values, steps: int) -> Values:
    scale = BRIEF.criteria[name].scale
    return frozenset(scale[min(scale.index(value) + steps, len(scale) - 1)] for value in values)


REASONS = {
    "nothing else is known": {},
    "every other condition for it is met": {
        "infosec": "no", "cap": "yes", "urgent": "yes", "better": "yes", "interop": "top", "dup": "avoid",
        "evidence": "yes", "influence": "yes", "spec": "yes", "skills": "yes", "mutual": "yes",
        "know": "yes", "mandates": "yes", "cost3": "no", "cost2": "no", "cost1": "no", "lowvalue": "no",
        "priodiff": "no", "political": "no", "autonomy": "no", "ready": "yes",
    },
    "no other condition for it is met": {
        "infosec": "yes", "cap": "no", "urgent": "no", "better": "no", "interop": "none", "dup": "wanted",
        "evidence": "no", "influence": "no", "spec": "no", "skills": "no", "mutual": "no",
        "know": "no", "mandates": "no", "cost3": "yes", "cost2": "yes", "cost1": "yes", "lowvalue": "yes",
        "priodiff": "yes", "political": "yes", "autonomy": "yes", "ready": "no",
    },
}  # fmt: skip


@pytest.mark.parametrize("reading", list(BRIEF.readings))
@pytest.mark.parametrize("others", REASONS.values(), ids=REASONS.keys())
@pytest.mark.parametrize("name", ["sens", "risk", "prop"])
def test_raising_one_of_three_makes_no_closer_level_better_from_any_answer_to_the_three(
    name: str, others: dict[str, str], reading: str
) -> None:
    said = {criterion: frozenset([value]) for criterion, value in others.items()}
    singles = {
        each: [frozenset([v]) for v in BRIEF.criteria[each].scale] for each in ("sens", "risk", "prop")
    }
    unknown = {each: frozenset(BRIEF.criteria[each].scale) for each in singles}
    choices = {
        each: list(subsets(each)) if each == name else [*singles[each], unknown[each]] for each in singles
    }
    for values in product(*choices.values()):
        state = {**said, **dict(zip(choices, values, strict=True))}
        before = judge(BRIEF, {"A": state}, reading)
        for steps in range(1, len(BRIEF.criteria[name].scale)):
            after = judge(BRIEF, {"A": {**state, name: raised(name, state[name], steps)}}, reading)
            for level in CLOSER:
                assert after[level].supported <= before[level].supported
                assert after[level].ruled_out >= before[level].ruled_out


def positions(formula: Formula) -> list[dict[str, Values]]:
    """Every answer of one party to the criteria of a formula that it can tell apart, silence included."""
    options = {name: [None, *each] for name, each in ways(formula).items()}
    return [
        {name: values for name, values in zip(options, each, strict=True) if values is not None}
        for each in product(*options.values())
    ]


@pytest.mark.parametrize("rule", [rule.condition for rule in BRIEF.rule_outs], ids=lambda rule: rule.id)
def test_no_second_party_makes_a_true_ruling_out_false_whatever_both_say(rule: object) -> None:
    condition = next(each for each in BRIEF.rule_outs if each.condition is rule)
    formula = (tuple((atom.criterion, atom.allowed) for atom in condition.condition.atoms),)
    said = positions(formula)
    visited = 0
    for first in said:
        alone = judge(BRIEF, {"A": first})
        ruled = [level for level in condition.levels if alone[level].ruled_out is Tri.TRUE]
        for second in said if ruled else ():
            together = judge(BRIEF, {"A": first, "B": second})
            assert all(together[level].ruled_out is not Tri.FALSE for level in ruled)
            visited += 1
    assert visited


@pytest.mark.parametrize("reading", list(BRIEF.readings))
def test_no_cell_of_the_table_is_contradicted_by_its_own_wording_in_any_reading(reading: str) -> None:
    cells = [
        (activity.id, level, avenue)
        for activity in BRIEF.activities.values()
        for level, avenue in activity.avenues.items()
    ]
    for activity, level, avenue in cells:
        verdict = judge(BRIEF, {"AISI": avenue.stated, "AIO": avenue.stated}, reading)[level].verdict
        assert verdict not in {Verdict.RULED_OUT, Verdict.UNSUPPORTED, Verdict.CONTESTED}, (activity, level)
    assert len(cells) == 58
