"""The shapes of proposals and joint records, as the API takes and gives them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, JsonValue

from fourfold.node.api.shapes import Name, Taken
from fourfold.records.markings import Marking

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Note = Annotated[str, Field(min_length=1, max_length=5_000, pattern=r"^[^\x00]*$")]
Source = Annotated[str, Field(max_length=80, pattern=r"^(record|release)--[0-9a-f-]{36}$")]
Names = Annotated[list[Name], Field(min_length=1, max_length=49)]


class ProposeIn(Taken):
    """A text to be proposed: its kind, slice, marking and fields, and the counterparts, by name or id."""

    kind: Name
    slice: Name
    marking: Marking
    fields: dict[str, JsonValue]
    to: Names


class AmendIn(Taken):
    """The whole text as it should be, and its marking, if it is to be tighter.

    `about` is the digest of the text that was read; refused if another counts by now.
    """

    fields: dict[str, JsonValue]
    marking: Marking | None = None
    about: Digest | None = None


class AnswerIn(Taken):
    """What is said to the text that counts; `by` is for a commitment (else the proposal's date).

    `about` is the digest of the text that was read; refused if another counts by now.
    """

    move: Literal["accept", "decline", "withdraw", "commit", "finish"]
    note: Note | None = None
    by: date | None = None
    about: Digest | None = None


class BeginIn(ProposeIn):
    """The first contribution to a joint record; `sources` are what it was written from."""

    sources: list[Source] = Field(default_factory=list, max_length=100)


class ContributeIn(Taken):
    """What is added: any of the fields; `sources` are what it was written from.

    `about` is the digest of the bytes that were read; refused if they have changed since.
    """

    fields: dict[str, JsonValue]
    marking: Marking | None = None
    about: Digest | None = None
    sources: list[Source] = Field(default_factory=list, max_length=100)


class SignIn(Taken):
    """The digest of the bytes that were read; refused if they have changed since."""

    content: Digest


class LeaveIn(Taken):
    """A word with it, which the other parties read."""

    note: Note | None = None


class ApprovingOut(Schema):
    """How far the approval for one party is."""

    name: str
    approved_by: list[str]
    missing: bool


class WaitingOut(Schema):
    """A step of one's own that has not left: it waits for approval, by `POST /records/{record}/approvals`."""

    step: str
    by: str
    record: str
    record_digest: str
    says: dict[str, Any]
    parties: list[ApprovingOut]


class CourseOut(Schema):
    """What proposals and joint records have in common."""

    digest: str
    title: str
    kind: str
    activity: str
    slice: str
    parties: list[str]
    state: str
    waits_for: list[str]
    waiting: WaitingOut | None


class HappenedOut(Schema):
    """One step: who, what, when; why it does not count, where it does not."""

    by: str
    what: str
    at: datetime
    note: str
    digest: str
    counts_not: str


class VersionOut(Schema):
    """One of the texts that were proposed, in the order of their rounds."""

    round: int
    by: str
    digest: str
    text: dict[str, Any]


class ProposalRow(CourseOut):
    """A proposal in a list; of one that was recalled, or has not left, there is no date."""

    due: date | None = None
    round: int | None = None


class ProposalOut(ProposalRow):
    """A proposal with the text that counts, where each party stands to it, and how it came to that."""

    stances: dict[str, str] = Field(default_factory=dict)
    commitments: dict[str, date] = Field(default_factory=dict)
    text: dict[str, Any] = Field(default_factory=dict)
    versions: list[VersionOut] = Field(default_factory=list)
    history: list[HappenedOut]


class JointRow(CourseOut):
    """A joint record in a list; `content` is the digest of the bytes that it now comes to."""

    revision: int | None = None
    signed_by: list[str] = Field(default_factory=list)
    content: str | None = None


class JointOut(JointRow):
    """A joint record as it now reads, with the signatures under just these bytes."""

    entry: dict[str, Any] = Field(default_factory=dict)
    originators: list[str] = Field(default_factory=list)
    marking: Marking | None = None
    signatures: dict[str, Any] = Field(default_factory=dict)
    history: list[HappenedOut]


class DroppedOut(Schema):
    """A step that was dropped before it left."""

    digest: str
    record: str
