"""Destroying: the one place where content goes, wherever on this node it lies; tombstones and evidence stay.

A withdrawal by its originator, the retention rules and a rejection all come here. What was made of a thing
goes with it: files, copies handed in or kept to pass on, releases, steps, what somebody proposed. A new
column or folder that can hold content has its place here too.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from fourfold.canon import canonical_bytes
from fourfold.node import files, models, trail
from fourfold.node.inboxing import settle_proposals
from fourfold.node.recalling import recall

DESTROYED = "Destroyed: withdrawn by its originator"
_HOLDING = (
    models.CourseStep,
    models.Proposal,
    models.Received,
    models.ReceivedFile,
    models.RecordVersion,
    models.ReleaseVersion,
    models.Submission,
    models.Submitted,
)
"""The tables that hold content, or names of files."""


def destroy_record(
    record: str, actor: str, now: datetime, *, reason: str = "", envelope: bool = False
) -> tuple[str, ...]:
    """Destroy the content of a record in all its versions; the digests of the files that go with it.

    With `envelope` there is still a latest version, without a payload: who made it of what, and how it is
    marked. Runs inside a transaction; `purge` comes after it.
    """
    versions = models.RecordVersion.objects.filter(record=record)
    for release in models.ReleaseVersion.objects.filter(release__record=record, revoked=False):
        _empty_release(release)
    recall(models.CourseStep.objects.filter(record=record), now)
    models.Seal.objects.filter(version__in=versions).update(secret="")
    waiting = models.Proposal.objects.filter(subject=record, decided=None)
    waiting.update(body=b"", decided=now, decided_by=actor)
    for row in models.Submitted.objects.filter(record=record):
        empty_submitted(row, actor, now)
    named = models.RecordFile.objects.filter(version__in=versions)
    lost = _give_up(named, now)
    if envelope:
        _strip(versions, now)
    else:
        versions.update(body=b"", title="", folded="", source="", latest=False, destroyed=now)
    trail.note(models.Tag.RECORD_DESTROYED, now, subject=record, actor=actor, reason=reason)
    return lost


def destroy_received(
    peer: models.Peer, release: str, now: datetime, state: models.ReceivedState
) -> tuple[str, ...]:
    """Destroy every version held of a release, in quarantine too; the digests of the files that go with it.

    Runs inside a transaction; `purge` comes after it.
    """
    rows = models.Received.objects.filter(peer=peer, object=release)
    held = rows.filter(wire__isnull=False, revoked=False)  # what withdraws holds no content
    held.exclude(state=models.ReceivedState.QUARANTINED).update(state=state)
    held.update(
        wire=None, title="", folded="", withdrawn=now if state == models.ReceivedState.WITHDRAWN else None
    )
    recall(models.CourseStep.objects.filter(received__in=rows), now)
    return _give_up(models.ReceivedFile.objects.filter(received__in=rows), now)


def empty_submitted(row: models.Submitted, actor: str, now: datetime) -> None:
    """Destroy what was handed in, and all that quotes it; its digest and its sender's id for it stay."""
    row.wire, row.title, row.notes, row.faults = None, "", [], []
    row.save(update_fields=["wire", "title", "folded", "notes", "faults"])
    delivery = row.submission
    for told in delivery.failures:
        if told["id"] in {row.stix_id, "unreadable"}:
            told.pop("message", None)
    delivery.save(update_fields=["failures"])
    settle_proposals(row, now, actor)


def purge(*, destroyed: bool) -> None:
    """Let as little as possible of what was destroyed stay behind on the disk; outside of any transaction.

    Files go. SQLite overwrites deleted content (secure_delete), but its write-ahead log holds earlier pages
    until it is emptied. PostgreSQL has no such thing: VACUUM gives the space of deleted rows free, to be
    overwritten sooner or later; until then counts what receipts say of backups (docs/decisions/0009).
    """
    files.sweep()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        elif destroyed:
            for model in _HOLDING:
                cursor.execute(f'VACUUM "{model._meta.db_table}"')  # noqa: SLF001  Django's documented interface


def _give_up(
    named: QuerySet[models.RecordFile] | QuerySet[models.ReceivedFile], now: datetime
) -> tuple[str, ...]:
    digests = set(named.values_list("digest", flat=True))
    named.delete()
    return files.give_up(digests, now)


def _empty_release(version: models.ReleaseVersion) -> None:
    """Keep of a version only what its evidence needs: digest, salt, times; no field and no secret."""
    bare = version.content().model_copy(update={"fields": {}})
    version.wire, version.secret = b"", ""
    version.body = canonical_bytes(bare.model_dump(mode="json"))
    version.save(update_fields=["wire", "body", "secret"])


def _strip(versions: Iterable[models.RecordVersion], now: datetime) -> None:
    for row in versions:
        if row.destroyed is None:
            bare = row.content().model_copy(update={"payload": {}})
            row.body = canonical_bytes(bare.model_dump(mode="json"))
            row.title, row.destroyed = DESTROYED, now
            row.save(update_fields=["body", "title", "folded", "destroyed"])
