"""The smallest changes of answers that would make a level supported and not ruled out.

Found by walking the conditions: one reason must hold, and of every rule-out one atom must fail. Each such
choice demands something of some criteria; those already as demanded need no change, the others get the
nearest value. A change is minimal when no other leaves every criterion as near to what it was, or nearer.
Rule-outs are unate (no criterion is pushed both ways), so that keeping one from holding revives no other.
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

    `wanted` is what they may be; `moved` the fields (all their bits) that are not so in `origin`; `state`
    the state after each of those took its nearest wanted value.
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
        return _Demand(self.origin, wanted, self.moved | mask, (self.state & ~mask) | nearest)

    def no_more_than(self, other: "_Demand", layout: Layout) -> bool:
        """Whether it moves no other field than the other demand, and none further."""
        if self.moved & ~other.moved:
            return False
        if not (self.state ^ other.state) & self.moved:
            return True
        return all(self._as_near(other, field) for field in layout.fields.values() if self.moved & field.mask)

    def _as_near(self, other: "_Demand", field: Field) -> bool:
        """Whether it takes a field no further than the other does, on the same way."""
        mine, theirs = self.state & field.mask, other.state & field.mask
        leaving = self.origin & field.mask & ~self.wanted & ~other.wanted
        return mine == theirs or (bool(leaving) and _nearest(mine | theirs, leaving) == mine)


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
                _keep_least(least, demand, layout)
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
        if not rule_out.failing(demand.state):
            for field, ruling in rule_out.parts:
                more = demand.plus(field, field.mask & ~ruling)
                if more:
                    yield from _none_holding(more, rule_outs[place + 1 :])
            return
    yield demand


def _keep_least(least: list[_Demand], demand: _Demand, layout: Layout) -> None:
    """Adds a demand unless a smaller one is there; drops those that are larger."""
    for other in least:
        if other.no_more_than(demand, layout):
            return
    least[:] = [other for other in least if not demand.no_more_than(other, layout)]
    least.append(demand)
