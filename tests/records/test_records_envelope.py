from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fourfold.canon import new_id
from fourfold.records import UNKNOWN_ORIGINATOR, Caveat, Marking, Record, Tlp, inherit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(**given):
    form = {
        "id": "record--00000000-0000-4000-8000-000000000001",
        "kind": "incident",
        "activity": "incident_reporting",
        "owner": "identity--a",
        "originators": {"identity--a"},
        "version": 1,
        "created": NOW,
        "modified": NOW,
        "marking": Marking(tlp=Tlp.GREEN),
        "payload": {"title": "A title", "harm": ["one"], "count": 3, "ended": None},
    }
    return Record.model_validate(form | given)


def test_a_field_is_never_looser_than_its_record():
    strict = Marking(tlp=Tlp.AMBER_STRICT, caveats={Caveat.ORCON}, rel_to={"identity--b"})
    given = record(field_markings={"harm": strict, "title": Marking(tlp=Tlp.CLEAR)})
    assert given.marking_of("title").tlp is Tlp.GREEN
    assert given.marking_of("harm") == strict
    assert given.marking_of("count") == given.marking


def test_the_digest_covers_every_part_of_the_version():
    first = record()
    others = [
        record(version=2),
        record(payload={**first.payload, "count": 4}),
        record(marking=Marking(tlp=Tlp.AMBER)),
        record(field_markings={"harm": Marking(tlp=Tlp.RED)}),
        record(originators={"identity--a", "identity--b"}),
        record(slice="public-incidents"),
        record(modified=NOW + timedelta(microseconds=1)),
        record(derived_from=("derived--1",)),
    ]
    assert len({first.digest(), *(other.digest() for other in others)}) == 1 + len(others)


def test_equal_records_have_equal_digests_however_they_were_written():
    written = record().model_dump(mode="json")
    shuffled = dict(reversed(written.items())) | {"created": "2026-03-01T13:00:00+01:00"}
    assert Record.model_validate(shuffled).digest() == record().digest()


@given(st.frozensets(st.sampled_from([f"identity--{letter}" for letter in "abcdefgh"]), min_size=1))
def test_a_set_of_originators_gives_one_digest(originators):
    digests = {record(originators=list(order)).digest() for order in (originators, sorted(originators))}
    assert digests == {record(originators=sorted(originators, reverse=True)).digest()}


@pytest.mark.parametrize(
    "fault",
    [
        {"id": "incident--1"},
        {"originators": []},
        {"version": 0},
        {"created": "2026-03-01T12:00:00"},
        {"payload": {"harm": {"a", "b"}}},
        {"payload": {"when": NOW}},
        {"classification": "secret"},
        {"marking": {"tlp": "WHITE"}},
    ],
)
def test_a_faulty_envelope_is_refused(fault):
    with pytest.raises(ValidationError):
        record(**fault)


def test_what_is_derived_has_the_originators_and_the_tightest_marking_of_all():
    theirs = record(
        id=new_id("record"),
        owner="identity--b",
        originators={"identity--b", "identity--c"},
        marking=Marking(tlp=Tlp.AMBER, rel_to={"identity--a", "identity--b"}),
    )
    ours = record(field_markings={"harm": Marking(tlp=Tlp.RED, caveats={Caveat.PERSONAL})})
    derived = inherit([theirs, ours, ours], author="identity--d")
    assert derived.originators == {"identity--a", "identity--b", "identity--c", "identity--d"}
    assert derived.marking == Marking(
        tlp=Tlp.RED, caveats={Caveat.PERSONAL}, rel_to={"identity--a", "identity--b"}
    )
    assert derived.derived_from == tuple(sorted([theirs.id, ours.id]))


def test_an_unknown_originator_stays_with_everything_derived():
    source = record(originators={UNKNOWN_ORIGINATOR})
    once = inherit([source], author="identity--a")
    again = inherit([record(originators=once.originators)], author="identity--b")
    assert UNKNOWN_ORIGINATOR in again.originators


def test_what_comes_from_nothing_inherits_nothing():
    with pytest.raises(ValueError, match="no markings"):
        inherit([], author="identity--a")
