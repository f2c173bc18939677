"""Redaction builds from allowed fields: a withheld value is nowhere in what leaves."""

import json
from datetime import timedelta

import pytest
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.canon import canonical_bytes, new_id, new_salt
from fourfold.errors import ProofError, RefusedError
from fourfold.framework import Level
from fourfold.records import Caveat, Kind, Marking, Tlp, check_opening, open_field, pseudonym
from fourfold.release import Making, Outcome, build, build_stub, label_of, plan, withdraw

HOUR = timedelta(hours=1)
CANARY = "canary-5f1c9b"
SECRET = "ab" * 32
WITHHELD = ("reporter", "place")


def kind_of(world):
    return world.around().kinds["incident"]


def built(world, record, making=None, around=None):
    made = plan(label_of(record), world.b, around or world.around())
    return build(record, kind_of(world), made, making or Making.first(world.now, SECRET))


def canaries():
    """JSON values that hold the canary somewhere, as text or as the name of a member."""
    leaf = st.text(max_size=5).map(lambda text: text + CANARY)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2),
            st.dictionaries(leaf, inner, min_size=1, max_size=2),
        ),
        max_leaves=4,
    )


def markings_that_withhold(world):
    return st.sampled_from(
        [
            Marking(tlp=Tlp.RED),
            Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.PERSONAL})),
            Marking(tlp=Tlp.CLEAR, rel_to=frozenset()),
            Marking(tlp=Tlp.CLEAR, rel_to=frozenset({world.c})),
            Marking(tlp=Tlp.CLEAR, embargo=world.now + HOUR),
        ]
    )


@settings(max_examples=examples(100))
@given(data=st.data())
def test_no_byte_of_a_withheld_field_is_in_what_leaves(world, data):
    payload = {"title": "A car", "description": "It did not stop."}
    for name in data.draw(st.sets(st.sampled_from(WITHHELD), min_size=1)):
        payload[name] = data.draw(canaries())
    record = world.record(
        payload=payload, field_markings={"reporter": data.draw(markings_that_withhold(world))}
    )
    release = built(world, record)
    leaving = canonical_bytes(release.model_dump(mode="json"))
    again = canonical_bytes(withdraw(release, world.now).model_dump(mode="json"))
    for data_ in (leaving, again, repr(release).encode(), json.dumps(release.fields).encode()):
        assert CANARY.encode() not in data_
        assert not any(name.encode() in data_ for name in WITHHELD)
    assert release.fields == {"title": "A car", "description": "It did not stop."}


@settings(max_examples=examples(50))
@given(values=st.lists(st.text(max_size=40), min_size=2, max_size=2))
def test_what_leaves_has_the_same_shape_whatever_was_withheld(world, values):
    """Two records that differ in a withheld value, one without it at all: nothing tells them apart."""
    making = Making.first(world.now, SECRET)
    shapes = set()
    for extra in ({"place": values[0]}, {"place": values[1]}, {}):
        record = world.record(payload={"title": "A car", **extra})
        release = built(world, record, making)
        shapes.add(canonical_bytes(release.model_copy(update={"commitment": ""}).model_dump(mode="json")))
        assert len(release.commitment) == len("sha256:") + 64
    assert len(shapes) == 1


def test_the_commitment_opens_a_withheld_field_years_later_and_no_other_value(world):
    record = world.record(payload={"title": "A car", "place": "Here"})
    making = Making.first(world.now, SECRET)
    release, fields = built(world, record, making), kind_of(world).fields
    opening = open_field(fields, record.payload, making.secret, "place")
    check_opening(release.commitment, opening, fields)
    with pytest.raises(ProofError):
        check_opening(release.commitment, opening.model_copy(update={"value": "There"}), fields)


def test_the_release_carries_what_was_agreed_and_who_it_is_for(world):
    record = world.record(marking=Marking(tlp=Tlp.GREEN))
    release = built(world, record)
    assert (release.owner, release.recipient, release.kind) == (world.a, world.b, "incident")
    assert (release.agreement, release.slice) == (world.text().digest(), "public-incidents")
    assert release.derived_from == pseudonym(SECRET, record.id, world.b)
    assert record.id not in release.model_dump_json()
    assert (release.created, release.modified) == (world.now, world.now)
    assert record.created != world.now
    assert release.version == 1
    assert not release.revoked


def test_the_release_names_every_originator_so_that_the_recipient_asks_all_of_them(world):
    originators = frozenset({world.a, world.c})
    release = built(world, world.record(originators=originators))
    assert release.originators == originators
    assert withdraw(release, world.now).originators == originators


