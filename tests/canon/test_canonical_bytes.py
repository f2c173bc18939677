"""Canonical bytes: the quick way gives what RFC 8785 gives, and refuses what it refuses."""

import random

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import canonical_bytes
from fourfold.errors import InputError

EDGES = [0, 1, -1, 2**53 - 1, 1 - 2**53, 2**53, -(2**53), 10**30, True, False, None]
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(EDGES))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=6), inner, max_size=5),
        st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=6), inner, max_size=5),
    ),
    max_leaves=20,
)


@given(VALUES)
def test_every_value_is_written_or_refused_as_the_reference_does(value: object) -> None:
    try:
        expected = rfc8785.dumps(value)  # noqa: TID251  it is the oracle here
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        with pytest.raises(InputError):
            canonical_bytes(value)
    else:
        assert canonical_bytes(value) == expected


@pytest.mark.parametrize(
    "point", [*range(0x500), 0x2028, 0x2029, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF]
)
def test_every_character_is_escaped_or_not_as_the_reference_does(point: int) -> None:
    value = {"name": chr(point), chr(point): 1}
    assert canonical_bytes(value) == rfc8785.dumps(value)  # noqa: TID251  it is the oracle here


def test_names_are_in_the_order_of_the_reference_whatever_order_they_came_in() -> None:
    names = [f"{first}{second}" for first in "aZ_-0~" for second in "bY \u00e9\ue000\U0001f600"]
    random.Random(1).shuffle(names)
    value = dict.fromkeys(names, 1)
    assert canonical_bytes(value) == rfc8785.dumps(value)  # noqa: TID251  it is the oracle here


def test_a_nesting_without_end_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(InputError):
        canonical_bytes(value)
