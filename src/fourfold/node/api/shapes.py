"""The shapes of what the API takes and gives."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, JsonValue

from fourfold.node.roles import Act, Role
from fourfold.records.markings import Marking, Tlp

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Field(ge=1, lt=1 << 63)]
Id = Annotated[str, Field(max_length=80, pattern=r"^[a-z-]+--[0-9a-f-]{36}$")]


class Taken(Schema):
    """What is taken: nothing that is not described."""

    model_config = ConfigDict(extra="forbid")


class Me(Schema):
    """The account that asks."""

    name: str
    roles: list[Role]
    acts: list[Act]


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


class To(Taken):
    """The counterpart that is meant, by name or id."""

    to: Name


class ApprovalOut(Schema):
    """A second person's word for one version and one recipient."""

    record_digest: str
    recipient: str
    approver: str


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


class SyncedOut(Schema):
    """What came of collecting from one counterpart."""

    peer: str
    problem: str
    stored: int
    withdrawn: int
    refused: int
    receipts: int


class LogOut(Schema):
    """A log, computed again from its leaves."""

    origin: str
    kept_by: str
    peer: str | None
    size: int
    root: str
    countersigned: int
    countersigned_at: datetime | None
    problem: str


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


class AskIn(Taken):
    """Which record may go on to whom, and why; the originator reads the reason."""

    record: Id
    to: Name
    reason: Reason = ""


class UntilIn(Taken):
    """When a consent ends."""

    until: AwareDatetime


class GiveIn(Taken):
    """Which record of one's own may go to whom, until when."""

    record: Id
    to: Name
    until: AwareDatetime


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


class ForwardIn(Taken):
    """The slice of the agreement with those who are to receive it; the fields that go on (null: all)."""

    slice: Name | None = None
    fields: list[Name] | None = Field(default=None, min_length=1, max_length=200)


class GivenOut(Schema):
    """A consent."""

    id: str
    record_digest: str


class CorrectIn(Taken):
    """Why (it stays here); and whether those who had it get the record as it is now, or in its right form."""

    reason: Reason = ""
    again: bool = False
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
    """Who has it, or had it, and the one phrase that they read when it is corrected."""

    holders: list[HolderOut]
    phrase: str


class StubOut(Schema):
    """All that one counterpart would learn by a stub, besides a fresh id; or why none may leave."""

    recipient: str
    outcome: str
    stub: dict[str, str] | None
    reasons: list[FindingOut]


class SealIn(Taken):
    """The counterpart before whom a record is sealed, by name or id."""

    witness: Name


class SealOut(Schema):
    """A seal: an entry in the log that is kept for its witness."""

    record: str
    version: int
    witness: str
    log: str
    entry: int
    sealed: datetime


class ProveIn(SealIn):
    """Who witnessed it; who is to see the proof (null: this institution's own auditor); of which version."""

    reader: Name | None = None
    version: Annotated[int, Field(ge=1, lt=1 << 31)] | None = None


class KeyOut(Schema):
    """A key: whose, of which sort, what became of it."""

    institution: str
    key: str
    fingerprint: str
    state: str
    since: datetime | None
    until: datetime | None


class HandedInRow(Schema):
    """Something that a third-party client handed in: what it says of itself, and what counts here."""

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


class HandedInOut(HandedInRow):
    """The same, with the markings on it, what they count as, and the text as it came (null: destroyed)."""

    markings: list[str]
    marking: Marking | None
    wire: str | None


class AcceptIn(Taken):
    """What a person decides: a slice, fields beside those of the object, another label, whose it is."""

    slice: Name | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    tlp: Tlp | None = None
    originators: list[Name] = Field(default_factory=list, max_length=100)


class RecordPage(Schema):
    """Some records, newest first."""

    items: list[RecordRow]
    next: int | None = None


class ReleasePage(Schema):
    """Some releases, newest first."""

    items: list[ReleaseRow]
    next: int | None = None


class ReceivedPage(Schema):
    """Some of what was received, newest first."""

    items: list[ReceivedRow]
    next: int | None = None


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


class HandedInPage(Schema):
    """Some of what was handed in, newest first."""

    items: list[HandedInRow]
    next: int | None = None
