"""What third-party clients handed in, and what becomes of it."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from fourfold.exchange.foreign import marking_refs
from fourfold.node import inboxing
from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted
from fourfold.node.actions.follow_taking_back import follow_taking_back
from fourfold.node.actions.reject_submitted import reject_submitted
from fourfold.node.api.callers import needs
from fourfold.node.api.pages import Paging, page
from fourfold.node.api.problems import ANSWERS
from fourfold.node.api.shapes.common import Number
from fourfold.node.api.shapes.inbox import AcceptIn, HandedInOut, HandedInPage, HandedInRow
from fourfold.node.models import Submitted, SubmittedState
from fourfold.node.roles import Act

router = Router(tags=["Inbox"])


@router.get("", response={200: HandedInPage, **ANSWERS}, exclude_unset=True)
@needs(Act.READ)
def list_handed_in(request: HttpRequest, paging: Query[Paging], state: SubmittedState | None = None) -> Any:
    """What was handed in, newest first."""
    del request
    rows = Submitted.readable.filter(**({"state": state} if state else {})).select_related("client__peer")
    found = page(rows.defer("wire"), paging, lambda row: row)
    return {**found, "items": inboxing.described_all(found["items"])}


@router.get("/{number}", response={200: HandedInOut, **ANSWERS})
@needs(Act.READ)
def show_handed_in(request: HttpRequest, number: Number) -> Any:
    """One object: where it came from, what was wrong or unknown, how it counts, the text as it came."""
    del request
    row = inboxing.find_submitted(number)
    held = row.wire is not None
    return {
        **inboxing.described(row),
        "markings": marking_refs(bytes(row.wire)) if held else [],
        "marking": inboxing.read(row).marking if held else None,
        "wire": bytes(row.wire).decode(errors="replace") if held else None,
    }


@router.post("/{number}/acceptance", response={200: HandedInRow, **ANSWERS})
@needs(Act.WRITE)
def accept(request: HttpRequest, number: Number, given: AcceptIn) -> Any:
    """Make a record of it, or update the one made of an earlier version (`into`).

    What would be guarded less than it came needs two people, and is refused here.
    """
    wanted = Acceptance(
        slice=given.slice,
        fields=given.fields,
        originators=tuple(given.originators),
        tlp=given.tlp,
        into=given.into or "",
        anyway=given.anyway,
    )
    return inboxing.described(accept_submitted(number, wanted, request.auth.name))


@router.post("/{number}/taking-back", response={200: HandedInRow, **ANSWERS})
@needs(Act.RELEASE)
def follow(request: HttpRequest, number: Number) -> Any:
    """Withdraw all that was released of the record made of what it takes back."""
    return inboxing.described(follow_taking_back(number, request.auth.name))


@router.post("/{number}/rejection", response={200: HandedInRow, **ANSWERS})
@needs(Act.WRITE)
def reject(request: HttpRequest, number: Number) -> Any:
    """Reject it: its bytes are destroyed, that it was there stays known. Again changes nothing."""
    return inboxing.described(reject_submitted(number, request.auth.name))