def test_its_marking_is_the_join_of_what_passed_and_names_this_recipient_only(world):
    audience = frozenset({world.b, world.c})
    markings = {
        "title": Marking(tlp=Tlp.GREEN, rel_to=audience),
        "description": Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.NO_DEFENCE})),
        "reporter": Marking(tlp=Tlp.RED, caveats=frozenset({Caveat.PERSONAL})),
    }
    release = built(world, world.record(field_markings=markings))
    assert set(release.fields) == {"title", "description"}
    assert release.marking == Marking(
        tlp=Tlp.AMBER, caveats=frozenset({Caveat.NO_DEFENCE}), rel_to=frozenset({world.b})
    )
    assert world.c not in release.model_dump_json()


def test_nothing_is_built_of_what_was_edited_since_or_may_not_pass(world):
    record, making = world.record(), Making.first(world.now, SECRET)
    made = plan(label_of(record), world.b, world.around())
    edited = record.model_copy(update={"payload": {"title": "Another"}})
    with pytest.raises(RefusedError, match="edited"):
        build(edited, kind_of(world), made, making)
    red = world.record(marking=Marking(tlp=Tlp.RED))
    with pytest.raises(RefusedError, match="may pass"):
        build(red, kind_of(world), plan(label_of(red), world.b, world.around()), making)


def test_a_release_does_not_change_when_the_record_is_edited_in_place(world):
    record = world.record(payload={"title": ["A car"]})
    release = built(world, record)
    record.payload["title"].append("edited")
    assert release.fields == {"title": ["A car"]}


def test_a_record_of_which_no_field_passes_stays(world):
    record = world.record(payload={"place": "Here"})
    assert plan(label_of(record), world.b, world.around()).outcome is Outcome.WITHHOLD
    assert plan(label_of(world.record(payload={})), world.b, world.around()).outcome is Outcome.WITHHOLD


def test_the_next_version_keeps_the_id_and_has_fresh_salt_and_secret(world):
    record, first = world.record(), Making.first(world.now, SECRET)
    release = built(world, record, first)
    following = Making.following(release, world.now - HOUR, SECRET)
    second = built(world, record, following)
    assert (second.id, second.version, second.created) == (release.id, 2, release.created)
    assert second.modified > release.modified
    assert second.salt != release.salt
    assert following.secret != first.secret
    assert second.commitment != release.commitment
    assert first.secret not in release.model_dump_json()
    assert SECRET not in release.model_dump_json()


def test_a_withdrawal_is_a_newer_version_without_fields_even_if_the_clock_went_back(world):
    release = built(world, world.record())
    gone = withdraw(release, world.now - HOUR)
    assert (gone.revoked, gone.fields, gone.version, gone.id) == (True, {}, 2, release.id)
    assert gone.modified > release.modified
    assert gone.salt != release.salt
    assert withdraw(gone, world.now + HOUR) == gone
    with pytest.raises(RefusedError, match="withdrawn"):
        Making.following(gone, world.now, SECRET)


def test_times_are_in_whole_milliseconds(world):
    release = built(world, world.record(), Making.first(world.now + timedelta(microseconds=1999), SECRET))
    assert release.modified == world.now + timedelta(milliseconds=1)
    assert withdraw(release, world.now).modified == world.now + timedelta(milliseconds=2)


def test_a_stub_says_that_there_is_something_and_no_more(world):
    around = world.around(world.agreement(slices=(world.slice(level=Level.SEPARATION),)))
    record = world.record(payload={"title": CANARY})
    made = plan(label_of(record, stub=True), world.b, around)
    stub = build_stub(record, made, new_id("stub"))
    assert set(stub.model_dump(mode="json")) == {"id", "kind", "handling", "date"}
    assert CANARY not in stub.model_dump_json()
    assert stub.model_dump(mode="json")["date"] == "2026-11-23"
    with pytest.raises(RefusedError):
        build(record, kind_of(world), made, Making.first(world.now, SECRET))
    with pytest.raises(RefusedError):
        build_stub(record, plan(label_of(record), world.b, around), new_id("stub"))
    with pytest.raises(RefusedError, match="edited"):
        build_stub(record.model_copy(update={"version": 2}), made, new_id("stub"))
    with pytest.raises(RefusedError, match="No stub"):
        build_stub(record, plan(label_of(record, stub=True), world.b, world.around()), new_id("stub"))


def test_another_kind_than_the_record_s_is_refused(world):
    record = world.record()
    made = plan(label_of(record), world.b, world.around())
    other = Kind("proposal", "Proposal", Level.COORDINATION, kind_of(world).payload)
    with pytest.raises(RefusedError):
        build(record, other, made, Making.first(world.now, new_salt()))
