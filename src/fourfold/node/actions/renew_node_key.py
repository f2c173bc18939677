"""Renewing the node key: a new one is delegated, the old one acts no more from that moment on."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from fourfold.errors import SignatureError
from fourfold.node import clock, keyrings, trail
from fourfold.node.actions.create_node import AHEAD, DELEGATED_DAYS
from fourfold.node.keys import NODE_PASSPHRASE, institution_signer, passphrase, write_key
from fourfold.node.models import Node, StatementKind, Tag
from fourfold.node.possession import prove_own
from fourfold.records.identity import SignedDelegation, delegate
from fourfold.records.signing import Signer
from fourfold.records.statements import RevocationReason, revoke_key


def renew_node_key(actor: str, days: int = DELEGATED_DAYS) -> SignedDelegation:
    """Make a new node key, delegate it, and revoke the old one as renewed; the new key's delegation.

    What the old key signed keeps its force. Counterparts learn of it with the next sync. The files of the
    store and of the key change in one transaction; if that is interrupted, renew once more.

    Raises:
        InputError, RefusedError, SignatureError: the institution key or a passphrase is not here, or wrong.
    """
    institution = present_institution_key()
    secret = passphrase(NODE_PASSPHRASE, "node key")
    signer = Signer.generate()
    coming = settings.HOME.node_key.with_name("node-next.pem")
    write_key(coming, signer, secret)
    with transaction.atomic():
        own = Node.objects.select_for_update().get()
        now = clock.now()
        _revoke_present(own, institution, now)
        signed = delegate(institution, signer.key, now - AHEAD, now + timedelta(days=days), own.institution)
        keyrings.keep_delegation(signed, now)
        own.node_key, own.delegation = signer.key, signed.model_dump_json().encode()
        own.save(update_fields=["node_key", "delegation"])
        prove_own(signer, now)
        trail.note(Tag.KEY_RENEWED, now, subject=own.institution, actor=actor)
        coming.replace(settings.HOME.node_key)
    return signed


def present_institution_key() -> Signer:
    """The institution key, if it is the one that speaks now.

    Raises:
        SignatureError: the file holds another, one that was succeeded perhaps.
    """
    institution = institution_signer()
    if institution.key != Node.objects.get().institution_key:
        raise SignatureError("The key file holds another institution key than the one that speaks now.")
    return institution


def _revoke_present(own: Node, institution: Signer, now: datetime) -> None:
    keyrings.keep_present(own, now)
    if keyrings.ring_of(own).revocation(own.node_key) is None:
        revoked = revoke_key(institution, own.institution, own.node_key, now, RevocationReason.RENEWED)
        keyrings.keep(own.institution, StatementKind.REVOCATION, own.node_key, revoked, now, accepted=now)
