"""The incident as a record: what is known of one event in which AI caused harm, or nearly did.

The fields follow what reporting regimes ask for (OECD common reporting framework, 2025; Article 73 of
Regulation (EU) 2024/1689; the AI Incident Database). An absent field says that nothing is known or that
nothing was shared, never that there was none; an empty list says that there was none.
"""

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fourfold.framework import Level
from fourfold.records.attachments import MOST, Attachment
from fourfold.records.kinds import Kind

FROZEN = ConfigDict(frozen=True, extra="forbid")
ACTIVITY = "incident_reporting"
LONGEST = 20_000
"""Characters in the longest text field: several pages."""
UNKNOWN = "unknown"
_ILLEGIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WHEN = re.compile("[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?)?)?")
_MOMENT = re.compile("[0-9-]{10}T[0-9:]{8}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")
_REST = "0001-01-01T00:00:00+00:00"


def _legible(text: str) -> str:
    """Text without what a terminal would obey, or halves of characters; line breaks and tabs are text."""
    if match := _ILLEGIBLE.search(text.replace("\r\n", "\n")):
        raise ValueError(f"the character U+{ord(match[0]):04X} is not text")
    return text


def _one_way(text: str) -> str:
    """A moment of RFC 3339 in the one way in which it is kept: in UTC, to the second; all else as it is."""
    if not _MOMENT.fullmatch(text.upper()):
        return text
    try:
        moment = dt.datetime.fromisoformat(text.upper()).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return text  # no moment, in UTC at least; told as that below
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _real(text: str) -> str:
    if text == UNKNOWN:
        return text
    if not _WHEN.fullmatch(text):
        raise ValueError("a date is 2026, 2026-01, 2026-01-31, 2026-01-31T09:30:00Z or unknown")
    given = text.removesuffix("Z")
    dt.datetime.fromisoformat(given + _REST[len(given) :])  # refuses what does not exist: 30 February
    return text


When = Annotated[str, AfterValidator(_one_way), AfterValidator(_real)]
"""A date as exactly as it is known (ISO 8601): the year, the month, the day, or the second in UTC.

A moment may come with parts of a second, or in another zone (RFC 3339); it is kept in UTC, to the second, as
the same moment written twice would be two records.

What is known only to the month has no day that could be mistaken for one. `unknown` says that it happened
at a time that nobody has told, such as a report that was received with no date given.
"""

Text = Annotated[str, AfterValidator(_legible)]
Address = Annotated[Text, Field(pattern=r"^(?i:https?)://[^\s]+$", max_length=2_000)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""The two letters of ISO 3166-1."""


class Severity(BaseModel):
    """A grade of severity as its own scheme gives it; it is never converted into another scheme."""

    model_config = FROZEN

    scheme: Text = Field(min_length=1, max_length=200)
    value: Text = Field(min_length=1, max_length=200)
    assessor: Text | None = Field(default=None, max_length=200)


class RegisterId(BaseModel):
    """The name of the same incident in a register elsewhere: the strongest evidence of a duplicate."""

    model_config = FROZEN

    scheme: Text = Field(min_length=1, max_length=100)
    id: Text = Field(min_length=1, max_length=100)
    url: Address | None = None


class Source(BaseModel):
    """A public report about the incident."""

    model_config = FROZEN

    title: Text = Field(min_length=1, max_length=500)
    url: Address | None = None


class Incident(BaseModel):
    """One incident; the order of the fields is the order of the commitments to them.

    The clocks of different regimes start at different moments, so each is kept: when it happened (`date`),
    was first known to anyone (`first_known`), to the reporter (`awareness`), when the causal link was
    established (`determination`), when it was reported (`submission`), and when that was confirmed as
    received (`receipt`). `systems` holds every name that was told, where reports differ. `attribution`
    travels with what others wrote. `analyst_note` is for the institution's own people, and `contact` is
    the person to ask. `attachments` are files that travel by digest; a field that comes later stands last,
    so that commitments made before it still open.
    """

    model_config = FROZEN

    title: Text = Field(min_length=1, max_length=500)
    description: Text | None = Field(default=None, max_length=LONGEST)
    date: When | None = None
    first_known: When | None = None
    awareness: When | None = None
    determination: When | None = None
    submission: When | None = None
    receipt: When | None = None
    countries: tuple[Country, ...] | None = None
    harm_types: tuple[Text, ...] | None = None
    severity: tuple[Severity, ...] | None = None
    systems: tuple[Text, ...] | None = None
    deployers: tuple[Text, ...] | None = None
    developers: tuple[Text, ...] | None = None
    harmed: tuple[Text, ...] | None = None
    response: Text | None = Field(default=None, max_length=LONGEST)
    sources: tuple[Source, ...] | None = None
    registers: tuple[RegisterId, ...] | None = None
    attribution: Text | None = Field(default=None, max_length=500)
    analyst_note: Text | None = Field(default=None, max_length=LONGEST)
    contact: Text | None = Field(default=None, max_length=500)
    attachments: tuple[Attachment, ...] | None = Field(default=None, max_length=MOST)


INCIDENT = Kind(id="incident", title="Incident", level=Level.COMMUNICATION, payload=Incident)
