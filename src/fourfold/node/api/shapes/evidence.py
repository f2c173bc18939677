"""The shapes of what stays as evidence: logs, the trail, keys, holds."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from fourfold.node.api.shapes.common import Id, Reason, Taken


class LogOut(Schema):
    """A log, computed again from its leaves; how long it is, for whoever may read all that counts in it."""

    origin: str
    kept_by: str
    peer: str | None
    size: int | None
    root: str | None
    countersigned: int | None
    countersigned_at: datetime | None
    problem: str


class EventsAsked(Schema):
    """What is asked of the trail.

    `about` is an id (a record's with its releases), `hand` leaves out what the node did by
    itself, `since` and `until` are days in UTC, both included.
    """

    topic: Annotated[str, Field(max_length=40, pattern=r"^[a-z]*$")] = ""
    about: Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9:-]*$")] = ""
    peer: Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9-]*$")] = ""
    hand: bool = False
    since: date | None = None
    until: date | None = None


class EventOut(Schema):
    """One thing that happened; `about` is an id, `reason` a code."""

    at: datetime
    event: str
    what: str
    actor: str
    counterpart: str
    about: str
    reason: str


class EventPage(Schema):
    """Some of the trail, newest first."""

    items: list[EventOut]
    next: int | None = None


class KeyOut(Schema):
    """A key: whose, of which sort, what became of it."""

    institution: str
    key: str
    fingerprint: str
    state: str
    since: datetime | None
    until: datetime | None


class HoldIn(Taken):
    """What is to be held, and why."""

    id: Id
    reason: Reason


class HoldOut(Schema):
    """A legal hold."""

    id: str
    reason: str
    placed: datetime
    placed_by: str
