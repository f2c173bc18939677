"""Remembering a counterpart, and what it says of its keys."""

from datetime import datetime

from fourfold.errors import RefusedError
from fourfold.node import keyrings
from fourfold.node.joining import Introduction
from fourfold.node.models import KeyStatement, Peer, StatementKind
from fourfold.records.keyring import Keyring


def remember(who: Introduction, now: datetime) -> Peer:
    """The row of a counterpart whose fingerprint was compared; a known one gets its new address and node key.

    Runs inside a transaction of its caller.

    Raises:
        RefusedError: another counterpart has this node key, or it is known by another institution key.
    """
    given = who.delegation.delegation
    refuse_shared(given.node_key, who.institution)
    before = Peer.objects.filter(pk=who.institution).first()
    if before is not None:
        _same_institution_key(before, who)
        keyrings.keep_delegation(before.signed_delegation, now)
    for each in who.successions if before is None else ():
        key = each.succession.new_key
        keyrings.keep(who.institution, StatementKind.SUCCESSION, key, each, now, accepted=now)
    keyrings.keep_delegation(who.delegation, now)
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


def refuse_shared(node_key: str, institution: str) -> None:
    """Refuse a node key that acts for another counterpart already.

    Raises:
        RefusedError: it does.
    """
    delegated = KeyStatement.objects.filter(kind=StatementKind.DELEGATION, key=node_key)
    shared = (
        Peer.objects.filter(node_key=node_key).exclude(pk=institution).exists()
        or delegated.exclude(institution=institution).exists()
    )
    if shared:
        raise RefusedError("Another counterpart has this node key; a node acts for one institution only.")


def settle(peer: Peer, ring: Keyring) -> None:
    """Let the row of a counterpart show the keys that speak for it now."""
    present = [each for each in ring.delegations if each.delegation.institution_key == ring.key]
    newest = max(present, key=lambda each: each.delegation.valid_from, default=None)
    peer.institution_key = ring.key
    if newest is not None:
        peer.node_key, peer.delegation = newest.delegation.node_key, newest.model_dump_json().encode()
    peer.save(update_fields=["institution_key", "node_key", "delegation"])


def _same_institution_key(before: Peer, who: Introduction) -> None:
    if before.institution_key != who.key:
        raise RefusedError(
            f"{before.name} is known here by another institution key. Two people accept the new one first: "
            "fourfold key accept."
        )
