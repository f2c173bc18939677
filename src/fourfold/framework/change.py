"""The smallest changes of answers that would make a level supported and not ruled out.

Found by walking the conditions: one reason must hold, and of every rule-out one atom must fail. Each such
choice demands something of some criteria; those already as demanded need no change, the others get the
nearest value. A change is minimal when no part of it would do. Rule-outs are unate (no criterion is pushed
both ways), so that what keeps one rule-out from holding never revives another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fourfold.framework.answers import Answers, rules_of, state_of
from fourfold.framework.judge import verdict
from fourfold.framework.layout import Field, Layout
from fourfold.framework.levels import Level
from fourfold.framework.model import Framework
from fourfold.framework.results import Change
from fourfold.framework.rules import Clause, LevelRules, Rules
from fourfold.framework.verdicts import Tri


def changes(
    framework: Framework, answers: Answers, reading: str | None = None
) -> Mapping[Level, tuple[Change, ...]]:
    """For every level, the smallest changes of one slice's answers that would make it supported.

    Raises:
        InputError: an unknown reading, criterion or value.
    """
    rules = rules_of(framework, reading)
    return changes_of_state(rules, state_of(rules.layout, answers))


def changes_of_state(rules: Rules, state: int) -> Mapping[Level, tuple[Change, ...]]:
    """The smallest changes in a state, level by level; empty where a level is supported already."""
    return MappingProxyType({each.level: _of_level(rules.layout, each, state) for each in rules.levels})


@dataclass(frozen=True, slots=True)
class _Demand:
    """What is asked of the answers so far.

    `wanted` is what they may be; `moved` the fields (values and guard bit) that are not so in `origin`;
    `state` the state after each of those took its nearest wanted value.
    """

    origin: int
    wanted: int
    moved: int
    state: int

    def plus(self, field: Field, allowed: int) -> "_Demand | None":
        """This demand and one more: that a criterion has an allowed value; None if it cannot."""
        mask = field.mask
        wanted = self.wanted & ~(mask & ~allowed)
        inside = wanted & mask
        if not inside:
            return None
        if not self.state & mask & ~inside:
            return _Demand(self.origin, wanted, self.moved, self.state)
        nearest = _nearest(inside, self.origin & mask & ~inside)
        return _Demand(self.origin, wanted, self.moved | mask | field.guard, (self.state & ~mask) | nearest)

    def covers(self, other: "_Demand") -> bool:
        """Whether a part of what the other changes would already meet this demand."""
        return not (self.moved & ~other.moved or other.state & ~self.wanted & self.moved)


def _nearest(inside: int, outside: int) -> int:
    """The bit of a wanted value that is fewest steps from a value to leave; the lowest of equals."""
    if inside < outside & -outside:
        return 1 << (inside.bit_length() - 1)
    if outside < inside & -inside:
        return inside & -inside
    places = [place for place in range(outside.bit_length()) if outside >> place & 1]
    steps = {
        place: min(abs(place - each) for each in places)
        for place in range(inside.bit_length())
        if inside >> place & 1
    }
    return 1 << min(steps, key=steps.__getitem__)


def _of_level(layout: Layout, level: LevelRules, state: int) -> tuple[Change, ...]:
    if verdict(level, state) == (Tri.TRUE, Tri.FALSE):
        return ()
    nothing = _Demand(state, layout.full, 0, state)
    least: list[_Demand] = []
    for reason in level.gated:
        holding = _holding(nothing, reason)
        if holding:
            for demand in _none_holding(holding, level.rule_outs):
                _keep_least(least, demand)
    found = [tuple(layout.each_value(demand.state & demand.moved)) for demand in least]
    found.sort(key=lambda values: (len(values), [field.place for field, _ in values]))
    answers = [tuple([(field.criterion.id, value) for field, value in values]) for values in found]
    return tuple([Change(each) for each in dict.fromkeys(answers)])


def _holding(demand: _Demand, reason: Clause) -> _Demand | None:
    """The demand and that every atom of the reason be true."""
    whole: _Demand | None = demand
    for field, allowed in reason.parts:
        whole = whole.plus(field, allowed) if whole else None
    return whole


def _none_holding(demand: _Demand, rule_outs: tuple[Clause, ...]) -> Iterator[_Demand]:
    """The demand and, for each rule-out, that one of its atoms be false: every way to choose them."""
    for place, rule_out in enumerate(rule_outs):
        failing = rule_out.failing(demand.state)
        if not failing & ~demand.moved:
            for more in _failing(demand, rule_out, failing):
                yield from _none_holding(more, rule_outs[place + 1 :])
            return
    yield demand


def _failing(demand: _Demand, rule_out: Clause, failing: int) -> list[_Demand]:
    """The ways to make one atom of a rule-out false.

    Where values chosen so far do it (their guard bits are in `failing`), the demand is only that they
    stay on that side.
    """
    parts = [part for part in rule_out.parts if not failing or part[0].guard & failing]
    ways = [demand.plus(field, field.mask & ~ruling) for field, ruling in parts]
    return [way for way in ways if way]


def _keep_least(least: list[_Demand], demand: _Demand) -> None:
    """Adds a demand unless a part of it would do; drops those of which a part now would."""
    for other in least:
        if other.covers(demand):
            return
    least[:] = [other for other in least if not demand.covers(other)]
    least.append(demand)
