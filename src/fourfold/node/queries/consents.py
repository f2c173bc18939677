"""Requests for consent, and consents, as rows."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from fourfold.agreements import SignedConsent
from fourfold.errors import RefusedError
from fourfold.node import consenting
from fourfold.node.models import ConsentCase, ConsentDocument, Peer


def listed() -> list[dict[str, Any]]:
    """All requests, asked and received, newest first; then what this institution consented to by itself."""
    cases = ConsentCase.readable.select_related("peer", "document").order_by("-created", "-pk")
    own = ConsentDocument.readable.filter(originator=settings.NODE.id, case=None).order_by("-received")
    return [*(as_row(case) for case in cases), *(_own(each) for each in own)]


def as_row(case: ConsentCase) -> dict[str, Any]:
    """One request."""
    asked = consenting.request_of(case)
    return {
        "id": case.id,
        "asked": "by us" if case.ours else "of us",
        "with": case.peer.name,
        "recipient": asked.recipient_name,
        "object": asked.object,
        "fields": list(asked.onward.fields),
        "purpose": asked.purpose,
        "reason": asked.reason or "",
        "state": case.state,
        "until": _until(case.document),
        "record_digest": case.record_digest,
        "agreement": asked.agreement,
    }


def shown(request: str) -> dict[str, Any]:
    """One request with the very content that would go on, where this institution is asked; why not, if not.

    Raises:
        NotFoundError: there is none.
    """
    with transaction.atomic():
        case = consenting.case_of(request)
        return {**as_row(case), **({} if case.ours else _content(case))}


def _content(case: ConsentCase) -> Mapping[str, Any]:
    try:
        record = consenting.what_would_go_on(case)
    except RefusedError as error:
        return {"content": None, "problem": str(error)}
    return {"content": record.payload, "marking": record.marking.model_dump(mode="json"), "problem": ""}


def _own(document: ConsentDocument) -> dict[str, Any]:
    given = SignedConsent.model_validate_json(bytes(document.body)).consent
    name = Peer.objects.filter(pk=document.recipient).values_list("name", flat=True).first()
    return {
        "id": document.id,
        "asked": "own",
        "with": settings.NODE.name,
        "recipient": name or document.recipient,
        "object": "",
        "fields": sorted(given.fields),
        "purpose": given.purpose,
        "reason": "",
        "state": "revoked" if document.revoked else "granted",
        "until": _until(document),
        "record_digest": document.record_digest,
        "agreement": document.agreement_digest,
    }


def _until(document: ConsentDocument | None) -> str:
    return document.expires.isoformat() if document and document.expires else ""
