"""What institutions said of a slice, and how their answers become one state of knowledge."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from fourfold.canon import remedy_for, shown
from fourfold.errors import Fault, InputError
from fourfold.framework.layout import Field, Layout
from fourfold.framework.model import Framework
from fourfold.framework.rules import Rules

Said: TypeAlias = Mapping[str, frozenset[str]]
"""One party's answers: criterion to the values it holds possible; a criterion left out is not answered."""

Answers: TypeAlias = Mapping[str, Said]
"""The parties of a slice and what each said; an empty mapping is a party that has said nothing."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an activity that is decided on its own."""

    name: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Stand:
    """One party's answers as bits.

    What it holds possible, what that leaves possible for all, and the fields that it answered.
    """

    possible: int
    bound: int
    answered: int


def rules_of(framework: Framework, reading: str | None) -> Rules:
    """The rules of a reading; None is the framework's default.

    Raises:
        InputError: the framework has no such reading.
    """
    name = framework.default_reading if reading is None else reading
    if name not in framework.rules:
        message = f"{shown(name)} is no reading of the framework {framework.id}."
        raise InputError([Fault(message, field="reading", remedy=remedy_for(name, framework.rules))])
    return framework.rules[name]


def stand(layout: Layout, said: Said) -> Stand:
    """One party's answers as bits.

    Raises:
        KeyError: a criterion or a set of values that the framework does not know.
    """
    entries = layout.entries
    possible = bound = layout.full
    answered = 0
    for criterion, values in said.items():
        narrowed, limit, mask = entries[criterion][values]
        possible &= narrowed
        bound &= limit
        answered |= mask
    return Stand(possible, bound, answered)


def stands(layout: Layout, answers: Answers) -> list[Stand]:
    """Every party's answers as bits; a slice that has no party is as one that has said nothing.

    Raises:
        KeyError: a criterion or a set of values that the framework does not know.
    """
    return [stand(layout, said) for said in answers.values()] or [stand(layout, {})]


def combined(layout: Layout, stands: Iterable[Stand]) -> int:
    """The state that several parties' answers make together.

    *max* and *min*: every value that someone holds possible and that nobody's answer excludes as too mild;
    who is silent holds everything possible. *shared*: whatever was said by those who answered.
    """
    shared = layout.shared
    anything = settled = answered = 0
    bound = layout.full
    for each in stands:
        anything |= each.possible
        settled |= each.possible & each.answered
        answered |= each.answered
        bound &= each.bound
    return (anything & bound & ~shared) | (settled & shared) | (layout.full & shared & ~answered)


def state_of(layout: Layout, answers: Answers) -> int:
    """The state of one slice.

    Raises:
        InputError: with every answer that is not one of the framework's.
    """
    try:
        return combined(layout, stands(layout, answers))
    except (KeyError, TypeError):
        raise InputError(_faults(layout, answers)) from None


def _faults(layout: Layout, answers: Answers) -> Iterable[Fault]:
    """Every unknown criterion, value and empty set of values."""
    for party, said in answers.items():
        for criterion, values in said.items():
            field = layout.fields.get(criterion)
            place = f"answers.{party}.{criterion}"
            if field is None:
                remedy = remedy_for(criterion, layout.fields)
                yield Fault(f"The framework has no criterion {shown(criterion)}.", field=place, remedy=remedy)
            else:
                yield from _value_faults(field, values, place)


def _value_faults(field: Field, values: frozenset[str], place: str) -> Iterable[Fault]:
    scale = field.criterion.scale
    if not isinstance(values, frozenset):
        message = "Here stands no set of values."
        yield Fault(message, field=place, remedy="Give a frozenset of values.")
        return
    if not values:
        yield Fault("No value is given.", field=place, remedy="Leave out what is not known.")
    for value in sorted(values - set(scale)):
        message = f"{shown(value)} is no value of {field.criterion.id}."
        yield Fault(message, field=place, remedy=remedy_for(value, scale))
