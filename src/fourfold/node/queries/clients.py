"""Third-party clients as rows."""

from typing import Any

from django.conf import settings

from fourfold.node import clock
from fourfold.node.models import Client, Submitted, SubmittedState


def address() -> str:
    """Where a client begins."""
    return f"{settings.NODE.url.rstrip('/')}/taxii2/"


def listed() -> list[dict[str, Any]]:
    """All clients, by name."""
    return [as_row(row) for row in Client.objects.select_related("peer", "terms").order_by("peer__name")]


def as_row(row: Client) -> dict[str, Any]:
    """One client: who it is, on what terms, whether its token counts; never the token."""
    open_slices = [part for part in row.terms.content().slices if part.directions]
    return {
        "name": row.peer.name,
        "id": row.peer_id,
        "state": _state(row),
        "expires": row.expires.isoformat(timespec="seconds"),
        "last_used": row.last_used.isoformat(timespec="seconds") if row.last_used else None,
        "may_submit": row.may_submit,
        "ceiling": max((part.ceiling for part in open_slices), key=lambda tlp: tlp.rank, default=None),
        "slices": [part.id for part in open_slices],
        "terms": row.terms_id,
        "waiting": Submitted.readable.filter(
            client=row, state__in=(SubmittedState.WAITING, SubmittedState.QUARANTINED)
        ).count(),
        "added_by": row.author,
        "second": row.second,
    }


def _state(row: Client) -> str:
    if row.revoked is not None:
        return "revoked"
    return "active" if clock.now() < row.expires else "expired"
