"""A lost institution key: a new one, which no old key can vouch for, and a file that asks people to."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, keyrings, trail
from fourfold.node.actions.create_node import AHEAD, DELEGATED_DAYS
from fourfold.node.keys import INSTITUTION_PASSPHRASE, passphrase, write_key
from fourfold.node.models import Node, StatementKind, Tag
from fourfold.records.identity import delegate
from fourfold.records.signing import Signer
from fourfold.records.statements import SignedReplacement, replace_key


def replace_institution_key(actor: str) -> SignedReplacement:
    """Make a new institution key in place of a lost one; what is handed to each counterpart as a file.

    Everything that only the lost key has signed ends here at once, and at each counterpart when two of its
    people have accepted the new key; then both sides join and agree anew. Until then nothing is exchanged.

    Raises:
        RefusedError: the key file is still here, so that it can sign a succession.
        InputError: the passphrase cannot be read, or is too short.
    """
    file = settings.HOME.institution_key
    if file.exists():
        raise RefusedError(
            f"{file} is still here: if it opens, use `fourfold key succeed`. If it does not, or others may "
            "have it, move it away, then try again."
        )
    new, secret = Signer.generate(), passphrase(INSTITUTION_PASSPHRASE, "new institution key", new=True)
    write_key(file, new, secret)
    with transaction.atomic():
        own = Node.objects.select_for_update().get()
        now = clock.now()
        signed = delegate(
            new, own.node_key, now - AHEAD, now + timedelta(days=DELEGATED_DAYS), own.institution
        )
        made = replace_key(new, own.institution_key, own.name, now, signed)
        keyrings.keep_present(own, now)
        keyrings.keep(own.institution, StatementKind.REPLACEMENT, new.key, made, now, accepted=now)
        keyrings.keep_delegation(signed, now)
        own.institution_key, own.delegation = new.key, signed.model_dump_json().encode()
        own.save(update_fields=["institution_key", "delegation"])
        trail.note(Tag.KEY_REPLACED, now, subject=own.institution, actor=actor)
    return made
