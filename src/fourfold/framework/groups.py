"""Which of many institutions could work together, and how closely."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from fourfold.errors import Fault, InputError
from fourfold.framework.answers import Answers, Stand, combined, rules_of, stand, state_of
from fourfold.framework.judge import verdict
from fourfold.framework.levels import Level
from fourfold.framework.model import Framework
from fourfold.framework.rules import LevelRules, Rules
from fourfold.framework.verdicts import Verdict

MOST_POSITIONS = 16
"""How many different sets of answers are compared: every combination of them is looked at."""


@dataclass(frozen=True, slots=True)
class Group:
    """Institutions among which a level is supported, or supported unless a rule-out is found to hold."""

    members: tuple[str, ...]
    verdict: Verdict


def groups(
    framework: Framework, answers: Answers, reading: str | None = None
) -> Mapping[Level, tuple[Group, ...]]:
    """For each level, the largest groups of two or more among which one slice is supported at it.

    A group is listed where no larger one contains it. Institutions that answered alike are always
    together: answers combine so that saying the same twice changes nothing.

    Raises:
        InputError: an unknown reading, criterion or value, or more than 16 different sets of answers.
    """
    rules = rules_of(framework, reading)
    state_of(rules.layout, answers)  # refuses what is not the framework's
    alike: dict[Stand, list[str]] = {}
    for party, said in answers.items():
        alike.setdefault(stand(rules.layout, said), []).append(party)
    if len(alike) > MOST_POSITIONS:
        message = f"The institutions gave {len(alike)} different sets of answers."
        remedy = f"Ask for groups among institutions with at most {MOST_POSITIONS} different sets."
        raise InputError([Fault(message, field="answers", remedy=remedy)])
    found = _largest(rules, alike)
    order = {party: place for place, party in enumerate(answers)}
    return MappingProxyType({level: _listed(sets, order) for level, sets in found.items()})


Found = list[tuple[frozenset[Stand], tuple[str, ...], Verdict]]


def _largest(rules: Rules, alike: Mapping[Stand, list[str]]) -> dict[Level, Found]:
    """Looks at every combination of positions, larger ones first, and keeps what no kept one contains."""
    found: dict[Level, Found] = {level: [] for level in Level}
    for positions in _larger_first(alike):
        members = tuple(party for position in positions for party in alike[position])
        if len(members) > 1:
            state = combined(rules.layout, positions)
            for level in rules.levels:
                _consider(found[level.level], level, frozenset(positions), members, state)
    return found


def _larger_first(positions: Iterable[Stand]) -> Iterator[tuple[Stand, ...]]:
    everyone = tuple(positions)
    for size in range(len(everyone), 0, -1):
        yield from combinations(everyone, size)


def _consider(
    found: Found, level: LevelRules, positions: frozenset[Stand], members: tuple[str, ...], state: int
) -> None:
    word = Verdict.of(*verdict(level, state))
    if word.offered and not any(positions < larger for larger, _, _ in found):
        found.append((positions, members, word))


def _listed(found: Found, order: Mapping[str, int]) -> tuple[Group, ...]:
    """Members in the order of the answers; larger groups first."""
    sets = [Group(tuple(sorted(members, key=order.__getitem__)), word) for _, members, word in found]
    return tuple(sorted(sets, key=lambda each: (-len(each.members), [order[m] for m in each.members])))
