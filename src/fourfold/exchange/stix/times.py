"""Moments as STIX and TAXII write them (RFC 3339, UTC, `Z`)."""

import re
from datetime import UTC, datetime

from fourfold.errors import Fault, InputError

_STAMP = re.compile(
    r"(?P<minute>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:)(?P<second>[0-9]{2})(\.(?P<part>[0-9]+))?[Zz]"
)
_LONGEST, _LEAP = 100, "60"


def stix_time(moment: datetime) -> str:
    """A moment for `created` and `modified`: milliseconds (STIX 2.1, section 3.2)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def taxii_time(moment: datetime) -> str:
    """A moment for `date_added`: microseconds (TAXII 2.1, section 1.6.6)."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_time(text: str, field: str = "") -> datetime:
    """The moment that a time stamp names (RFC 3339, section 5.6); digits beyond microseconds are dropped.

    A leap second, of which no clock here knows, counts as the last instant of its minute.

    Raises:
        InputError: not a time stamp in UTC.
    """
    fault = Fault("Not a time stamp.", field=field, remedy="Write it as 2026-11-24T09:30:00.000Z.")
    found = _STAMP.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise InputError([fault])
    second, part = found["second"], (found["part"] or "0")[:6].ljust(6, "0")
    if second == _LEAP:
        second, part = "59", "999999"
    try:
        return datetime.fromisoformat(f"{found['minute'].upper()}{second}.{part}+00:00")
    except ValueError as error:
        raise InputError([fault]) from error
