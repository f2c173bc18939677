"""Counterparts as rows."""

from typing import Any

from fourfold.node.parties import nodes
from fourfold.records.signing import fingerprint_shown


def listed() -> list[dict[str, Any]]:
    """All counterparts, by name."""
    return [
        {
            "name": peer.name,
            "id": peer.institution,
            "fingerprint": fingerprint_shown(peer.institution_key),
            "node_fingerprint": fingerprint_shown(peer.node_key),
            "url": peer.url,
            "joined": peer.joined.isoformat(),
            "last_sync": peer.last_pulled.isoformat(timespec="seconds") if peer.last_pulled else None,
            "problem": peer.last_error,
        }
        for peer in nodes()
    ]
