"""Moments as STIX and TAXII write them (RFC 3339, UTC, `Z`)."""

import re
from datetime import UTC, datetime

from fourfold.errors import Fault, InputError

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")


def stix_time(moment: datetime) -> str:
    """A moment for `created` and `modified`: milliseconds (STIX 2.1, section 3.2)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def taxii_time(moment: datetime) -> str:
    """A moment for `date_added`: microseconds (TAXII 2.1, section 1.6.6)."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_time(text: str, field: str = "") -> datetime:
    """The moment that a time stamp names; digits beyond microseconds are dropped.

    Raises:
        InputError: not a time stamp in UTC.
    """
    fault = Fault("Not a time stamp.", field=field, remedy="Write it as 2026-11-24T09:30:00.000Z.")
    if not _STAMP.fullmatch(text):
        raise InputError([fault])
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError([fault]) from error
