"""Drafting agreements: begun from a joint assessment, changed, proposed to the counterpart."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from fourfold.agreements import AgreementText, check_text
from fourfold.node.actions.draft_agreement import amend_proposal, begin_draft, change_draft, drop_draft
from fourfold.node.actions.propose_draft import propose_draft
from fourfold.node.api.assessments import Activity, Seen, With
from fourfold.node.api.callers import needs
from fourfold.node.api.problems import ANSWERS, FaultOut
from fourfold.node.api.shapes import AgreementOut, Taken
from fourfold.node.keyrings import lines
from fourfold.node.models import AgreementDraft
from fourfold.node.parties import find_peer
from fourfold.node.queries.agreements import as_row
from fourfold.node.queries.assessments import found
from fourfold.node.queries.drafts import find_draft, open_drafts
from fourfold.node.roles import Act

router = Router(tags=["Agreement"])
Number = Annotated[int, Field(ge=1, le=(1 << 63) - 1)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Title = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class BeginIn(Taken):
    """Which activity, and what it follows; the levels come from the joint assessment."""

    activity: Activity
    title: Title
    replaces: Digest | None = None
    consents: bool = False


class AmendIn(Taken):
    """The proposal in whose place the draft is to come."""

    agreement: Digest


class TextIn(Taken):
    """The whole text, as it is to stand; `seen` is the digest of the draft that it starts from."""

    text: AgreementText
    seen: Seen | None = None


class ProposeIn(Taken):
    """`seen` is the digest of the draft that is to be proposed."""

    seen: Seen | None = None


class DraftRow(Schema):
    """A draft in a list."""

    number: int
    title: str
    activity: str
    with_: Annotated[str, Field(serialization_alias="with")]
    digest: str
    changed: datetime
    changed_by: str


class DraftOut(DraftRow):
    """A draft, whole: its text, what is wrong with it, and what became of it."""

    text: AgreementText
    faults: list[FaultOut]
    proposed: str
    dropped: datetime | None


@router.get("", response={200: list[DraftRow], **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def list_drafts(request: HttpRequest) -> Any:
    """The drafts that are still written, the latest first."""
    del request
    return [_row(each) for each in open_drafts()]


@router.post("", response={201: DraftOut, **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def begin(request: HttpRequest, given: BeginIn, other: Query[With]) -> Any:
    """Begin a draft from the joint assessment of an activity."""
    row = found(find_peer(other.with_), given.activity)
    words = (row, given.title, request.auth.name, given.replaces)
    return Status(201, _shown(begin_draft(*words, consents=given.consents)))


@router.post("/amendments", response={201: DraftOut, **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def amend(request: HttpRequest, given: AmendIn) -> Any:
    """Begin a draft that takes the place of a proposal."""
    return Status(201, _shown(amend_proposal(given.agreement, request.auth.name)))


@router.get("/{number}", response={200: DraftOut, **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def show(request: HttpRequest, number: Number) -> Any:
    """One draft."""
    del request
    return _shown(find_draft(number))


@router.put("/{number}", response={200: DraftOut, **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def change(request: HttpRequest, number: Number, given: TextIn) -> Any:
    """Keep another text; it may have faults as long as it is a draft."""
    return _shown(change_draft(number, given.text, request.auth.name, given.seen))


@router.delete("/{number}", response={200: DraftOut, **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def drop(request: HttpRequest, number: Number) -> Any:
    """Give a draft up."""
    del request
    return _shown(drop_draft(number))


@router.post("/{number}/proposal", response={200: AgreementOut, **ANSWERS})
@needs(Act.ASSESS)
def propose(request: HttpRequest, number: Number, given: ProposeIn) -> Any:
    """Send the text to the counterpart; nobody has signed it yet, and it binds nobody."""
    return as_row(propose_draft(number, request.auth.name, given.seen))


def _row(row: AgreementDraft) -> dict[str, Any]:
    return {
        "number": row.pk,
        "title": row.content().title,
        "activity": row.activity,
        "with_": row.peer.name,
        "digest": row.digest,
        "changed": row.changed,
        "changed_by": row.changed_by,
    }


def _shown(row: AgreementDraft) -> dict[str, Any]:
    text = row.content()
    faults = [
        {"field": each.field, "message": each.message, "remedy": each.remedy}
        for each in check_text(text, lines())
    ]
    more = {"text": text, "faults": faults, "proposed": row.proposed, "dropped": row.dropped}
    return {**_row(row), **more}
