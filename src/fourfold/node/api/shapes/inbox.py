"""The shapes of what third-party tools hand in."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from fourfold.node.api.shapes.common import Id, Name, Taken
from fourfold.records.markings import Marking, Tlp


class HandedInRow(Schema):
    """Something that a third-party client handed in: what it says of itself, and what counts here.

    `relation` is what it is to the other versions of its object: `taken-back`, `newer`, `older`, `renewed`,
    `elsewhere` (another client's), or empty.
    """

    number: int
    state: str
    client: str
    delivery: str
    received: datetime
    type: str
    stix_id: str
    version: str
    title: str
    tlp: str
    notes: list[str]
    faults: list[str]
    digest: str
    decided_by: str
    second: str
    record: str
    revoked: bool
    relation: str
    related_record: str
    related_number: int | None


class HandedInOut(HandedInRow):
    """The same, with the markings on it, what they count as, and the text as it came (null: destroyed)."""

    markings: list[str]
    marking: Marking | None
    wire: str | None


class HandedInPage(Schema):
    """Some of what was handed in, newest first."""

    items: list[HandedInRow]
    next: int | None = None


class AcceptIn(Taken):
    """What a person decides: a slice, fields beside those of the object, another label, whose it is.

    `into` is the record, made of an earlier version, that is updated; `anyway` makes a record although there
    is one, or its sender took it back.
    """

    slice: Name | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    tlp: Tlp | None = None
    originators: list[Name] = Field(default_factory=list, max_length=100)
    into: Id | None = None
    anyway: bool = False
