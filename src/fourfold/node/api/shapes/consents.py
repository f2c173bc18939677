"""The shapes of consents."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from fourfold.node.api.shapes.common import Id, Name, Reason, Taken
from fourfold.records.instants import Instant
from fourfold.records.markings import Marking


class AskIn(Taken):
    """Which record may go on to whom, and why; the originator reads the reason."""

    record: Id
    to: Name
    reason: Reason = ""


class UntilIn(Taken):
    """When a consent ends."""

    until: Instant


class GiveIn(Taken):
    """Which record of one's own may go to whom, until when."""

    record: Id
    to: Name
    until: Instant


class ConsentOut(Schema):
    """A request for consent, or a consent of one's own."""

    id: str
    asked: str
    with_: Annotated[str, Field(serialization_alias="with")]
    recipient: str
    object: str
    fields: list[str]
    purpose: str
    reason: str
    state: str
    until: datetime | None
    record_digest: str
    agreement: str


class ConsentShown(ConsentOut):
    """The same, with what would go on to the byte (null where it is not ours to see); or why it cannot."""

    content: dict[str, Any] | None
    marking: Marking | None
    problem: str


class GivenOut(Schema):
    """A consent."""

    id: str
    record_digest: str
