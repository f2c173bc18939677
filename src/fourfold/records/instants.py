"""Moments in time, written one way: the same moment gives the same bytes."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC.

    Raises:
        ValueError: it lies before the year 1 or after the year 9999 there; pydantic tells it as a fault.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies outside of the years 1 to 9999 in UTC") from error


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment, kept in UTC: two records that are equal must not differ in digest by a time zone's offset."""


def typed_moment(text: str) -> datetime:
    """The day or moment that a person typed, in UTC: as the zone says that was typed, or in UTC if none was.

    Raises:
        ValueError: it is none, or lies outside of the years 1 to 9999 in UTC.
    """
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else _in_utc(at)
