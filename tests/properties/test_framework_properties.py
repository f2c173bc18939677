"""The engine against a plain one that knows no bits, on made-up frameworks and on the brief's.

The plain engine below follows the text: sets of values, strong Kleene logic, and brute force over all
completions, changes, settlements and groups.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.framework import (
    Aggregation,
    Framework,
    Level,
    Slice,
    Tri,
    Verdict,
    assess,
    changes,
    groups,
    judge,
    load_framework,
    shipped,
)

Said = Mapping[str, frozenset[str]]
State = dict[str, frozenset[str]]
CLOSER = [level.value for level in Level if level is not Level.SEPARATION]
DIGEST = "sha256:" + "0" * 64
BRIEF = shipped()


# The plain engine


def plain_state(framework: Framework, answers: Mapping[str, Said]) -> State:
    state = {}
    for name, criterion in framework.criteria.items():
        scale = criterion.scale
        given_sets = [said[name] for said in answers.values() if name in said]
        if criterion.aggregation is Aggregation.SHARED:
            state[name] = frozenset().union(*given_sets) if given_sets else frozenset(scale)
            continue
        pick = max if criterion.aggregation is Aggregation.MAX else min
        sets = [said.get(name, frozenset(scale)) for said in answers.values()] or [frozenset(scale)]
        state[name] = frozenset(pick(each, key=scale.index) for each in product(*sets))
    return state


def plain_all(atoms: list[tuple[str, frozenset[str]]], state: Mapping[str, frozenset[str]]) -> Tri:
    values = []
    for criterion, allowed in atoms:
        possible = state[criterion]
        values.append(Tri.TRUE if possible <= allowed else Tri.UNKNOWN if possible & allowed else Tri.FALSE)
    return min(values, default=Tri.TRUE)


def formulas(framework: Framework, level: Level, reading: str) -> tuple[list[Any], list[Any]]:
    support = framework.readings[reading].support[level]
    gate = [(atom.criterion, atom.allowed) for atom in support.gate.atoms] if support.gate else []
    reasons = [[*gate, *((a.criterion, a.allowed) for a in reason.atoms)] for reason in support.reasons]
    ruling = [
        [(a.criterion, a.allowed) for a in rule.condition.atoms]
        for rule in framework.rule_outs
        if level in rule.levels
    ]
    return reasons, ruling


def plain_any(conditions: list[Any], state: Mapping[str, frozenset[str]]) -> Tri:
    return max((plain_all(each, state) for each in conditions), default=Tri.FALSE)


def plain_pair(framework: Framework, level: Level, reading: str, state: State) -> tuple[Tri, Tri]:
    reasons, ruling = formulas(framework, level, reading)
    return plain_any(reasons, state), plain_any(ruling, state)


def words(framework: Framework, reading: str, answers: Mapping[str, Said]) -> list[Verdict]:
    state = plain_state(framework, answers)
    return [Verdict.of(*plain_pair(framework, level, reading, state)) for level in Level]


def completions(state: State) -> Iterator[State]:
    for values in product(*state.values()):
        yield {name: frozenset([value]) for name, value in zip(state, values, strict=True)}


# Made-up frameworks


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    count = draw(st.integers(3, 5))
    scales = {f"c{n}": [f"v{v}" for v in range(draw(st.integers(2, 3)))] for n in range(count)}
    kinds = {name: draw(st.sampled_from(["max", "min", "shared"])) for name in scales}
    conditions: list[dict[str, Any]] = []

    def condition(sides: dict[str, str], without: tuple[str, ...] = ()) -> dict[str, Any] | None:
        free = [name for name in scales if name not in without]
        names = draw(st.lists(st.sampled_from(free), min_size=1, max_size=2, unique=True)) if free else []
        when = {}
        for name in names:
            side = sides.setdefault(name, draw(st.sampled_from(["<=", ">="])))
            values = scales[name][:-1] if side == "<=" else scales[name][1:]
            when[name] = f"{side} {draw(st.sampled_from(values))}"
        if not when:
            return None
        number = len(conditions)
        made = {"id": f"k{number}", "text": "It holds.", "when": when, "passages": ["p"]}
        conditions.append({**made, "fails": dict.fromkeys(when, "it fails")})
        return made

    def support(*, gated: bool) -> dict[str, Any]:
        sides: dict[str, str] = {}
        found: dict[str, Any] = {}
        gate = condition(sides) if gated and draw(st.booleans()) else None
        if gate:
            found["gate"] = gate["id"]
        without = tuple(gate["when"]) if gate else ()
        reasons = [condition(sides, without) for _ in range(draw(st.integers(1, 3)))]
        found["reasons"] = [each["id"] for each in reasons if each]
        return found

    separation = support(gated=False)
    reading = {word: support(gated=True) for word in CLOSER}
    used = len(conditions)
    cautious = {name: {"max": ">=", "min": "<="}[kind] for name, kind in kinds.items() if kind != "shared"}
    ruling = [condition(cautious) for _ in range(draw(st.integers(1, 3)))]
    levels = st.lists(st.sampled_from(CLOSER), min_size=1, unique=True)
    document = {
        "schema": "fourfold.framework/1",
        "id": "made-up",
        "version": "1",
        **dict.fromkeys(("title", "about", "unsettled"), "Made up."),
        "levels": {level.value: {"title": "T", "text": "T", "passages": ["p"]} for level in Level},
        "passages": [{"id": "p", "ref": "p", "lines": [1], "digest": DIGEST, "gist": "G"}],
        "criteria": [
            {
                "id": name,
                "title": name,
                "question": "Q?",
                "scale": scale,
                "aggregation": kinds[name],
                "passages": ["p"],
            }
            for name, scale in scales.items()
        ],
        "conditions": conditions[:used],
        "separation": separation,
        "readings": [{"id": "one", "title": "One", "text": "One.", **reading}],
        "default_reading": "one",
        "rule_outs": [{**each, "levels": draw(levels)} for each in ruling if each],
        "activities": [{"id": "a", "title": "A", "avenues": {}}],
    }
    return load_framework(json.dumps(document), file="made-up.json")


def said_by(framework: Framework, *, silent: bool = True) -> st.SearchStrategy[Said]:
    one = {
        name: st.frozensets(st.sampled_from(criterion.scale), min_size=1)
        for name, criterion in framework.criteria.items()
    }
    return st.fixed_dictionaries({}, optional=one) if silent else st.fixed_dictionaries(one)


@st.composite
def cases(draw: st.DrawFn, least: int = 1, most: int = 3) -> tuple[Framework, dict[str, Said]]:
    framework = draw(frameworks())
    count = draw(st.integers(least, most))
    return framework, {f"party {n}": draw(said_by(framework)) for n in range(count)}


@given(cases())
def test_verdicts_are_the_certain_answers_over_all_completions(
    case: tuple[Framework, dict[str, Said]],
) -> None:
    framework, answers = case
    state = plain_state(framework, answers)
    everything = list(completions(state))
    for level, result in judge(framework, answers).items():
        assert (result.supported, result.ruled_out) == plain_pair(framework, level, "one", state)
        for value, conditions in zip(
            (result.supported, result.ruled_out), formulas(framework, level, "one"), strict=True
        ):
            found = {plain_any(conditions, each) for each in everything}
            assert value is (found.pop() if len(found) == 1 else Tri.UNKNOWN)


@given(cases())
def test_why_holds_and_why_not_fails_and_ask_is_unknown(case: tuple[Framework, dict[str, Said]]) -> None:
    framework, answers = case
    state = plain_state(framework, answers)
    ruling = {rule.condition.id: rule.condition for rule in framework.rule_outs}
    for level, result in judge(framework, answers).items():
        support = framework.readings["one"].support[level]
        reasons = {each.id: each for each in support.reasons}
        gate = {support.gate.id: support.gate} if support.gate else {}
        for ground in result.why:
            condition = {**reasons, **ruling}[ground.id]
            atoms = [(atom.criterion, atom.allowed) for atom in condition.atoms]
            assert plain_all(atoms, state) is Tri.TRUE
        for ground in result.why_not:
            condition = {**reasons, **gate}[ground.id]
            failing = [a.criterion for a in condition.atoms if not state[a.criterion] & a.allowed]
            assert sorted(ground.criteria) == sorted(failing) != []
        open_formulas = [
            conditions
            for value, conditions in zip(
                (result.supported, result.ruled_out), formulas(framework, level, "one"), strict=True
            )
            if value is Tri.UNKNOWN
        ]
        lacking = {
            criterion
            for conditions in open_formulas
            for each in conditions
            if plain_all(each, state) is Tri.UNKNOWN
            for criterion, allowed in each
            if not state[criterion] <= allowed
        }
        assert set(result.ask) == lacking
        assert len(result.ask) == len(lacking)


def works(
    framework: Framework, level: Level, state: State, change: Mapping[str, str], reading: str = ""
) -> bool:
    new = {**state, **{name: frozenset([value]) for name, value in change.items()}}
    return plain_pair(framework, level, reading or framework.default_reading, new) == (Tri.TRUE, Tri.FALSE)


def parts(change: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for size in range(len(change)):
        for items in combinations(change.items(), size):
            yield dict(items)


@settings(max_examples=examples(150))
@given(cases(most=2))
def test_every_change_does_what_it_says_none_smaller_does_and_none_is_missing(
    case: tuple[Framework, dict[str, Said]],
) -> None:
    framework, answers = case
    state = plain_state(framework, answers)
    options = {name: [None, *criterion.scale] for name, criterion in framework.criteria.items()}
    every = [
        {name: value for name, value in zip(options, values, strict=True) if value is not None}
        for values in product(*options.values())
    ]
    for level, found in changes(framework, answers).items():
        listed = [dict(each.answers) for each in found]
        for change in listed:
            assert works(framework, level, state, change)
            assert not any(works(framework, level, state, part) for part in parts(change))
            assert_nearest(framework, level, state, change)
        working = [change for change in every if works(framework, level, state, change)]
        least = {frozenset(c) for c in working if not any(set(o) < set(c) for o in working)}
        assert {frozenset(change) for change in listed} >= least - {frozenset()}
        assert (frozenset() in least) <= (listed == [])


def assert_nearest(framework: Framework, level: Level, state: State, change: dict[str, str]) -> None:
    """No value of one criterion that is nearer to what it was would do as well."""
    for name, value in change.items():
        scale = framework.criteria[name].scale
        was = [scale.index(each) for each in state[name]]
        place = scale.index(value)
        doing = [o for o in scale if works(framework, level, state, {**change, name: o})]
        left = [each for each in was if scale[each] not in doing]
        distance = min(abs(place - each) for each in left)
        assert distance == min(abs(scale.index(o) - each) for o in doing for each in left)


@settings(max_examples=examples(60))
@given(cases(least=2, most=3))
def test_decisive_sets_are_the_smallest_settlements_that_change_a_verdict(
    case: tuple[Framework, dict[str, Said]],
) -> None:
    framework, answers = case
    (result,) = assess(framework, [Slice("x", answers)]).slices
    said = {name: [each[name] for each in answers.values() if name in each] for name in framework.criteria}
    disputed = [name for name, sets in said.items() if len(set(sets)) > 1]
    assert [each.criterion for each in result.disagreements] == disputed
    before = words(framework, "one", answers)

    def settled(choice: Mapping[str, str]) -> dict[str, Said]:
        return {
            party: {name: frozenset([choice[name]]) if name in choice else v for name, v in each.items()}
            for party, each in answers.items()
        }

    changing: list[frozenset[str]] = []
    for size in range(1, len(disputed) + 1):
        for names in combinations(disputed, size):
            if any(smaller <= set(names) for smaller in changing):
                continue
            values = product(*[sorted(frozenset().union(*said[name])) for name in names])
            if any(
                words(framework, "one", settled(dict(zip(names, v, strict=True)))) != before for v in values
            ):
                changing.append(frozenset(names))
    assert sorted(map(sorted, result.decisive_sets)) == sorted(map(sorted, changing))
    assert {each.criterion for each in result.disagreements if each.decisive} == set().union(*changing)


@settings(max_examples=examples(60))
@given(cases(least=2, most=5))
def test_groups_are_the_largest_that_are_supported(case: tuple[Framework, dict[str, Said]]) -> None:
    framework, answers = case
    expected: dict[Level, list[tuple[set[str], Verdict]]] = {level: [] for level in Level}
    for size in range(len(answers), 1, -1):
        for members in combinations(answers, size):
            verdicts = words(framework, "one", {member: answers[member] for member in members})
            for level, word in zip(Level, verdicts, strict=True):
                larger = any(set(members) < other for other, _ in expected[level])
                if word in {Verdict.SUPPORTED, Verdict.SUPPORTED_UNLESS} and not larger:
                    expected[level].append((set(members), word))
    found = groups(framework, answers)
    for level in Level:
        assert len(found[level]) == len(expected[level])
        for group in found[level]:
            assert (set(group.members), group.verdict) in expected[level]


@given(cases(), st.data())
def test_one_more_party_never_makes_a_true_ruling_out_false(
    case: tuple[Framework, dict[str, Said]], data: st.DataObject
) -> None:
    framework, answers = case
    newcomer = data.draw(said_by(framework))
    before, after = judge(framework, answers), judge(framework, {**answers, "newcomer": newcomer})
    for level, result in before.items():
        if result.ruled_out is Tri.TRUE:
            assert after[level].ruled_out is not Tri.FALSE


@given(cases(), st.data())
def test_narrowing_an_answer_never_changes_what_is_settled(
    case: tuple[Framework, dict[str, Said]], data: st.DataObject
) -> None:
    framework, answers = case
    narrower = {
        party: {
            name: data.draw(st.frozensets(st.sampled_from(sorted(values)), min_size=1))
            for name, values in said.items()
        }
        for party, said in answers.items()
    }
    before, after = judge(framework, answers), judge(framework, narrower)
    for level, result in before.items():
        for was, now in (
            (result.supported, after[level].supported),
            (result.ruled_out, after[level].ruled_out),
        ):
            assert was in {now, Tri.UNKNOWN}


@given(cases(), st.data())
def test_the_whole_is_all_parties_of_all_slices(
    case: tuple[Framework, dict[str, Said]], data: st.DataObject
) -> None:
    framework, answers = case
    other = {"party 0": data.draw(said_by(framework))}
    whole = assess(framework, [Slice("a", answers), Slice("b", other)]).whole
    together = judge(framework, {**answers, "other": other["party 0"]})
    assert {level: each.judgement for level, each in whole.levels.items()} == together


# The brief's own framework


@st.composite
def brief_answers(draw: st.DrawFn, unknown: int = 6) -> dict[str, Said]:
    """One or two parties; at most so many criteria unknown or partly known."""
    loose = draw(st.sets(st.sampled_from(list(BRIEF.criteria)), max_size=unknown))
    answers: dict[str, Said] = {}
    for party in ("AISI", "AIO")[: draw(st.integers(1, 2))]:
        said = {}
        for name, criterion in BRIEF.criteria.items():
            values = st.frozensets(st.sampled_from(criterion.scale), min_size=1)
            if name not in loose:
                said[name] = frozenset([draw(st.sampled_from(criterion.scale))])
            elif draw(st.booleans()):
                said[name] = draw(values)
        answers[party] = said
    return answers


READINGS = st.sampled_from(list(BRIEF.readings))


@settings(max_examples=examples(40))
@given(brief_answers(unknown=4), READINGS)
def test_the_briefs_verdicts_are_the_certain_answers(answers: dict[str, Said], reading: str) -> None:
    state = plain_state(BRIEF, answers)
    for level, result in judge(BRIEF, answers, reading).items():
        pair = (result.supported, result.ruled_out)
        assert pair == plain_pair(BRIEF, level, reading, state)
        for value, conditions in zip(pair, formulas(BRIEF, level, reading), strict=True):
            involved = {criterion for each in conditions for criterion, _ in each}
            part = {name: values for name, values in state.items() if name in involved}
            found = {plain_any(conditions, each) for each in completions(part)}
            assert value is (found.pop() if len(found) == 1 else Tri.UNKNOWN)


@given(brief_answers(), READINGS, st.sampled_from(["sens", "risk", "prop"]), st.data())
def test_raising_sensitivity_risk_or_proprietary_makes_no_closer_level_better(
    answers: dict[str, Said], reading: str, name: str, data: st.DataObject
) -> None:
    scale = BRIEF.criteria[name].scale
    party = data.draw(st.sampled_from(sorted(answers)))
    was = answers[party].get(name, frozenset(scale))
    steps = data.draw(st.integers(1, len(scale) - 1))
    raised = frozenset(scale[min(scale.index(value) + steps, len(scale) - 1)] for value in was)
    before = judge(BRIEF, answers, reading)
    after = judge(BRIEF, {**answers, party: {**answers[party], name: raised}}, reading)
    for level in Level:
        if level is not Level.SEPARATION:
            assert after[level].supported <= before[level].supported
            assert after[level].ruled_out >= before[level].ruled_out


@given(brief_answers(), READINGS)
def test_one_more_party_leaves_the_briefs_rule_outs_true(answers: dict[str, Said], reading: str) -> None:
    (_, first), *_ = answers.items()
    before, after = (
        judge(BRIEF, {"first": first}, reading),
        judge(BRIEF, {"first": first, **answers}, reading),
    )
    for level, result in before.items():
        if result.ruled_out is Tri.TRUE:
            assert after[level].ruled_out is Tri.TRUE


@settings(max_examples=examples(60))
@given(brief_answers(unknown=10), READINGS)
def test_every_change_in_the_brief_does_what_it_says_and_no_part_of_it_does(
    answers: dict[str, Said], reading: str
) -> None:
    state = plain_state(BRIEF, answers)
    for level, found in changes(BRIEF, answers, reading).items():
        result = judge(BRIEF, answers, reading)[level]
        assert (found == ()) == (result.verdict is Verdict.SUPPORTED)
        for change in (dict(each.answers) for each in found):
            assert works(BRIEF, level, state, change, reading)
            assert not any(works(BRIEF, level, state, part, reading) for part in parts(change))
            everyone = {
                party: {**said, **{name: frozenset([value]) for name, value in change.items()}}
                for party, said in answers.items()
            }
            assert judge(BRIEF, everyone, reading)[level].verdict is Verdict.SUPPORTED


@given(brief_answers(), READINGS)
def test_separation_and_rule_outs_are_the_same_in_every_reading(
    answers: dict[str, Said], reading: str
) -> None:
    default, other = judge(BRIEF, answers), judge(BRIEF, answers, reading)
    assert other[Level.SEPARATION] == default[Level.SEPARATION]
    for level in Level:
        assert other[level].ruled_out is default[level].ruled_out
    assert default[Level.SEPARATION].ruled_out is Tri.FALSE
