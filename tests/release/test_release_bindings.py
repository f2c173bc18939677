"""Consents and approvals hold for exactly the bytes, the recipient and the moment that they name."""

from datetime import timedelta

import pytest
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.agreements import HouseRule, still_given
from fourfold.agreements.consent import Revocation
from fourfold.canon import digest, new_id
from fourfold.records import Caveat, Marking, Tlp
from fourfold.release import Outcome

HOUR = timedelta(hours=1)
ORCON = Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.ORCON}))


def edits(world):
    """Every way to edit a record: one changed part."""
    return st.sampled_from(
        [
            {"payload": {"title": "A car", "description": "It did stop.", "reporter": "A. Person"}},
            {"payload": {"title": "A car", "description": "It did not stop."}},
            {"version": 2},
            {"modified": world.now},
            {"id": new_id("record")},
            {"slice": "public-incidents"},
            {"originators": frozenset({world.a, world.c})},
            {"field_markings": {"title": Marking(tlp=Tlp.CLEAR)}},
            {"derived_from": (new_id("record"),)},
            {"marking": ORCON.model_copy(update={"tlp": Tlp.GREEN})},
        ]
    )


@settings(max_examples=examples(40))
@given(data=st.data())
def test_any_edit_voids_approvals_and_consents(world, data):
    agreement, record = world.agreement(), world.record(marking=ORCON)
    rule = HouseRule(clear=1, green=1, amber=1, amber_strict=1, red=1)
    around = world.around(
        agreement,
        consents=(world.consent(world.a, record, agreement),),
        approvals=(world.approval(record),),
        house_rule=rule,
    )
    assert world.plan(record, around).outcome is Outcome.PASS
    edited = record.model_copy(update=data.draw(edits(world)))
    made = world.plan(edited, around)
    assert made.outcome is Outcome.WITHHOLD
    assert {finding.row for finding in made.whole.findings} >= {7, 12}


@pytest.mark.parametrize(
    "changes",
    [
        {"record": digest("another")},
        {"recipient_key": "gamma"},
        {"agreement": digest("another")},
        {"purpose": "standards"},
        {"expires": "now"},
        {"originator": "c"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_consent_for_anything_else_does_not_count(world, changes):
    agreement, record = world.agreement(), world.record(marking=ORCON)
    stand_in = {"gamma": world.gamma.key, "now": world.now, "c": world.c}
    given_for = {name: stand_in.get(value, value) for name, value in changes.items()}
    wrong = world.consent(world.a, record, agreement).model_copy(update=given_for)
    right = world.consent(world.a, record, agreement)
    assert world.plan(record, world.around(agreement, consents=(wrong,))).outcome is Outcome.WITHHOLD
    assert world.plan(record, world.around(agreement, consents=(wrong, right))).outcome is Outcome.PASS


def test_a_consent_covers_the_fields_that_it_names_and_no_other(world):
    agreement, record = world.agreement(), world.record(marking=ORCON)
    only = world.consent(world.a, record, agreement, fields=frozenset({"title"}))
    made = world.plan(record, world.around(agreement, consents=(only,)))
    assert (made.outcome, made.passing) == (Outcome.PASS_REDACTED, ("title",))


def test_a_field_with_a_looser_marking_of_its_own_still_needs_what_the_whole_needs(world):
    own = {"reporter": Marking(tlp=Tlp.CLEAR)}
    agreement, record = world.agreement(), world.record(marking=ORCON, field_markings=own)
    only = world.consent(world.a, record, agreement, fields=frozenset({"title"}))
    made = world.plan(record, world.around(agreement, consents=(only,)))
    assert (made.outcome, made.passing) == (Outcome.PASS_REDACTED, ("title",))


def test_a_consent_does_not_outlive_its_expiry_because_a_clock_was_set_back(world):
    agreement, record = world.agreement(), world.record(marking=ORCON)
    consent = world.consent(world.a, record, agreement, expires=world.now + HOUR)
    seen = world.around(agreement, consents=(consent,), countersigned=world.now + HOUR)
    assert world.plan(record, world.around(agreement, consents=(consent,))).outcome is Outcome.PASS
    assert world.plan(record, seen).outcome is Outcome.WITHHOLD


def test_a_revoked_consent_is_none(world):
    agreement, record = world.agreement(), world.record(marking=ORCON)
    consent = world.consent(world.a, record, agreement)
    taken = Revocation(consent=consent.digest(), originator=world.a, revoked=world.now)
    by_another = taken.model_copy(update={"originator": world.c})
    assert still_given([consent], [by_another]) == (consent,)
    assert still_given([consent], [taken]) == ()


def test_an_approval_is_for_one_recipient(world):
    record = world.record()
    rule = HouseRule(clear=1, green=1, amber=1, amber_strict=1, red=1)
    elsewhere = world.approval(record, recipient=world.c)
    assert (
        world.plan(record, world.around(approvals=(elsewhere,), house_rule=rule)).outcome is Outcome.WITHHOLD
    )
    here = world.approval(record)
    assert world.plan(record, world.around(approvals=(here,), house_rule=rule)).outcome is Outcome.PASS


def test_an_approver_whom_another_approval_names_as_an_author_does_not_count(world):
    record = world.record()
    rule = HouseRule(clear=1, green=1, amber=1, amber_strict=1, red=1)
    swapped = (
        world.approval(record, "ann", authors=frozenset({"bo"})),
        world.approval(record, "bo", authors=frozenset({"ann"})),
    )
    assert world.plan(record, world.around(approvals=swapped, house_rule=rule)).outcome is Outcome.WITHHOLD


BREAKING = [
    "abstraction.Abstraction._marked",
    "abstraction.Abstraction._originators",
    "abstraction.Abstraction._consent",
    "abstraction.Abstraction._named",
    "abstraction.Abstraction._embargo",
    "terms._standing",
    "terms._slice",
    "terms._agreed",
    "terms._clause",
    "case.governing",
    "terms.Terms.rule",
    "label.Label.marking_of",
]


@pytest.mark.parametrize("name", BREAKING)
def test_a_fault_in_finding_out_a_fact_withholds_and_names_it(world, monkeypatch, name):
    def fail(*_values):
        raise ZeroDivisionError("injected")

    monkeypatch.setattr(f"fourfold.release.{name}", fail)
    made = world.plan(world.record())
    assert (made.outcome, made.passing, made.fault) == (Outcome.WITHHOLD, (), "ZeroDivisionError")
    assert {finding.row for finding in made.findings} == set(range(1, 14))


def test_circumstances_that_make_no_sense_withhold(world):
    naive = world.now.replace(tzinfo=None)
    for changes in ({"now": naive}, {"agreements": None}, {"kinds": None}, {"countersigned": "late"}):
        made = world.plan(world.record(), world.around(**changes))
        assert made.outcome is Outcome.WITHHOLD
        assert made.fault
