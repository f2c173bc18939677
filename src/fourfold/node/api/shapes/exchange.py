"""The shapes of what goes out and comes in."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from fourfold.node.api.shapes.common import Reason, Taken


class WithdrawIn(Taken):
    """Why; it stays here."""

    reason: Reason = ""


class ReleaseRow(Schema):
    """A release, as its latest version has it."""

    id: str
    record: str
    title: str
    kind: str
    recipient: str
    version: int
    digest: str
    state: str
    passed: list[str]
    withheld: list[str]
    released: datetime


class ReleasePage(Schema):
    """Some releases, newest first."""

    items: list[ReleaseRow]
    next: int | None = None


class PeerOut(Schema):
    """A counterpart."""

    name: str
    id: str
    fingerprint: str
    node_fingerprint: str
    url: str
    joined: datetime
    last_sync: datetime | None
    problem: str


class AgreementOut(Schema):
    """An agreement, and where it stands."""

    id: str
    title: str
    number: int
    founding: bool
    digest: str
    state: str
    signed_by: list[str]
    waits_for: str


class ReceivedRow(Schema):
    """One version of something that was received."""

    number: int
    object: str
    version: int | None
    from_: Annotated[str, Field(serialization_alias="from")]
    kind: str
    activity: str
    state: str
    reason: str
    received: datetime


class ReceivedOut(ReceivedRow):
    """The same, with what came, as it came (null where it was destroyed)."""

    wire: str | None


class ReceivedPage(Schema):
    """Some of what was received, newest first."""

    items: list[ReceivedRow]
    next: int | None = None


class SyncedOut(Schema):
    """What came of collecting from one counterpart; how much, for whoever may read all that is counted."""

    peer: str
    problem: str
    stored: int | None = None
    withdrawn: int | None = None
    refused: int | None = None
    receipts: int | None = None
