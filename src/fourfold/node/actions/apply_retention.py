"""Destroying what is due under the retention rules: the content goes, a tombstone and the evidence stay."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fourfold.canon import canonical_bytes
from fourfold.node import clock, files, trail
from fourfold.node.actions.destroy import purge
from fourfold.node.models import (
    CourseStep,
    Proposal,
    ReceiptOut,
    Received,
    ReceivedFile,
    ReceivedState,
    RecordFile,
    RecordVersion,
    Release,
    ReleaseVersion,
    Tag,
)
from fourfold.node.recalling import recall
from fourfold.node.retaining import Due, due, horizon
from fourfold.node.withdrawing import SETTLED, with_standing
from fourfold.records.retention import What


@dataclass(frozen=True, slots=True)
class Applied:
    """What was destroyed; what was not, with why; when the last backup of it is gone."""

    destroyed: tuple[Due, ...]
    kept: tuple[tuple[Due, str], ...]
    backups_until: datetime | None


def apply_retention(actor: str) -> Applied:
    """Destroy all that is due, each in a transaction of its own; safe to break off and to repeat.

    Raises:
        InputError: the rules are faulty; nothing was destroyed.
    """
    now, destroyed, kept = clock.now(), [], []
    for each in due(now):
        reason = _destroy(each, actor, now)
        if reason:
            kept.append((each, reason))
        else:
            destroyed.append(each)
    purge(destroyed=bool(destroyed))
    return Applied(tuple(destroyed), tuple(kept), horizon(now))


def _destroy(each: Due, actor: str, now: datetime) -> str:
    """Destroy one thing, or say why not."""
    if each.held:
        return "a legal hold keeps it"
    with transaction.atomic():
        if each.what is What.KEPT:
            return _destroy_record(each.id, actor, now)
        if each.what is What.QUARANTINED:
            return _destroy_quarantined(each.id, actor, now)
        return _destroy_received(each.id, actor, now)


def _destroy_record(record: str, actor: str, now: datetime) -> str:
    releases = Release.objects.filter(record=record)
    open_ = with_standing(releases, now).exclude(standing__in=SETTLED).select_related("peer")
    if open_:
        names = ", ".join(sorted({release.peer.name for release in open_}))
        return f"it is still released to {names}: withdraw it there first, and wait for the answer"
    for version in ReleaseVersion.objects.filter(release__in=releases, revoked=False):
        _empty(version)
    versions = RecordVersion.objects.filter(record=record)
    digests = set(RecordFile.objects.filter(version__in=versions).values_list("digest", flat=True))
    RecordFile.objects.filter(version__in=versions).delete()
    files.give_up(digests, now)
    Proposal.objects.filter(subject=record, decided=None).update(body=b"", decided=now, decided_by=actor)
    versions.update(body=b"", title="", source="", latest=False, destroyed=now)
    trail.note(Tag.RECORD_DESTROYED, now, subject=record, actor=actor, reason="retention")
    return ""


def _empty(version: ReleaseVersion) -> None:
    """Keep of a version only what its evidence needs: digest, salt, times; no field and no secret."""
    bare = version.content().model_copy(update={"fields": {}})
    version.wire, version.secret = b"", ""
    version.body = canonical_bytes(bare.model_dump(mode="json"))
    version.save(update_fields=["wire", "body", "secret"])


def _destroy_received(release: str, actor: str, now: datetime) -> str:
    rows = Received.objects.filter(object=release, wire__isnull=False)
    named = ReceivedFile.objects.filter(received__object=release)
    digests = set(named.values_list("digest", flat=True))
    named.delete()
    files.give_up(digests, now)
    peer = rows.first().peer
    rows.update(wire=None, title="", state=ReceivedState.EXPIRED)
    recall(CourseStep.objects.filter(received__object=release), now)
    trail.note(Tag.OBJECT_EXPIRED, now, peer=peer, subject=release, actor=actor)
    return ""


def _destroy_quarantined(digest: str, actor: str, now: datetime) -> str:
    """Nothing stays of what was not accepted but its place in the trail: nobody's evidence rests on it."""
    for row in Received.objects.filter(digest=digest, state=ReceivedState.QUARANTINED).select_related("peer"):
        ReceiptOut.objects.filter(received=row).delete()
        row.delete()
        trail.note(
            Tag.OBJECT_EXPIRED, now, peer=row.peer, subject=row.object, actor=actor, reason="quarantine"
        )
    return ""
