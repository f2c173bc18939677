"""Consent: asking an originator whether something of its may go on; answering such requests."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from fourfold.node.actions.ask_consent import ask_consent
from fourfold.node.actions.decline_consent import decline_consent
from fourfold.node.actions.give_consent import give_consent
from fourfold.node.actions.grant_consent import grant_consent
from fourfold.node.actions.revoke_consent import revoke_consent
from fourfold.node.api import shapes
from fourfold.node.api.callers import needs
from fourfold.node.api.problems import ANSWERS
from fourfold.node.parties import find_peer
from fourfold.node.queries import consents
from fourfold.node.roles import Act

router = Router(tags=["Consent"])


@router.get("", response={200: list[shapes.ConsentOut], **ANSWERS}, by_alias=True)
@needs(Act.READ)
def list_consents(request: HttpRequest) -> Any:
    """Requests asked and received, and this institution's own consents."""
    del request
    return [_row(each) for each in consents.listed()]


@router.post("", response={201: shapes.ConsentOut, **ANSWERS}, by_alias=True)
@needs(Act.RELEASE)
def ask(request: HttpRequest, given: shapes.AskIn) -> Any:
    """Ask the originator of a record that is kept to pass on; no content travels."""
    made = ask_consent(given.record, find_peer(given.to), request.auth.name, given.reason)
    return Status(201, _row(consents.as_row(made)))


@router.post("/given", response={201: shapes.GivenOut, **ANSWERS})
@needs(Act.APPROVE)
def give(request: HttpRequest, given: shapes.GiveIn) -> Any:
    """Consent, as originator, that a record of one's own goes to a counterpart."""
    made = give_consent(given.record, find_peer(given.to), given.until, request.auth.name)
    return Status(201, {"id": made.id, "record_digest": made.record_digest})


@router.get("/{id}", response={200: shapes.ConsentShown, **ANSWERS}, by_alias=True)
@needs(Act.READ)
def show_consent(request: HttpRequest, id: shapes.Id) -> Any:  # noqa: A002  the name of the path's part
    """A request for consent; where this institution is asked, with the very content that would go on."""
    del request
    return {"content": None, "marking": None, "problem": "", **_row(consents.shown(id))}


@router.post("/{id}/grant", response={200: shapes.ConsentOut, **ANSWERS}, by_alias=True)
@needs(Act.APPROVE)
def grant(request: HttpRequest, id: shapes.Id, given: shapes.UntilIn) -> Any:  # noqa: A002  the name of the path's part
    """Consent to just what was asked, until a moment."""
    return _row(consents.as_row(grant_consent(id, given.until, request.auth.name)))


@router.post("/{id}/decline", response={200: shapes.ConsentOut, **ANSWERS}, by_alias=True)
@needs(Act.APPROVE)
def decline(request: HttpRequest, id: shapes.Id) -> Any:  # noqa: A002  the name of the path's part
    """Decline a request."""
    return _row(consents.as_row(decline_consent(id, request.auth.name)))


@router.post("/{id}/revocation", response={200: shapes.GivenOut, **ANSWERS})
@needs(Act.APPROVE)
def revoke(request: HttpRequest, id: shapes.Id) -> Any:  # noqa: A002  the name of the path's part
    """Take a consent back; at the holder it stops every delivery at once."""
    made = revoke_consent(id, request.auth.name)
    return {"id": made.id, "record_digest": made.record_digest}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "with_": row["with"], "until": row["until"] or None}
