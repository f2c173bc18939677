"""Refusing a counterpart's new institution key: one person's doubt is enough."""

from django.db import transaction

from fourfold.errors import Fault, InputError
from fourfold.node import clock, trail
from fourfold.node.actions.accept_institution_key import waiting_for
from fourfold.node.models import Peer, Tag


def refuse_institution_key(peer: Peer, actor: str) -> str:
    """Let a new institution key wait no longer; the key. It comes back by a file or another succession only.

    Raises:
        InputError: nothing waits.
    """
    with transaction.atomic():
        row = waiting_for(peer)
        if row is None:
            raise InputError([Fault(f"No new institution key of {peer.name} waits here.")])
        now = clock.now()
        row.confirmations.all().delete()
        row.refused = now
        row.save(update_fields=["refused"])
        trail.note(Tag.KEY_REFUSED, now, peer=peer, subject=peer.institution, reason=row.kind, actor=actor)
    return row.key
