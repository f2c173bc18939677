"""The incident as a record: what is known of one event in which AI caused harm, or nearly did.

The fields follow what reporting regimes ask for (OECD common reporting framework, 2025; Article 73 of
Regulation (EU) 2024/1689; the AI Incident Database). An absent field says that nothing is known or that
nothing was shared, never that there was none.
"""

import datetime as dt
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from fourfold.framework import Level
from fourfold.records.kinds import Kind

FROZEN = ConfigDict(frozen=True, extra="forbid")
ACTIVITY = "incident_reporting"
LONGEST = 20_000
"""Characters in the longest text field: several pages."""


class Precision(StrEnum):
    """How exactly a date is known; the day of a date known to the month is the first."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Severity(BaseModel):
    """A grade of severity as its own scheme gives it; it is never converted into another scheme."""

    model_config = FROZEN

    scheme: str = Field(min_length=1, max_length=200)
    value: str = Field(min_length=1, max_length=200)
    assessor: str | None = Field(default=None, max_length=200)


class RegisterId(BaseModel):
    """The name of the same incident in a register elsewhere: the strongest evidence of a duplicate."""

    model_config = FROZEN

    scheme: str = Field(min_length=1, max_length=100)
    id: str = Field(min_length=1, max_length=100)
    url: str | None = Field(default=None, max_length=2_000)


class Source(BaseModel):
    """A public report about the incident."""

    model_config = FROZEN

    title: str = Field(min_length=1, max_length=500)
    url: str | None = Field(default=None, pattern=r"^https?://", max_length=2_000)


class Incident(BaseModel):
    """One incident; the order of the fields is the order of the commitments to them.

    The clocks of different regimes start at different moments, so each moment is kept: when it happened
    (`date`), was first known to anyone (`first_known`), to the reporter (`awareness`), when the causal
    link was established (`determination`), and when it was reported (`submission`).
    """

    model_config = FROZEN

    title: str = Field(min_length=1, max_length=500)
    description: str | None = Field(default=None, max_length=LONGEST)
    date: dt.date | None = None
    date_precision: Precision | None = None
    first_known: AwareDatetime | None = None
    awareness: AwareDatetime | None = None
    determination: AwareDatetime | None = None
    submission: AwareDatetime | None = None
    countries: tuple[str, ...] | None = None
    harm_types: tuple[str, ...] | None = None
    severity: Severity | None = None
    systems: tuple[str, ...] | None = None
    deployers: tuple[str, ...] | None = None
    developers: tuple[str, ...] | None = None
    harmed: tuple[str, ...] | None = None
    response: str | None = Field(default=None, max_length=LONGEST)
    sources: tuple[Source, ...] | None = None
    registers: tuple[RegisterId, ...] | None = None
    attribution: str | None = Field(default=None, max_length=500)
    analyst_note: str | None = Field(default=None, max_length=LONGEST)
    contact: str | None = Field(default=None, max_length=500)


INCIDENT = Kind(id="incident", title="Incident", level=Level.COMMUNICATION, payload=Incident)
