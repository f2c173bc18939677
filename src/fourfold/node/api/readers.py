"""Who may read what: two people grant it, one ends it; neither reads anything by that."""

from datetime import UTC
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from fourfold.errors import NotFoundError
from fourfold.node.actions.decide_grant import confirm_grant, drop_grant
from fourfold.node.actions.end_grant import end_grant, end_name
from fourfold.node.actions.propose_grant import NewGrant, propose_grant
from fourfold.node.api.callers import needs
from fourfold.node.api.problems import ANSWERS
from fourfold.node.api.shapes.common import Number
from fourfold.node.api.shapes.readers import GapOut, GrantIn, GrantOut, NamedOut, ReaderOut
from fourfold.node.models import Grant
from fourfold.node.queries import readers
from fourfold.node.roles import Act

router = Router(tags=["Readers"])


@router.get("", response={200: list[ReaderOut], **ANSWERS})
@needs(Act.VOUCH)
def list_readers(request: HttpRequest) -> Any:
    """All accounts, with what each may read and what waits for a second person."""
    del request
    return readers.listed()


@router.get("/missing", response={200: list[GapOut], **ANSWERS})
@needs(Act.VOUCH)
def list_gaps(request: HttpRequest) -> Any:
    """What is kept and nobody reads, or nobody who could approve that it leaves: labels and ids alone."""
    del request
    return readers.gap_rows()


@router.post("/grants", response={201: GrantOut, **ANSWERS})
@needs(Act.GRANT)
def propose(request: HttpRequest, given: GrantIn) -> Any:
    """Propose that an account may read more; never one's own."""
    until = given.until
    new = NewGrant(
        given.account,
        given.ceiling,
        tuple(given.caveats),
        None if given.activities is None else tuple(given.activities),
        tuple(given.named),
        given.reason,
        until.replace(tzinfo=UTC) if until is not None and until.tzinfo is None else until,
    )
    return Status(201, readers.one_grant(propose_grant(new, request.auth.name)))


@router.get("/grants/{number}", response={200: GrantOut, **ANSWERS})
@needs(Act.VOUCH)
def show_grant(request: HttpRequest, number: Number) -> Any:
    """One grant, whatever became of it."""
    del request
    row = Grant.objects.select_related("account").filter(pk=number).first()
    if row is None:
        raise NotFoundError("There is no grant of this number.")
    return readers.one_grant(row)


@router.post("/grants/{number}/confirmation", response={200: GrantOut, **ANSWERS})
@needs(Act.VOUCH)
def confirm(request: HttpRequest, number: Number) -> Any:
    """Confirm it as a second person, who is neither who proposed it nor who is to read."""
    return readers.one_grant(confirm_grant(number, request.auth.name))


@router.delete("/grants/{number}/proposal", response={200: GrantOut, **ANSWERS})
@needs(Act.VOUCH)
def drop(request: HttpRequest, number: Number) -> Any:
    """Drop what waits for a second person."""
    return readers.one_grant(drop_grant(number, request.auth.name))


@router.delete("/grants/{number}", response={200: GrantOut, **ANSWERS})
@needs(Act.GRANT)
def end(request: HttpRequest, number: Number) -> Any:
    """End a grant, at once; a second time changes nothing."""
    return readers.one_grant(end_grant(number, request.auth.name))


@router.delete("/names/{number}", response={200: NamedOut, **ANSWERS})
@needs(Act.GRANT)
def end_naming(request: HttpRequest, number: Number) -> Any:
    """End that an account is named for one thing, at once."""
    row = end_name(number, request.auth.name)
    return {"number": row.pk, "id": row.subject}
