"""The verdicts of one state: why, why not, and what to ask.

**Ask, most useful first.** For each of the two formulas of a level (supported, ruled out) that is not yet
settled, every reason still open gives each criterion that it lacks 2 to the power of minus k points, where
k is the number of criteria it lacks: the share of its completions that one would find by chance. So what
settles a reason alone comes before what is one of many, and what bears on many reasons before what bears
on one. Equal points: the order of the framework. A formula that is settled asks nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType

from fourfold.framework.answers import Answers, rules_of, state_of
from fourfold.framework.levels import Level
from fourfold.framework.model import Framework
from fourfold.framework.results import Ground, Judgement
from fourfold.framework.rules import Clause, LevelRules, Rules
from fourfold.framework.verdicts import Timing, Tri, Verdict

Lacking = list[tuple[int, ...]]


def judge(framework: Framework, answers: Answers, reading: str | None = None) -> Mapping[Level, Judgement]:
    """The verdict of every level for one slice, with reasons and questions.

    Raises:
        InputError: an unknown reading, criterion or value.
    """
    rules = rules_of(framework, reading)
    return judge_state(rules, state_of(rules.layout, answers))


def judge_state(rules: Rules, state: int) -> Mapping[Level, Judgement]:
    """The verdict of every level in a state."""
    timing = rules.timing.of(state) if rules.timing else None
    return MappingProxyType({each.level: _level(each, state, timing) for each in rules.levels})


def verdict(level: LevelRules, state: int) -> tuple[Tri, Tri]:
    """Supported and ruled out, without reasons: for searches over many states."""
    gate = level.gate.value(state)
    supported = Tri.FALSE if gate is Tri.FALSE else any_of(level.gated, state)
    return supported, any_of(level.rule_outs, state)


def any_of(clauses: tuple[Clause, ...], state: int) -> Tri:
    """The Kleene value of "at least one of these holds"."""
    found = Tri.FALSE
    for clause in clauses:
        if not clause.pending(state):
            return Tri.TRUE
        if not clause.failing(state):
            found = Tri.UNKNOWN
    return found


def suggestion(levels: Mapping[Level, Judgement]) -> Level | None:
    """The closest level that is supported, or supported unless a rule-out is found to hold."""
    return max((level for level, each in levels.items() if each.verdict.offered), default=None)


def _level(level: LevelRules, state: int, timing: Timing | None) -> Judgement:
    supported, supports, why_not, lacking = _support(level, state)
    ruled_out, rules_out, lacking_out = _ruling_out(level.rule_outs, state)
    return Judgement(
        Verdict.of(supported, ruled_out),
        supported,
        ruled_out,
        timing,
        tuple(supports),
        tuple(rules_out),
        tuple(why_not),
        _ask(level.names, lacking + lacking_out),
    )


def _support(level: LevelRules, state: int) -> tuple[Tri, list[Ground], list[Ground], Lacking]:
    """The value of the support, the reasons that hold, what fails, and what each open reason lacks."""
    gate = level.gate
    gate_lacks = gate.pending(state)
    closed = gate.failing(state) if gate_lacks else 0
    why_not = [gate.failures[closed]] if closed else []
    lacked = gate.places[gate_lacks]
    supports: list[Ground] = []
    lacking: Lacking = []
    for reason, gated in zip(level.reasons, level.gated, strict=True):
        lacks = reason.pending(state)
        if not lacks and not gate_lacks:
            supports.append(gated.ground)
        elif lacks and (failing := reason.failing(state)):
            why_not.append(reason.failures[failing])
        else:
            lacking.append(reason.places[lacks] + lacked)
    if supports:
        return Tri.TRUE, supports, why_not, []
    if closed or not lacking:
        return Tri.FALSE, supports, why_not, []
    return Tri.UNKNOWN, supports, why_not, lacking


def _ruling_out(clauses: tuple[Clause, ...], state: int) -> tuple[Tri, list[Ground], Lacking]:
    """The value of the ruling-out, the rule-outs that hold, and what each open one lacks."""
    holding: list[Ground] = []
    lacking: Lacking = []
    for clause in clauses:
        lacks = clause.pending(state)
        if not lacks:
            holding.append(clause.ground)
        elif not clause.failing(state):
            lacking.append(clause.places[lacks])
    if holding:
        return Tri.TRUE, holding, []
    return (Tri.UNKNOWN if lacking else Tri.FALSE), holding, lacking


def _ask(names: tuple[str, ...], lacking: Lacking) -> tuple[str, ...]:
    """The criteria that open reasons lack, most useful first (see the head of this file)."""
    points: dict[int, float] = {}
    for places in lacking:
        share = 0.5 ** len(places)
        for place in places:
            points[place] = points.get(place, 0.0) + share
    return tuple([names[place] for _, place in sorted([(-share, place) for place, share in points.items()])])
