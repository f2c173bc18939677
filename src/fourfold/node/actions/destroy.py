"""Destroying what a counterpart withdrew: the bytes go, a tombstone stays."""

from datetime import datetime

from django.db import connection

from fourfold.node.files import give_up, sweep
from fourfold.node.models import (
    CourseStep,
    Peer,
    Received,
    ReceivedFile,
    ReceivedState,
    RecordVersion,
    ReleaseVersion,
    Submitted,
    Tag,
)
from fourfold.node.trail import note


def destroy(peer: Peer, release: str, now: datetime) -> tuple[str, ...]:
    """Destroy the bytes of every version held of a release, in quarantine too; the digests of what was there.

    Runs inside the transaction that stores the withdrawal.
    """
    rows = Received.objects.filter(peer=peer, object=release, wire__isnull=False)
    digests = tuple(rows.order_by("version").values_list("digest", flat=True))
    rows.exclude(state=ReceivedState.QUARANTINED).update(state=ReceivedState.WITHDRAWN)
    rows.update(wire=None, title="", withdrawn=now)
    note(Tag.OBJECT_DESTROYED, now, peer=peer, subject=release)
    return (*digests, *_files(peer, release, now))


def _files(peer: Peer, release: str, now: datetime) -> tuple[str, ...]:
    """Give up the files that only this release named; their digests."""
    rows = ReceivedFile.objects.filter(received__peer=peer, received__object=release)
    digests = set(rows.values_list("digest", flat=True))
    rows.delete()
    return give_up(digests, now)


def purge(*, destroyed: bool) -> None:
    """Let as little as possible of what was destroyed stay behind on the disk; outside of any transaction.

    Files go. SQLite overwrites deleted content (secure_delete), but its write-ahead log holds earlier pages
    until it is emptied. PostgreSQL has no such thing: VACUUM gives the space of deleted rows free, to be
    overwritten sooner or later; until then counts what receipts say of backups (docs/decisions/0009).
    """
    sweep()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        elif destroyed:
            for model in (CourseStep, Received, RecordVersion, ReleaseVersion, Submitted):
                cursor.execute(f'VACUUM "{model._meta.db_table}"')  # noqa: SLF001  Django's documented interface
