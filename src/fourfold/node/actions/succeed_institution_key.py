"""Succession: the institution key names another that takes its place."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from fourfold.node import clock, keyrings, trail
from fourfold.node.actions.create_node import AHEAD, DELEGATED_DAYS
from fourfold.node.actions.renew_node_key import present_institution_key
from fourfold.node.keys import INSTITUTION_PASSPHRASE, passphrase, write_key
from fourfold.node.models import Node, StatementKind, Tag
from fourfold.records.identity import delegate
from fourfold.records.signing import Signer, fingerprint
from fourfold.records.statements import Succession, succeed


def succeed_institution_key(actor: str) -> Succession:
    """Make a new institution key, named by the old one, and let it delegate to the node key in use.

    The old key's file stays beside the new one under its fingerprint; take both away. Agreements go on. Each
    counterpart goes on by the old key until two of its people have accepted the new one.

    Raises:
        InputError, RefusedError, SignatureError: the institution key or its passphrase is not here, or wrong.
    """
    old = present_institution_key()
    file = settings.HOME.institution_key
    new, secret = Signer.generate(), passphrase(INSTITUTION_PASSPHRASE, "institution key")
    coming = file.with_name("institution-next.pem")
    write_key(coming, new, secret)
    with transaction.atomic():
        own = Node.objects.select_for_update().get()
        now = clock.now()
        made = succeed(old, new, own.institution, now)
        signed = delegate(
            new, own.node_key, now - AHEAD, now + timedelta(days=DELEGATED_DAYS), own.institution
        )
        keyrings.keep_present(own, now)
        keyrings.keep(own.institution, StatementKind.SUCCESSION, new.key, made, now, accepted=now)
        keyrings.keep_delegation(signed, now)
        own.institution_key, own.delegation = new.key, signed.model_dump_json().encode()
        own.save(update_fields=["institution_key", "delegation"])
        trail.note(Tag.KEY_SUCCEEDED, now, subject=own.institution, actor=actor)
        file.replace(file.with_name(f"institution-{fingerprint(old.key)[:4]}-succeeded.pem"))
        coming.replace(file)
    return made.succession
