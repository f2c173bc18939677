"""Remembering a counterpart."""

from datetime import datetime

from fourfold.errors import RefusedError
from fourfold.node.joining import Introduction
from fourfold.node.models import Peer


def remember(who: Introduction, now: datetime) -> Peer:
    """The row of a counterpart whose fingerprint was compared; a known one gets its new address and node key.

    Raises:
        RefusedError: another counterpart has this node key.
    """
    given = who.delegation.delegation
    if Peer.objects.filter(node_key=given.node_key).exclude(pk=who.institution).exists():
        raise RefusedError("Another counterpart has this node key; a node acts for one institution only.")
    values = {
        "name": who.name,
        "institution_key": who.key,
        "node_key": given.node_key,
        "delegation": who.delegation.model_dump_json().encode(),
        "url": who.url,
    }
    peer, _ = Peer.objects.update_or_create(
        pk=who.institution, defaults=values, create_defaults={**values, "joined": now}
    )
    return peer
