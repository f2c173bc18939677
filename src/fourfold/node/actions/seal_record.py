"""Sealing a record that is kept: its salted hash goes into a counterpart's log, and nothing else leaves."""

from django.db import transaction

from fourfold.canon import canonical_bytes, new_salt
from fourfold.errors import RefusedError
from fourfold.log import leaf_hash
from fourfold.node import clock, keeping, ledger, trail
from fourfold.node.kinds import kind_of
from fourfold.node.models import Leaf, Peer, Seal, Tag
from fourfold.records.holding import holding
from fourfold.records.signing import Purpose


def seal_record(record: str, witness: Peer, actor: str, seen: str | None = None) -> Seal:
    """Seal the latest version of a record before a witness. A second time changes nothing.

    The witness learns that its log has one more entry; it countersigns the log when it collects next, and
    that dates the seal. `seen` is the digest of the version that somebody looked at.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: it was changed since it was seen; or it was withdrawn from this institution, and cannot
            be sealed any more.
    """
    row, now = keeping.latest(record, seen), clock.now()
    known = Seal.objects.filter(version=row, witness=witness).first()
    if known is not None:
        return known
    content = row.content()
    if content.digest() != row.digest:
        raise RefusedError("The content of this record was destroyed; there is nothing to seal.")
    salt, secret = new_salt(), new_salt()
    statement = holding(content, kind_of(row.kind), secret)
    with transaction.atomic():
        log = ledger.log_of(witness)
        index = ledger.append(log, leaf_hash(salt, statement.digest(), Purpose.SEAL))
        made = Seal.objects.create(
            version=row,
            witness=witness,
            statement=canonical_bytes(statement.model_dump(mode="json")),
            salt=salt,
            secret=secret,
            leaf=Leaf.objects.get(log=log, index=index),
            created=now,
        )
        trail.note(Tag.RECORD_SEALED, now, peer=witness, subject=record, actor=actor)
    return made
