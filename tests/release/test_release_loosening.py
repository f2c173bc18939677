"""Whatever an edit guards less than before is named, part by part; what it guards more is not."""

from datetime import timedelta

import pytest

from fourfold.framework import Level
from fourfold.records import Caveat, Marking, Tlp
from fourfold.release import Outcome, label_of, loosened, plan

HOUR = timedelta(hours=1)


def marked(world, **changes):
    base = {
        "tlp": Tlp.AMBER,
        "caveats": frozenset({Caveat.ORCON}),
        "rel_to": frozenset({world.b}),
        "embargo": world.now,
    }
    return Marking(**{**base, **changes})


def steps(world):
    """Changes of one part of a marking, each from tighter to looser."""
    return [
        (marked(world), marked(world, tlp=Tlp.GREEN), "from TLP:AMBER down to TLP:GREEN"),
        (marked(world, tlp=Tlp.RED), marked(world, tlp=Tlp.AMBER_STRICT), "down to TLP:AMBER+STRICT"),
        (marked(world), marked(world, caveats=frozenset()), "loses the caveat ORCON"),
        (marked(world), marked(world, caveats=frozenset({Caveat.PERSONAL})), "loses the caveat ORCON"),
        (marked(world), marked(world, rel_to=None), "no longer restricted"),
        (marked(world), marked(world, rel_to=frozenset({world.b, world.c})), "no longer restricted"),
        (marked(world), marked(world, rel_to=frozenset({world.c})), "no longer restricted"),
        (marked(world, rel_to=frozenset()), marked(world), "no longer restricted"),
        (marked(world, rel_to=None), marked(world), "no longer restricted"),
        (marked(world), marked(world, embargo=None), "out of embargo"),
        (marked(world), marked(world, embargo=world.now - HOUR), "out of embargo"),
    ]


@pytest.mark.parametrize("number", range(11))
def test_a_looser_marking_is_named_for_the_record_and_for_a_field(world, number):
    tight, loose, said = steps(world)[number]
    before, after = world.record(marking=tight), world.record(marking=loose)
    found = loosened(before, after, ())
    assert any(one.startswith("The record") and said in one for one in found)
    open_ = Marking(tlp=Tlp.CLEAR)
    before = world.record(marking=open_, field_markings={"reporter": tight})
    after = world.record(marking=open_, field_markings={"reporter": loose})
    found = loosened(before, after, ())
    assert found
    assert all(one.startswith("The field 'reporter'") for one in found)
    assert any(said in one for one in found)


def test_what_is_guarded_more_or_as_much_needs_nobody(world):
    for tight, loose, _ in steps(world):
        assert loosened(world.record(marking=tight), world.record(marking=tight), ()) == ()
        if loose.rel_to is None and tight.rel_to is not None:
            assert loosened(world.record(marking=loose), world.record(marking=loose), ()) == ()
    nobody = world.record(marking=Marking(tlp=Tlp.CLEAR, rel_to=frozenset()))
    assert loosened(world.record(), nobody, ()) == ()
    tighter = Marking(tlp=Tlp.RED, caveats=frozenset(Caveat), rel_to=frozenset(), embargo=world.now)
    assert loosened(world.record(), world.record(marking=tighter), ()) == ()


@pytest.mark.parametrize("gone", ["marking", "field"])
def test_a_field_that_loses_its_own_marking_is_named(world, gone):
    before = world.record(field_markings={"reporter": Marking(tlp=Tlp.RED)})
    payload = before.payload if gone == "marking" else {"title": "A car"}
    after = before.model_copy(update={"field_markings": {}, "payload": payload})
    assert loosened(before, after, ()) == ("The field 'reporter' goes from TLP:RED down to TLP:CLEAR.",)


def test_a_marking_of_the_whole_that_is_lowered_shows_on_a_field_that_comes_with_it(world):
    before = world.record(marking=Marking(tlp=Tlp.AMBER))
    after = world.record(payload={**before.payload, "place": "Here"})
    assert "The field 'place' goes from TLP:AMBER down to TLP:CLEAR." in loosened(before, after, ())


def test_an_originator_that_is_no_longer_named_is_told(world):
    before = world.record(originators=frozenset({world.a, world.c}))
    assert loosened(before, world.record(), ()) == (f"The originator {world.c} is no longer named.",)
    assert loosened(world.record(), before, ()) == ()


def test_a_move_to_a_more_open_slice_is_told_and_what_it_tells_is_what_would_pass(world):
    text = world.text(slices=(world.slice(id="open"), world.slice(id="apart", level=Level.SEPARATION)))
    around = world.around(world.agreement(slices=text.slices))

    def outcome(record):
        return plan(label_of(record), world.b, around).outcome

    for before, after in (("apart", "open"), (None, "open"), ("gone", "open")):
        one, other = world.record(slice=before), world.record(slice=after)
        assert (outcome(one), outcome(other)) == (Outcome.WITHHOLD, Outcome.PASS)
        assert loosened(one, other, (text,)) == ("It moves to a more open slice of 'Incident reporting'.",)
        assert loosened(other, one, (text,)) == ()
    assert loosened(world.record(slice="apart"), world.record(slice=None), (text,)) == ()
