from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fourfold.canon import digest
from fourfold.errors import InputError
from fourfold.records import Caveat, Marking, Tlp, join, parse_tlp

MOMENTS = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001  Hypothesis adds the time zone
    datetime(2027, 1, 1),  # noqa: DTZ001  the same reason as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-7))]),
)
MARKINGS = st.builds(
    Marking,
    tlp=st.sampled_from(Tlp),
    caveats=st.frozensets(st.sampled_from(Caveat)),
    rel_to=st.none() | st.frozensets(st.sampled_from(["identity--a", "identity--b", "identity--c"])),
    embargo=st.none() | MOMENTS,
)


def as_bytes(marking):
    return digest(marking.model_dump(mode="json"))


@given(MARKINGS, MARKINGS)
def test_join_does_not_depend_on_the_order_not_even_in_its_bytes(one, other):
    assert as_bytes(join([one, other])) == as_bytes(join([other, one]))


@given(MARKINGS, MARKINGS, MARKINGS)
def test_join_does_not_depend_on_the_grouping(one, two, three):
    grouped = {
        as_bytes(join([join([one, two]), three])),
        as_bytes(join([one, join([two, three])])),
        as_bytes(join([one, two, three])),
    }
    assert len(grouped) == 1


@given(MARKINGS)
def test_join_with_itself_changes_nothing(marking):
    assert join([marking, marking]) == join([marking]) == marking


@given(st.lists(MARKINGS, min_size=1, max_size=5))
def test_join_is_at_least_as_tight_as_each_in_every_part(markings):
    joined = join(markings)
    for marking in markings:
        assert joined.tlp.rank >= marking.tlp.rank
        assert joined.caveats >= marking.caveats
        if marking.rel_to is not None:
            assert joined.rel_to is not None
            assert joined.rel_to <= marking.rel_to
        if marking.embargo is not None:
            assert joined.embargo is not None
            assert joined.embargo >= marking.embargo


@given(st.lists(MARKINGS, min_size=1, max_size=5))
def test_join_is_no_tighter_than_it_must_be(markings):
    joined = join(markings)
    assert joined.tlp in {marking.tlp for marking in markings}
    assert joined.caveats == reduce(frozenset.union, (marking.caveats for marking in markings))
    assert joined.embargo in {marking.embargo for marking in markings}
    named = [marking.rel_to for marking in markings if marking.rel_to is not None]
    assert joined.rel_to == (reduce(frozenset.intersection, named) if named else None)


AUDIENCES = {None: None, "nobody": frozenset(), "a": frozenset({"a"}), "ab": frozenset({"a", "b"})}


@pytest.mark.parametrize(("one", "other"), list(product(AUDIENCES, repeat=2)))
def test_no_restriction_is_not_nobody(one, other):
    joined = join(Marking(tlp=Tlp.CLEAR, rel_to=AUDIENCES[name]) for name in (one, other)).rel_to
    everyone = {"a", "b", "c"}
    expected = everyone.intersection(*(AUDIENCES[name] for name in (one, other) if name is not None))
    assert (everyone if joined is None else joined) == expected
    assert (joined is None) == (one is other is None)


def test_the_join_of_nothing_is_refused_not_clear():
    with pytest.raises(ValueError, match="no markings"):
        join([])


def test_markings_tighten_from_clear_to_red():
    assert [tlp.rank for tlp in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)] == list(
        range(5)
    )


@pytest.mark.parametrize("tlp", Tlp)
@pytest.mark.parametrize("form", ["{0}", "TLP:{0}", "tlp:{1}", " {1}\n", "Tlp:{0}"])
def test_every_label_of_tlp_2_is_read_in_its_usual_forms(tlp, form):
    assert parse_tlp(form.format(tlp.value, tlp.value.lower())) is tlp


@pytest.mark.parametrize("text", ["TLP:WHITE", "white", "tlp:white"])
def test_white_of_tlp_1_is_clear(text):
    assert parse_tlp(text) is Tlp.CLEAR


@pytest.mark.parametrize(
    "text", ["", "TLP:", "TLP:PURPLE", "AMBER STRICT", "TLP:TLP:RED", "AMBER+", "CLEAR,RED"]
)
def test_what_is_no_label_is_refused_and_never_guessed(text):
    with pytest.raises(InputError) as caught:
        parse_tlp(text)
    assert "TLP:AMBER+STRICT" in caught.value.faults[0].remedy


def test_an_unknown_caveat_or_field_is_refused():
    with pytest.raises(ValidationError):
        Marking.model_validate({"tlp": "RED", "caveats": ["NOFORN"]})
    with pytest.raises(ValidationError):
        Marking.model_validate({"tlp": "RED", "relto": []})


@given(MARKINGS)
def test_a_marking_survives_its_json_form(marking):
    assert Marking.model_validate_json(marking.model_dump_json()) == marking


def test_an_embargo_without_a_time_zone_is_refused():
    with pytest.raises(ValidationError, match="timezone"):
        Marking.model_validate({"tlp": "RED", "embargo": "2026-01-01T00:00:00"})


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_f2_a_moment_that_no_calendar_has_in_utc_is_a_fault_and_no_other_error(moment):
    with pytest.raises(ValidationError, match="years 1 to 9999"):
        Marking.model_validate({"tlp": "GREEN", "embargo": moment})


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_f2_the_first_and_the_last_moment_of_the_calendar_are_taken(moment):
    assert Marking.model_validate({"tlp": "GREEN", "embargo": moment}).embargo is not None
