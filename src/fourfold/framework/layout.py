"""A state of knowledge as one integer: a field of bits for each criterion, a bit for each possible value.

A field holds its values from the lowest bit up, and one guard bit above them that is 0 in every state.
With all values of a field added to it, the guard bit becomes 1 exactly where the field is not empty: so
one addition tells which of many fields are empty.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from fourfold.framework.parts import Aggregation, Criterion


@dataclass(frozen=True, slots=True)
class Field:
    """Where one criterion stands in a state: its values' bits, and its guard bit.

    `place` counts the criteria, `offset` the bits before its lowest value.
    """

    criterion: Criterion
    place: int
    offset: int
    mask: int
    guard: int

    def bits(self, values: Iterable[str]) -> int:
        """The bits of some of its values."""
        bits = 0
        for value in values:
            bits |= 1 << (self.offset + self.criterion.scale.index(value))
        return bits

    def values(self, state: int) -> tuple[str, ...]:
        """The values that a state leaves possible, lowest first."""
        return tuple(
            value for place, value in enumerate(self.criterion.scale) if state >> (self.offset + place) & 1
        )

    def from_lowest(self, bits: int) -> int:
        """The field's values from the lowest of these bits upward."""
        return self.mask & -(bits & self.mask & -(bits & self.mask))

    def to_highest(self, bits: int) -> int:
        """The field's values up to the highest of these bits."""
        return self.mask & ((1 << (bits & self.mask).bit_length()) - 1)

    def bound(self, bits: int) -> int:
        """What one party's answer leaves possible for all: nothing less restrictive than it."""
        match self.criterion.aggregation:
            case Aggregation.MAX:
                return self.from_lowest(bits)
            case Aggregation.MIN:
                return self.to_highest(bits)
            case Aggregation.SHARED:
                return self.mask


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of all criteria; `full` is the state in which nothing is known.

    `by_guard` finds a field by its guard bit, `values` a field and its value by the value's bit.
    `entries` gives, for a criterion and a set of its values: the full state narrowed to them, the full
    state narrowed to what their party leaves possible for all, and the field.
    """

    fields: Mapping[str, Field]
    by_guard: Mapping[int, Field]
    values: Mapping[int, tuple[Field, str]]
    full: int
    shared: int
    guards: int
    entries: Mapping[str, Mapping[frozenset[str], tuple[int, int, int]]]

    @classmethod
    def of(cls, criteria: Iterable[Criterion]) -> "Layout":
        """Lays the criteria side by side, in their order."""
        fields: dict[str, Field] = {}
        offset = 0
        for place, criterion in enumerate(criteria):
            width = len(criterion.scale)
            mask = ((1 << width) - 1) << offset
            fields[criterion.id] = Field(criterion, place, offset, mask, 1 << (offset + width))
            offset += width + 1
        full = sum(field.mask for field in fields.values())
        shared = sum(f.mask for f in fields.values() if f.criterion.aggregation is Aggregation.SHARED)
        return cls(
            MappingProxyType(fields),
            MappingProxyType({field.guard: field for field in fields.values()}),
            MappingProxyType(
                {f.bits([value]): (f, value) for f in fields.values() for value in f.criterion.scale}
            ),
            full,
            shared,
            sum(field.guard for field in fields.values()),
            MappingProxyType({name: _entries(field, full) for name, field in fields.items()}),
        )

    def each_value(self, bits: int) -> Iterator[tuple[Field, str]]:
        """The field and the value of every bit that is set, in the order of the framework."""
        while bits:
            lowest = bits & -bits
            yield self.values[lowest]
            bits ^= lowest

    def in_guards(self, guards: int) -> tuple[Field, ...]:
        """The fields whose guard bits are set, in the order of the framework."""
        return tuple(field for guard, field in self.by_guard.items() if guards & guard)


def _entries(field: Field, full: int) -> Mapping[frozenset[str], tuple[int, int, int]]:
    """The entry of every set of values that could be said of a criterion."""
    scale = field.criterion.scale
    others = full & ~field.mask
    table = {}
    for size in range(1, len(scale) + 1):
        for values in combinations(scale, size):
            bits = field.bits(values)
            table[frozenset(values)] = (others | bits, others | field.bound(bits), field.mask)
    return MappingProxyType(table)
