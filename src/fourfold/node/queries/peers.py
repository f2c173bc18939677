"""Counterparts as rows."""

from typing import Any

from fourfold.node.models import Peer
from fourfold.node.models.reading import sees_logs
from fourfold.node.parties import nodes
from fourfold.records.signing import fingerprint_shown

UNTOLD = "The last collection had a problem. The commands on the node's machine say which."


def problem_of(peer: Peer) -> str:
    """What went wrong when it was last collected from; that may count things, which not everybody may."""
    return UNTOLD if peer.last_error and not sees_logs() else str(peer.last_error)


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
            "problem": problem_of(peer),
        }
        for peer in nodes()
    ]
