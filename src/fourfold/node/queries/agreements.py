"""Agreements as rows."""

from typing import Any

from fourfold.errors import Fault, InputError
from fourfold.node import clock
from fourfold.node.models import Agreement
from fourfold.node.standing import last_countersigned, standing_of


def listed() -> list[dict[str, Any]]:
    """All agreements, the oldest first."""
    return [as_row(row) for row in Agreement.objects.order_by("created", "number")]


def one(digest: str) -> Agreement:
    """The agreement whose digest begins so.

    Raises:
        InputError: there is none, or several.
    """
    wanted = digest if digest.startswith("sha256:") else f"sha256:{digest}"
    rows = list(Agreement.objects.filter(digest__startswith=wanted)[:2])
    if len(rows) == 1:
        return rows[0]
    said = "Several agreements have" if rows else "No agreement has"
    raise InputError([Fault(f"{said} a digest that begins with {digest}.", remedy="See agreement list.")])


def as_row(row: Agreement) -> dict[str, Any]:
    """One agreement and where it stands now."""
    last, now = last_countersigned(), clock.now()
    state = standing_of(row).state(now if last is None else max(now, last))
    names = {party.id: party.name for party in row.content().parties}
    parties = list(row.parties.order_by("institution"))
    return {
        "id": row.agreement,
        "title": row.title,
        "number": row.number,
        "founding": row.founding,
        "digest": row.digest,
        "state": state.value,
        "signed_by": [names[party.institution] for party in parties if party.signature],
        "waits_for": ", ".join(names[party.institution] for party in parties if not party.signature),
    }
