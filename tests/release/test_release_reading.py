"""Who inside may read something: total, fails closed, and a tighter marking is never read by more."""

from datetime import UTC, datetime
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.agreements import FOUNDING
from fourfold.framework import shipped
from fourfold.records import Caveat, Marking, Record, Tlp
from fourfold.release import (
    ANY,
    EVERYBODY,
    EVERYTHING_SHORT_OF_RED,
    UNREAD,
    Clearance,
    Clearances,
    Compartment,
    compartment_of,
    may_read,
    tightened,
)

ONE, OTHER = list(shipped().activities)[:2]
CEILINGS = [each for each in Tlp if each is not Tlp.RED]
SOME = [frozenset(each) for size in range(2) for each in combinations(sorted(Caveat), size)]
ACTIVITIES = (ONE, OTHER, FOUNDING, ANY)
EVERY = [Compartment(*each) for each in product(Tlp, SOME, ACTIVITIES)]
CLEARANCES = [Clearance(*each) for each in product(CEILINGS, SOME, (None, frozenset({ONE})))]


def reads(clearance, what):
    return may_read(Clearances(frozenset({clearance})), what)


def test_every_state_is_decided_by_label_caveats_and_activity_and_by_nothing_else():
    for clearance, what in product(CLEARANCES, EVERY):
        label = what.tlp is not Tlp.RED and what.tlp.rank <= clearance.ceiling.rank
        activity = what.activity == FOUNDING or (
            clearance.activities is None or what.activity in clearance.activities
        )
        assert reads(clearance, what) is (label and what.caveats <= clearance.caveats and activity)


def test_a_tighter_label_or_one_caveat_more_is_never_read_by_more_people():
    for clearance, what in product(CLEARANCES, EVERY):
        tighter = [
            Compartment(each, what.caveats, what.activity) for each in Tlp if each.rank > what.tlp.rank
        ]
        more = [Compartment(what.tlp, what.caveats | {each}, what.activity) for each in Caveat]
        for each in (*tighter, *more):
            assert reads(clearance, what) or not reads(clearance, each)


def test_red_is_read_by_no_clearance_and_by_those_who_are_named_for_it():
    what = Compartment(Tlp.RED, frozenset({Caveat.ORCON}), ONE, "record--1")
    assert not may_read(Clearances(frozenset(CLEARANCES)), what)
    assert may_read(Clearances(named=frozenset({"record--1"})), what)
    assert not may_read(Clearances(frozenset(CLEARANCES), frozenset({"record--2", ""})), what)
    assert not may_read(Clearances(named=frozenset({"record--1"}), eyes=False), what)
    with pytest.raises(ValueError, match="RED"):
        Clearance(Tlp.RED)


def test_a_name_reads_what_is_not_red_too_by_a_program_as_well():
    what = Compartment(Tlp.AMBER, frozenset({Caveat.ORCON}), ONE, "record--1")
    assert may_read(Clearances(named=frozenset({"record--1"}), eyes=False), what)


@pytest.mark.parametrize(
    "what",
    [
        Compartment("", frozenset(), ONE),
        Compartment("amber", frozenset(), ONE),
        Compartment("WHITE", frozenset(), ONE),
        Compartment(Tlp.CLEAR, frozenset({"SECRET"}), ONE),
        Compartment(Tlp.CLEAR, frozenset(), "no_activity"),
        Compartment(Tlp.CLEAR, frozenset(), ""),
        Compartment("", frozenset(), ONE, "record--1"),
        Compartment(Tlp.CLEAR, frozenset({"SECRET"}), ONE, "record--1"),
    ],
)
def test_what_is_not_known_is_read_by_nobody(what):
    assert not may_read(Clearances(frozenset({EVERYTHING_SHORT_OF_RED}), frozenset({"record--1"})), what)


def test_without_a_grant_only_what_is_clear_and_has_no_caveats_is_read():
    read = [each for each in EVERY if reads(EVERYBODY, each)]
    assert {(each.tlp, each.caveats) for each in read} == {(Tlp.CLEAR, frozenset())}
    assert not any(may_read(Clearances(), each) for each in EVERY)


def test_whoever_is_cleared_for_everything_short_of_red_reads_just_that():
    whole = Clearances(frozenset({EVERYTHING_SHORT_OF_RED}))
    assert whole.whole
    assert {each.tlp for each in EVERY if not may_read(whole, each)} == {Tlp.RED}
    assert may_read(whole, UNREAD)
    for less in (
        Clearance(Tlp.AMBER, frozenset(Caveat)),
        Clearance(Tlp.AMBER_STRICT, frozenset(Caveat), frozenset({ONE})),
    ):
        assert not Clearances(frozenset({less})).whole
        assert not reads(less, UNREAD)


@given(st.sampled_from(EVERY), st.sampled_from(EVERY), st.sampled_from(CLEARANCES))
def test_what_is_as_tight_as_two_is_read_only_by_those_who_read_both(one, by, clearance):
    both = tightened(one, by)
    assert reads(clearance, both) <= (reads(clearance, one) and reads(clearance, by))
    assert tightened(both, by) == both
    assert tightened(one, one) == one


def test_two_grants_give_what_each_gives_and_no_more():
    green_of_one = Clearance(Tlp.AMBER, frozenset(), frozenset({ONE}))
    orcon_of_other = Clearance(Tlp.GREEN, frozenset({Caveat.ORCON}), frozenset({OTHER}))
    both = Clearances(frozenset({green_of_one, orcon_of_other}))
    assert not may_read(both, Compartment(Tlp.AMBER, frozenset({Caveat.ORCON}), ONE))
    assert not may_read(both, Compartment(Tlp.AMBER, frozenset(), OTHER))
    assert may_read(both, Compartment(Tlp.GREEN, frozenset({Caveat.ORCON}), OTHER))


def test_a_record_is_read_as_a_whole_under_the_tightest_of_its_fields():
    now = datetime(2026, 11, 30, tzinfo=UTC)
    tight = Marking(tlp=Tlp.RED, caveats=frozenset({Caveat.PERSONAL}))
    record = Record(
        id="record--00000000-0000-4000-8000-000000000001", kind="incident", activity=ONE, owner="identity--1",
        originators=frozenset({"identity--1"}), version=1, created=now, modified=now,
        marking=Marking(tlp=Tlp.GREEN), field_markings={"contact": tight}, payload={"title": "A"},
    )  # fmt: skip
    assert compartment_of(record) == Compartment(Tlp.RED, frozenset({Caveat.PERSONAL}), ONE, record.id)
    bare = record.model_copy(update={"field_markings": {}})
    assert compartment_of(bare) == Compartment(Tlp.GREEN, frozenset(), ONE)
