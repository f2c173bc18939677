import json

import pytest
from cpu_effort import effort
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import canonical_bytes
from fourfold.errors import InputError
from fourfold.exchange.limits import MAX_DEPTH
from fourfold.exchange.strict import fits, nesting, parse_json, slice_array

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_json_is_read_as_python_reads_it(value):
    assert parse_json(json.dumps(value).encode(), 1 << 20, depth=100) == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"a":1,"a":2}',
        b'[{"deep":{"a":1,"a":1}}]',
        b"NaN",
        b"[Infinity]",
        b"\xff\xfe",
        b'\xef\xbb\xbf{"a":1}',
        b"[1] [2]",
        b'"' + b"9" * 10,
        b"9" * 5000,
    ],
)
def test_two_meanings_or_none_are_refused(text):
    with pytest.raises(InputError):
        parse_json(text, 1 << 20)


@given(VALUES)
def test_nesting_counts_the_brackets_outside_of_strings(value):
    def deep(item):
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else None
        return 0 if inner is None else 1 + max(map(deep, inner), default=0)

    assert nesting(json.dumps(value).encode(), 0) == min(deep(value), 1)
    assert nesting(json.dumps(value).encode() + b"[" * 200, 100) > 100


def test_ten_thousand_levels_are_refused_before_parsing():
    assert not fits(b"[" * 10_000 + b"]" * 10_000, 1 << 20)
    with pytest.raises(InputError, match="levels"):
        parse_json(b"[" * 10_000 + b"]" * 10_000, 1 << 20)
    assert fits(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, 1 << 20)


@pytest.mark.parametrize("hostile", [b'"\\' * 500_000, b'"' * 1_000_001, b"[{" * 40 + b'"\\"' * 300_000])
def test_hostile_strings_take_no_longer_than_their_length_deserves(hostile):
    assert effort(lambda: nesting(hostile + b"[" * 40, MAX_DEPTH)) < 400  # it is 80


def test_ten_megabytes_are_refused_unread():
    with pytest.raises(InputError, match="bytes"):
        parse_json(b'"' + b"x" * 10_000_000 + b'"', 1 << 20)


@given(
    st.lists(VALUES, max_size=5), st.dictionaries(st.text().filter(lambda name: name != "objects"), VALUES)
)
def test_an_array_is_cut_into_the_very_bytes_of_its_items(items, others):
    parts = [json.dumps(item, indent=1).encode() for item in items]
    members = b"".join(b"," + json.dumps({n: v}, indent=2).encode()[1:-1] for n, v in others.items())
    envelope = b'{ "objects" : [ ' + b" , ".join(parts) + b" ]" + members + b"}"
    cut = slice_array(envelope, "objects", 1 << 20)
    assert cut.items == tuple(parts)
    assert cut.rest == {"objects": None, **others}


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"{}x",
        b'{"objects":{}}',
        b'{"objects":[1,]}',
        b'{"objects":[1 2]}',
        b'{"objects":[],"objects":[]}',
        b'{"more":true,"more":false}',
        b'{"objects":[1]',
        b'{"objects":[1',
        b"\xff",
        b'{"objects":[' + b"[" * 10_000 + b"]" * 10_000 + b"]}",
    ],
)
def test_what_is_no_envelope_is_refused(text):
    with pytest.raises(InputError):
        slice_array(text, "objects", 1 << 20)


def test_an_empty_object_has_no_items_and_is_not_an_error():
    assert slice_array(b" {} ", "objects", 100).items == ()


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(data):
    for read in (lambda: parse_json(data, 1000), lambda: slice_array(data, "objects", 1000)):
        try:
            read()
        except InputError:
            continue


@given(VALUES)
def test_canonical_bytes_survive_the_reader(value):
    wire = canonical_bytes({"objects": [value]})
    assert slice_array(wire, "objects", 1 << 20).items == (canonical_bytes(value),)


BRACKETED = st.recursive(
    st.just(""), lambda inner: st.lists(inner, max_size=4).map(lambda each: f"[{''.join(each)}]")
)


@given(BRACKETED, st.text('[]{}\\"x', max_size=12).map(json.dumps), st.integers(0, 6))
def test_f8_nesting_is_what_counting_bracket_by_bracket_finds(brackets, text, enough):
    depth = deepest = 0
    for sign in brackets:
        depth += {"[": 1, "]": -1}[sign]
        deepest = max(depth, deepest)
    found = nesting((text + brackets + text).encode(), enough)
    assert (found > enough) == (deepest > enough)
    assert found in {0, deepest, enough + 1}
