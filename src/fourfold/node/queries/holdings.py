"""What both sides hold, as rows: each direction, and what this node does not know of itself."""

from typing import Any

from fourfold.node.actions.reconcile import sentence
from fourfold.node.models import Comparison, UnknownRelease


def compared() -> list[dict[str, Any]]:
    """The last comparison with each counterpart, in both directions."""
    rows = Comparison.objects.select_related("peer").order_by("peer__name", "ours")
    return [
        {
            "peer": row.peer.name,
            "direction": "it holds of us" if row.ours else "we hold of it",
            "here": row.count,
            "there": row.their_count,
            "root_here": row.root,
            "root_there": row.their_root,
            "agrees": row.agrees,
            "at": row.at.isoformat(timespec="seconds"),
            "sentence": sentence(row),
        }
        for row in rows
    ]


def unknown() -> list[dict[str, Any]]:
    """What counterparts say they hold of us, and this node does not know."""
    return [
        {
            "peer": row.peer.name,
            "object": row.stix_id,
            "version": row.version,
            "digest": row.digest,
            "told": row.told.isoformat(timespec="seconds"),
        }
        for row in UnknownRelease.objects.select_related("peer").order_by("peer__name", "pk")
    ]
