"""Moments: one for each, whatever zone it was written in."""

from datetime import UTC, datetime

import pytest

from fourfold.cli.consent import _moment
from fourfold.errors import InputError
from fourfold.records.instants import typed_moment


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31 09:30", datetime(2027, 1, 31, 9, 30, tzinfo=UTC)),
        ("2027-01-31T09:30Z", datetime(2027, 1, 31, 9, 30, tzinfo=UTC)),
        ("2027-01-31T01:30+05:45", datetime(2027, 1, 30, 19, 45, tzinfo=UTC)),
        ("2026-12-31T20:00-05:00", datetime(2027, 1, 1, 1, tzinfo=UTC)),
        ("2028-02-29", datetime(2028, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_typed_moment_means_the_zone_that_was_typed_or_utc_also_as_the_end_of_a_consent(typed, moment):
    assert typed_moment(typed) == moment
    assert _moment(typed) == moment


@pytest.mark.parametrize(
    "typed", ["2027-02-29", "2027-04-31", "soon", "", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"]
)
def test_what_is_no_moment_of_the_calendar_is_refused_by_the_command_as_by_the_form(typed):
    with pytest.raises(ValueError):
        typed_moment(typed)
    with pytest.raises(InputError, match="is no date"):
        _moment(typed)
