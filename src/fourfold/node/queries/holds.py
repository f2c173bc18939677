"""Legal holds as rows."""

from typing import Any

from django.db.models import F

from fourfold.node.models import Hold


def listed() -> list[dict[str, Any]]:
    """All holds, standing ones first."""
    return [as_row(row) for row in Hold.readable.order_by(F("lifted").desc(nulls_first=True), "-placed")]


def as_row(row: Hold) -> dict[str, Any]:
    """One hold."""
    return {
        "id": row.subject,
        "reason": row.reason,
        "placed": row.placed.isoformat(),
        "placed_by": row.placed_by,
        "lifted": row.lifted.isoformat() if row.lifted else "",
        "lifted_by": row.lifted_by,
    }
