"""Destroying what is due under the retention rules: the content goes, a tombstone and the evidence stay."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fourfold.node import clock, trail
from fourfold.node.destroying import destroy_received, destroy_record, purge
from fourfold.node.models import Peer, ReceiptOut, Received, ReceivedState, Release, Tag
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
    with transaction.atomic():
        if reason := why_kept(each, now):
            return reason
        if each.what is What.KEPT:
            destroy_record(each.id, actor, now, reason="retention")
        elif each.what is What.QUARANTINED:
            _destroy_quarantined(each.id, actor, now)
        else:
            _destroy_received(each.id, actor, now)
    return ""


def why_kept(each: Due, now: datetime) -> str:
    """Why something is not destroyed though it is due; empty: it is."""
    if each.held:
        return "a legal hold keeps it"
    if each.what is not What.KEPT:
        return ""
    releases = with_standing(Release.objects.filter(record=each.id), now).exclude(standing__in=SETTLED)
    names = ", ".join(sorted(set(releases.values_list("peer__name", flat=True))))
    waits = f"it is still released to {names}: withdraw it there first, and wait for the answer"
    return waits if names else ""


def _destroy_received(release: str, actor: str, now: datetime) -> None:
    for peer in Peer.objects.filter(received__object=release, received__wire__isnull=False).distinct():
        destroy_received(peer, release, now, ReceivedState.EXPIRED)
        trail.note(Tag.OBJECT_EXPIRED, now, peer=peer, subject=release, actor=actor)


def _destroy_quarantined(digest: str, actor: str, now: datetime) -> None:
    """Nothing stays of what was not accepted but its place in the trail: nobody's evidence rests on it."""
    for row in Received.objects.filter(digest=digest, state=ReceivedState.QUARANTINED).select_related("peer"):
        ReceiptOut.objects.filter(received=row).delete()
        row.delete()
        trail.note(
            Tag.OBJECT_EXPIRED, now, peer=row.peer, subject=row.object, actor=actor, reason="quarantine"
        )
