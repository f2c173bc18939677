"""A survey of a whole store says of every record just what a decision on that record alone says."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.agreements import Agreement
from fourfold.framework import Level
from fourfold.records import Caveat, Marking, Tlp
from fourfold.release import Columns, Outcome, label_of, plan, survey

HOUR = timedelta(hours=1)
FIELDS = ("title", "description", "reporter")


def markings(world):
    return st.builds(
        Marking,
        tlp=st.sampled_from([Tlp.CLEAR, Tlp.CLEAR, *Tlp]),
        caveats=st.frozensets(st.sampled_from(list(Caveat)), max_size=1),
        rel_to=st.sampled_from([None, None, frozenset(), frozenset({world.b}), frozenset({world.c})]),
        embargo=st.sampled_from([None, *(world.now + hours * HOUR for hours in range(-3, 4))]),
    )


def records(world):
    originators = [frozenset({world.a}), frozenset({world.a, world.c}), frozenset({"unknown"})]
    return st.builds(
        world.record,
        slice=st.sampled_from([None, "open", "apart", "elsewhere"]),
        originators=st.sampled_from([originators[0], *originators]),
        marking=markings(world),
        field_markings=st.dictionaries(st.sampled_from(FIELDS), markings(world), max_size=2),
        payload=st.sets(st.sampled_from(FIELDS), min_size=1).map(
            lambda names: dict.fromkeys(sorted(names), "words")
        ),
    )


def around(world, **changes):
    """Beta and Gamma, each with an agreement and a countersignature of its own."""
    slices = (world.slice(id="open"), world.slice(id="apart", level=Level.SEPARATION))
    made = [
        world.text(
            id=f"agreement--00000000-0000-4000-8000-00000000000{number}",
            parties=(world.party(world.alpha), world.party(other, regulator=number == 1)),
            slices=slices,
        )
        for number, other in enumerate((world.beta, world.gamma), 1)
    ]
    agreed = tuple(Agreement(text, text.digest(), complete=True) for text in made)
    moments = {world.b: world.now - HOUR, world.c: world.now + HOUR}
    return world.around(agreements=agreed, **{"peer_countersigned": moments, **changes})


def columns(world, kept, **changes):
    def text(value):
        return json.dumps(value, default=sorted)

    dumped = [record.model_dump(mode="json") for record, _ in kept]
    values = {
        "kind": [each["kind"] for each in dumped],
        "activity": [each["activity"] for each in dumped],
        "slice": [each["slice"] or "" for each in dumped],
        "originators": [text(each["originators"]) for each in dumped],
        "tlp": [each["marking"]["tlp"] for each in dumped],
        "caveats": [text(each["marking"]["caveats"]) for each in dumped],
        "rel_to": [text(each["marking"]["rel_to"]) for each in dumped],
        "fields": [text(list(each["payload"])) for each in dumped],
        "field_markings": [text(each["field_markings"]) for each in dumped],
        "embargo": [record.marking.embargo for record, _ in kept],
        "digest": ["" for _ in kept],
        "stub": [stub for _, stub in kept],
    }
    return Columns(world.a, **{**values, **changes})


@settings(max_examples=examples(120))
@given(data=st.data())
def test_a_survey_says_of_each_record_what_a_decision_on_it_says(world, data):
    kept = data.draw(st.lists(st.tuples(records(world), st.booleans()), min_size=1, max_size=12))
    moments = data.draw(
        st.sampled_from([{world.b: world.now - HOUR, world.c: world.now + HOUR}, {world.c: world.now}, {}])
    )
    circumstances = around(world, peer_countersigned=moments)
    found = survey(columns(world, kept), (world.b, world.c), circumstances)
    for recipient in (world.b, world.c):
        alone = [plan(label_of(record, stub=stub), recipient, circumstances) for record, stub in kept]
        told = [found.plan(position, recipient) for position in range(len(kept))]
        assert [(each.outcome, each.passing, each.findings) for each in told] == [
            (each.outcome, each.passing, each.findings) for each in alone
        ]
        assert found.outcomes(recipient) == Counter(each.outcome for each in alone)
        assert not any(each.fault for each in told)


def test_records_that_differ_in_nothing_but_their_embargo_are_told_apart(world):
    embargoes = [None, *(world.now + minutes * HOUR / 60 for minutes in range(-180, 181, 30))]
    markings_ = [Marking(tlp=Tlp.CLEAR, embargo=each) for each in embargoes]
    kept = [(world.record(slice="open", marking=each), False) for each in markings_]
    circumstances = around(world)
    found = survey(columns(world, kept), (world.b, world.c), circumstances)
    for recipient in (world.b, world.c):
        told = [found.plan(place, recipient).outcome for place in range(len(kept))]
        assert told == [plan(label_of(record), recipient, circumstances).outcome for record, _ in kept]
        assert {Outcome.PASS, Outcome.WITHHOLD} == set(told)


def test_approvals_and_consents_count_for_the_version_that_they_name_and_no_other(world):
    circumstances = around(world)
    agreement = circumstances.agreements[0]
    orcon = Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.ORCON}))
    consented, same = world.record(marking=orcon), world.record(marking=orcon, version=2)
    consent = world.consent(world.a, consented, agreement)
    circumstances = around(world, consents=(consent,))
    kept = [(record.model_copy(update={"slice": "open"}), False) for record in (consented, same, same)]
    given_columns = columns(world, kept, digest=[consented.digest(), same.digest(), ""])
    found = survey(given_columns, (world.b,), circumstances)
    assert [found.plan(place, world.b).outcome for place in range(3)] == [
        Outcome.PASS,
        Outcome.WITHHOLD,
        Outcome.WITHHOLD,
    ]


@pytest.mark.parametrize(
    ("part", "bad"),
    [
        ("originators", "[]"),
        ("originators", "{"),
        ("originators", "[1]"),
        ("tlp", "WHITE"),
        ("tlp", ""),
        ("caveats", '["NOFORN"]'),
        ("caveats", "null"),
        ("rel_to", "[]"),
        ("rel_to", ""),
        ("rel_to", "{}"),
        ("fields", "7"),
        ("fields", ""),
        ("kind", "unheard-of"),
        ("slice", "elsewhere"),
        ("field_markings", "{"),
        ("field_markings", "[]"),
        ("field_markings", '{"title": {"tlp": "PURPLE"}}'),
    ],
)
def test_what_cannot_be_read_is_withheld_and_only_that(world, part, bad):
    kept = [(world.record(slice="open", payload={"title": "A car"}), False)] * 2
    good = columns(world, kept)
    broken = columns(world, kept, **{part: [getattr(good, part)[0], bad]})
    found = survey(broken, (world.b,), around(world))
    assert [found.plan(place, world.b).outcome for place in range(2)] == [Outcome.PASS, Outcome.WITHHOLD]
    assert found.outcomes(world.b) == {Outcome.PASS: 1, Outcome.WITHHOLD: 1}


def test_a_choice_that_is_not_plainly_yes_is_no_stub(world):
    kept = [(world.record(slice="apart"), stub) for stub in (True, False, "yes", None)]
    found = survey(columns(world, kept), (world.b,), around(world))
    outcomes = [found.plan(place, world.b).outcome for place in range(len(kept))]
    assert outcomes == [Outcome.STUB, *[Outcome.WITHHOLD] * 3]


def test_columns_that_differ_in_length_are_refused(world):
    kept = [(world.record(slice="open"), False)] * 2
    with pytest.raises(ValueError, match="argument"):
        survey(columns(world, kept, tlp=["CLEAR"]), (world.b,), around(world))


def test_an_empty_store_has_nothing_for_anybody(world):
    found = survey(columns(world, []), (world.b,), around(world))
    assert (found.sizes, found.outcomes(world.b)) == ((), {})
