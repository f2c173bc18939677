"""Passing on: both sides compute the same record from what was released, and nothing of it is loosened."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import new_id
from fourfold.errors import RefusedError
from fourfold.records.envelope import UNKNOWN_ORIGINATOR
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release import Onward, ReleaseObject, believed_originators, passed_on, withdraw

NOW = datetime(2026, 11, 25, tzinfo=UTC)
FIELDS = {"title": "A car", "description": "It did not stop.", "countries": ["FR"]}


def release(**changes):
    values = {
        "id": "release--4a3c1e0a-6c0e-4f0e-9a57-5b3c3f1f2a10",
        "kind": "incident",
        "activity": "incident_reporting",
        "slice": "public-incidents",
        "owner": "identity--a",
        "originators": frozenset({"identity--a"}),
        "recipient": "identity--b",
        "agreement": "sha256:" + 64 * "1",
        "version": 3,
        "created": NOW,
        "modified": NOW,
        "marking": Marking(tlp=Tlp.AMBER),
        "fields": FIELDS,
        "commitment": "sha256:" + 64 * "2",
        "derived_from": "derived--1",
        "salt": 64 * "3",
    }
    return ReleaseObject(**{**values, **changes})


def onward(*fields):
    return Onward(
        record=new_id("record"), version=1, slice="their-slice", fields=fields, created=NOW, modified=NOW
    )


markings = st.builds(
    Marking,
    tlp=st.sampled_from(Tlp),
    caveats=st.frozensets(st.sampled_from(Caveat)),
    rel_to=st.none() | st.frozensets(st.sampled_from(["identity--b", "identity--c"])),
    embargo=st.none() | st.just(NOW),
)


@given(marking=markings, fields=st.sets(st.sampled_from(sorted(FIELDS)), min_size=1))
def test_it_keeps_originators_marking_and_the_fields_that_were_chosen(marking, fields):
    given_ = release(marking=marking)
    record = passed_on(given_, onward(*fields))
    assert (record.owner, record.originators) == (given_.recipient, given_.originators)
    assert record.marking == marking
    assert record.payload == {name: FIELDS[name] for name in fields}
    assert record.derived_from == (given_.id,)


@given(st.permutations(sorted(FIELDS)))
def test_the_same_envelope_gives_the_same_digest_and_every_part_of_it_counts(order):
    base = onward(*FIELDS)
    digest = passed_on(release(), base).digest()
    assert passed_on(release(fields={name: FIELDS[name] for name in order}), base).digest() == digest
    others = [
        passed_on(release(fields={**FIELDS, "title": "A bus"}), base),
        passed_on(release(marking=Marking(tlp=Tlp.GREEN)), base),
        passed_on(release(), base.model_copy(update={"slice": None})),
        passed_on(release(), base.model_copy(update={"version": 2})),
        passed_on(release(), base.model_copy(update={"fields": ("title",)})),
    ]
    assert len({digest, *(each.digest() for each in others)}) == len(others) + 1


def test_what_is_not_there_or_was_withdrawn_is_not_passed_on():
    with pytest.raises(RefusedError):
        passed_on(release(), onward("title", "contact"))
    with pytest.raises(RefusedError):
        passed_on(withdraw(release(), NOW), onward("title"))


NAMES = ["identity--a", "identity--b", "identity--z", UNKNOWN_ORIGINATOR, "X"]


@given(claimed=st.sets(st.sampled_from(NAMES), min_size=1), ours=st.booleans())
def test_f7_whom_a_release_names_is_believed_of_its_owner_and_else_unknown(claimed, ours):
    given_ = release(originators=frozenset(claimed))
    found = believed_originators(given_, ours=ours)
    certain = {"identity--a", "identity--b"} if ours else {"identity--a"}
    assert found - {UNKNOWN_ORIGINATOR} == claimed & certain
    assert (UNKNOWN_ORIGINATOR in found) is bool(claimed - certain)
    assert passed_on(given_, onward("title"), ours=ours).originators == found
