"""What hostile input does to the readers of what comes from outside: a clear refusal, and little memory."""

import json
import tracemalloc

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import digest_bytes, printable
from fourfold.errors import ExchangeError, InputError
from fourfold.exchange.foreign import read_envelope, read_foreign
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.limits import MAX_PAGE_BYTES, MAX_POST_BYTES, MAX_POST_OBJECTS
from fourfold.exchange.paging import Page, Position
from fourfold.exchange.taxii import MEDIA_TYPE, Collection, Discovery, TaxiiClient
from fourfold.records.markings import Tlp

MIB = 1 << 20
COLLECTION = Collection("c", "C", can_read=True, url="http://a.example/c/")
NAMES = st.sampled_from(
    [
        "type",
        "id",
        "spec_version",
        "created",
        "modified",
        "object_marking_refs",
        "granular_markings",
        "marking_ref",
        "extensions",
        "name",
        "extension-definition--1739e160-7599-4620-ac64-978277a751ca",
    ]
)
WORDS = st.sampled_from(
    ["incident", "2.1", "2026-01-01T00:00:00Z", "incident--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=20,
)
DEEP = 10_000
HOSTILE = {
    "levels of arrays": b"[" * DEEP + b"]" * DEEP,
    "levels of objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "levels never closed": b"[" * MIB,
    "a string of 10 MB": b'{"type":"' + b"x" * 10_000_000 + b'"}',
    "a string never closed": b'{"type":"' + b"x" * MIB,
    "a string of escapes": b'{"type":"' + b"\\u0000" * 100_000 + b'"}',
    "a number of 100,000 digits": b'{"n":' + b"9" * 100_000 + b"}",
    "a name twice": b'{"type":"a","type":"b"}',
    "a name twice, further in": b'{"a":[{"b":1,"b":2}]}',
    "not a number": b'{"n":NaN}',
    "Latin-1": '{"type":"café"}'.encode("latin-1"),
    "UTF-16": '{"type":"x"}'.encode("utf-16"),
    "UTF-32": '{"type":"x"}'.encode("utf-32"),
    "a byte order mark": b'\xef\xbb\xbf{"type":"x"}',
    "overlong UTF-8": b'{"type":"\xc0\xaf"}',
    "nothing": b"",
    "a zero byte": b"\x00",
}


def peak(act):
    """The most memory that is held at once, in bytes, beyond what was there."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def told(act):
    """What the one who acts is told, or what came of it."""
    try:
        return act()
    except (InputError, ExchangeError) as error:
        return str(error)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_object_is_kept_as_unreadable_and_guarded(name):
    found = read_foreign(HOSTILE[name])
    assert found.faults
    assert found.marking.tlp is Tlp.RED
    assert all(len(fault) <= 300 and printable(fault) == fault for fault in found.faults)
    assert (found.wire, found.digest) == (HOSTILE[name], digest_bytes(HOSTILE[name]))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_envelope_is_refused_with_a_reason(name):
    for body in (HOSTILE[name], b'{"x":' + HOSTILE[name] + b',"objects":[{}]}'):
        found = told(lambda body=body: read_envelope(body))
        assert found == (b"{}",) or (isinstance(found, str) and 0 < len(found) < 500)


@pytest.mark.parametrize(
    "body",
    [
        b'{"objects":[' + b"{}," * (MAX_POST_BYTES // 3 - 10) + b"{}]}",
        b'{"objects":[' + b'"' + b"x" * (MAX_POST_BYTES - 20) + b'"]}',
        b'{"objects":[' + b"1," * (MAX_POST_BYTES // 2 - 10) + b"1]}",
        b'{"objects":[{"a":[' + b"[]," * (MAX_POST_BYTES // 3 - 20) + b"1]}]}",
        b'{"objects":[{' + b",".join(b'"%d":1' % n for n in range(150_000)) + b"}]}",
    ],
    ids=["many objects", "one string", "many numbers", "many arrays", "many names"],
)
def test_memory_stays_in_proportion_to_what_is_taken(body):
    def read():
        return [read_foreign(wire) for wire in read_envelope(body)]

    assert len(body) <= MAX_POST_BYTES
    assert peak(lambda: told(read)) < 40 * MAX_POST_BYTES


def test_what_is_too_large_is_not_even_looked_at():
    body = b"[" * (MAX_POST_BYTES + 1)
    assert peak(lambda: told(lambda: read_envelope(body))) < MIB // 4


def test_more_objects_than_are_taken_are_not_collected():
    body = b'{"objects":[' + b"{}," * MAX_POST_OBJECTS + b"{}]}"
    with pytest.raises(InputError, match="split"):
        read_envelope(body)
    assert len(read_envelope(body.replace(b"{},", b"", 1))) == MAX_POST_OBJECTS


@given(st.binary(max_size=300))
def test_any_bytes_are_an_object_that_can_be_kept(wire):
    assert read_foreign(wire).wire == wire


@given(VALUES)
def test_any_json_is_an_object_that_can_be_kept(value):
    found = read_foreign(json.dumps(value).encode())
    for text in (found.id, found.type, found.version, found.title, *found.notes, *found.faults):
        assert printable(text) == text
        assert "\x00" not in text


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_envelope_or_refused(body):
    try:
        items = read_envelope(body)
    except InputError:
        return
    assert items


@given(st.lists(VALUES, min_size=1, max_size=4), st.dictionaries(st.text(max_size=5), VALUES, max_size=3))
def test_an_envelope_gives_its_objects_back_byte_for_byte(objects, rest):
    wires = [json.dumps(each).encode() for each in objects]
    others = {name: value for name, value in rest.items() if name != "objects"}
    head = json.dumps(others).encode()[:-1]
    body = head + (b"," if others else b"") + b' "objects" : [ ' + b" ,\n".join(wires) + b" ] }"
    try:
        assert list(read_envelope(body)) == wires
    except InputError:  # NaN and infinities, which are no JSON, come out as such
        assert any(word in body for word in (b"NaN", b"Infinity"))


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_hostile_server_answers_is_refused_or_empty(name):
    client = TaxiiClient(
        Wire("http://a.example", open_client(None, httpx.MockTransport(_serving(HOSTILE[name]))))
    )
    roots, page = told(client.discovery), told(lambda: client.objects(COLLECTION, Position()))
    assert roots.api_roots == () if isinstance(roots, Discovery) else 0 < len(roots) < 600
    assert page.items == () if isinstance(page, Page) else 0 < len(page) < 600


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_items_of_a_page_cost_little(name):
    body = b'{"objects":[' + HOSTILE[name] + b"]}"
    client = TaxiiClient(Wire("http://a.example", open_client(None, httpx.MockTransport(_serving(body)))))
    assert peak(lambda: told(lambda: client.objects(COLLECTION, Position()))) < 12 * MAX_PAGE_BYTES


def _serving(body):
    return lambda _: httpx.Response(200, content=body, headers={"Content-Type": MEDIA_TYPE})
