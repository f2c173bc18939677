"""Revoking a node key that somebody else may have."""

from datetime import datetime

from django.db import transaction

from fourfold.errors import Fault, InputError
from fourfold.node import clock, keyrings, trail
from fourfold.node.actions.renew_node_key import present_institution_key
from fourfold.node.models import Node, StatementKind, Tag
from fourfold.records.signing import fingerprint
from fourfold.records.statements import KeyRevocation, RevocationReason, revoke_key


def revoke_node_key(wanted: str, actor: str, since: datetime | None = None) -> KeyRevocation:
    """Revoke a node key of this institution as compromised, from a moment on (None: now), by its fingerprint.

    Counterparts believe nothing by it that reaches them from then on, whatever date it bears; what they hold
    already stays. To revoke it again changes nothing. A node whose key was revoked needs a new one: renew.

    Raises:
        InputError: no node key of this institution has this fingerprint.
        SignatureError: the institution key is not the one that speaks now.
    """
    ring = keyrings.own_ring()
    key = _named(wanted, ring.ever())
    before = ring.revocation(key)
    if before is not None and before.reason is RevocationReason.COMPROMISED:
        return before
    institution = present_institution_key()
    with transaction.atomic():
        own = Node.objects.select_for_update().get()
        now = clock.now()
        made = revoke_key(institution, own.institution, key, since or now, RevocationReason.COMPROMISED)
        keyrings.keep_present(own, now)
        keyrings.keep(own.institution, StatementKind.REVOCATION, key, made, now, accepted=now)
        trail.note(Tag.KEY_REVOKED, now, subject=own.institution, reason="compromised", actor=actor)
    return made.revocation


def _named(wanted: str, keys: frozenset[str]) -> str:
    text = "".join(wanted.split()).lower()
    for key in keys:
        if "".join(fingerprint(key).split()) == text:
            return key
    remedy = "`fourfold key show` lists them."
    raise InputError(
        [Fault(f"No node key of this institution has the fingerprint {wanted!r}.", remedy=remedy)]
    )
