"""The shapes of records: kept, changed, shown, foreseen, corrected."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field, JsonValue

from fourfold.node.api.shapes.common import Name, Reason, Taken
from fourfold.node.api.shapes.exchange import ReleaseRow
from fourfold.records.markings import Marking


class RecordIn(Taken):
    """A record to be kept: its kind, where it belongs, its marking, its fields."""

    kind: Name
    activity: Name
    slice: Name | None = None
    marking: Marking
    field_markings: dict[str, Marking] = Field(default_factory=dict)
    fields: dict[str, JsonValue]
    stub: bool = False


class ChangeIn(Taken):
    """The next version of a record, whole: all fields, where it belongs, its marking."""

    slice: Name | None = None
    marking: Marking
    field_markings: dict[str, Marking] = Field(default_factory=dict)
    fields: dict[str, JsonValue]


class RecordRow(Schema):
    """A record in a list."""

    id: str
    version: int
    title: str
    kind: str
    activity: str
    slice: str
    tlp: str
    digest: str
    source: str
    author: str
    modified: datetime


class RecordOut(RecordRow):
    """A record, whole."""

    owner: str
    originators: list[str]
    marking: Marking
    field_markings: dict[str, Marking]
    fields: dict[str, Any]
    derived_from: list[str]


class RecordPage(Schema):
    """Some records, newest first."""

    items: list[RecordRow]
    next: int | None = None


class FindingOut(Schema):
    """Why a row does not pass."""

    row: int
    code: str
    reason: str


class RowOut(Schema):
    """One row of the release table, for one recipient."""

    number: int
    name: str
    passes_when: str
    passes: bool
    findings: list[FindingOut]


class FieldOut(Schema):
    """One field, for one recipient."""

    name: str
    passes: bool
    findings: list[FindingOut]


class RecipientOut(Schema):
    """What one counterpart would get."""

    recipient: str
    name: str
    outcome: str
    agreement: str | None
    slice: str | None
    rows: list[RowOut]
    fields: list[FieldOut]
    fault: str


class PreviewOut(Schema):
    """Who would receive what of one version of a record."""

    record: str
    digest: str
    recipients: list[RecipientOut]


class ApprovalOut(Schema):
    """A second person's word for one version and one recipient."""

    record_digest: str
    recipient: str
    approver: str


class CorrectIn(Taken):
    """Why (it stays here); whether those from whom it is withdrawn get the record as it is now, or put right.

    `anew`: also those from whom it had been withdrawn before.
    """

    reason: Reason = ""
    again: bool = False
    anew: bool = False
    right: ChangeIn | None = None


class CorrectedOut(Schema):
    """What was withdrawn and released; who may not have the right form, and why."""

    withdrawn: list[ReleaseRow]
    released: list[ReleaseRow]
    refused: dict[str, str]


class HolderOut(Schema):
    """One release of a record, as a correction finds it."""

    release: str
    recipient: str
    state: str
    withdrawn: datetime | None


class CorrectionOut(Schema):
    """Who has it, or had it, and the one phrase that they read when it is corrected.

    `again` are those who can get the right form, `before` those who get it with `anew` only.
    """

    holders: list[HolderOut]
    again: list[str]
    before: list[str]
    phrase: str


class ForwardIn(Taken):
    """The slice of the agreement with those who are to receive it; the fields that go on (null: all)."""

    slice: Name | None = None
    fields: list[Name] | None = Field(default=None, min_length=1, max_length=200)
