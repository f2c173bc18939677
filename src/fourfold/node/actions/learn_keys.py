"""Learning what a counterpart says of its keys: each statement is believed for its own signature."""

from datetime import datetime

from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, keyrings, possession, trail
from fourfold.node.models import Peer, ProofKind, StatementKind, Tag
from fourfold.records.keyring import News, news
from fourfold.records.statements import KeyHistory


def learn_keys(history: KeyHistory, signed_by: str | None = None) -> None:
    """Take what is new in a history of keys, from whoever brings it.

    What its present institution key signed is believed at once; a new institution key waits for two people;
    what another key signed is refused, and noted. Of an institution that is no counterpart nothing is taken,
    and nobody is told. `signed_by` is the key that signed the request which brought it to this node, body and
    all: so a node key of 0.3.0 shows for whom it acts.
    """
    peer = Peer.objects.filter(pk=history.institution).first()
    if peer is None:
        return
    now = clock.now()
    news(keyrings.ring_of(peer), history)  # whoever sends it: its signatures are checked before any lock
    with transaction.atomic():
        peer = Peer.objects.select_for_update().get(pk=peer.pk)
        found = news(keyrings.ring_of(peer), history)
        learned = _keep(peer, found, now)
        for reason in sorted(set(found.refused)):
            keyrings.note_refused(peer, reason, now)
        _prove(peer, history, signed_by, now)
        if learned:
            keyrings.settle(peer)


def _keep(peer: Peer, found: News, now: datetime) -> list[str]:
    learned = [*_delegations(peer, found, now)]
    for revoked in found.revocations:
        given = revoked.revocation
        if not keyrings.has_room(peer, StatementKind.REVOCATION, now):
            break
        keyrings.keep(peer.institution, StatementKind.REVOCATION, given.node_key, revoked, now, accepted=now)
        learned.append(f"revocation: {given.reason.value}")
    for each in found.successions:
        if not keyrings.has_room(peer, StatementKind.SUCCESSION, now):
            break
        key = each.succession.new_key
        row = keyrings.keep(peer.institution, StatementKind.SUCCESSION, key, each, now, accepted=None)
        if row.received == now:
            trail.note(Tag.KEY_WAITING, now, peer=peer, subject=peer.institution)
    for reason in learned:
        trail.note(Tag.KEY_LEARNED, now, peer=peer, subject=peer.institution, reason=reason)
    return learned


def _delegations(peer: Peer, found: News, now: datetime) -> list[str]:
    taken = []
    for signed in found.delegations:
        if not keyrings.has_room(peer, StatementKind.DELEGATION, now):
            break
        try:
            possession.refuse_another(signed.delegation.node_key, peer.institution)
        except RefusedError:
            keyrings.note_refused(peer, possession.SHARED, now)
            continue
        keyrings.keep_present(peer, now)
        keyrings.keep_delegation(signed, now)
        taken.append("delegation")
    return taken


def _prove(peer: Peer, history: KeyHistory, signed_by: str | None, now: datetime) -> None:
    """Keep what shows that node keys are its own: their word, or that one of them signed the request."""
    possession.prove_stated(peer, history.possessions, now)
    if signed_by is not None and signed_by in keyrings.ring_of(peer).ever():
        possession.prove(peer, signed_by, ProofKind.REQUEST, now)
