"""Letting a stub stand for a record that is kept apart: one counterpart learns that there is one."""

from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, releasing, trail
from fourfold.node.actions.add_record import SYSTEM
from fourfold.node.models import Peer, RecordVersion, ReleaseVersion, Tag


def stub_record(record: str, peer: Peer, actor: str, seen: str | None = None) -> ReleaseVersion:
    """Release a stub of a record's latest version: an id, the kind, the label and the day, nothing else.

    The choice stays with the record. To do it again changes nothing. `seen` is the digest of the version that
    somebody looked at.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: it was changed since it was seen; or no stub may leave: the message has all reasons, and
            the trail notes the attempt.
    """
    row, now = keeping.latest(record, seen), clock.now()
    if row.kind in SYSTEM:
        raise RefusedError("A stub stands for what people keep, not for what was sealed or signed.")
    try:
        with transaction.atomic():
            RecordVersion.objects.filter(pk=row.pk).update(wants_stub=True)
            row.wants_stub = True
            return releasing.release_stub(row, peer, actor, now)
    except RefusedError:
        trail.note(Tag.RELEASE_WITHHELD, now, peer=peer, subject=record, actor=actor, reason="stub")
        raise
