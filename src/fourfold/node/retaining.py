"""What the retention rules ask for at this moment: the rules of this node, and all that is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from fourfold.node.kinds import kinds
from fourfold.node.models import Derived, Hold, Peer, Received, ReceivedState, RecordVersion
from fourfold.records.retention import Retention, What, read_retention


@dataclass(frozen=True, slots=True)
class Due:
    """One thing whose time is over; `held` if a legal hold keeps it."""

    what: What
    id: str
    kind: str
    since: datetime
    ends: datetime
    held: bool


def rules() -> Retention:
    """The rules in retention.yaml of the node's folder; without the file there are none.

    Raises:
        InputError: the file is faulty; all faults.
    """
    file = settings.HOME.retention_file
    if not file.exists():
        return Retention()
    return read_retention(file.read_bytes(), file=str(file), kinds=frozenset(kinds()))


def due(now: datetime) -> tuple[Due, ...]:
    """All that is due, the longest overdue first."""
    given, held = rules(), holds()
    found = [
        Due(what, id_, kind, since, ends, id_ in held)
        for what, id_, kind, since in (*_kept(), *_received(), *_quarantined(held))
        if (ends := given.ends(what, kind, since)) is not None and ends <= now
    ]
    return tuple(sorted(found, key=lambda each: (each.ends, each.id)))


def holds() -> frozenset[str]:
    """What a legal hold keeps."""
    return frozenset(Hold.objects.filter(lifted=None).values_list("subject", flat=True))


def held_from(peer: Peer) -> frozenset[str]:
    """Which releases of a counterpart a legal hold keeps: by themselves, or as copies kept to pass on."""
    held = holds()
    copies = Derived.objects.filter(origin=peer, verbatim=True, record__in=held)
    return held | frozenset(copies.values_list("object", flat=True))


def horizon(now: datetime) -> datetime | None:
    """When the last backup that may still hold what is destroyed now is gone (None: no backups)."""
    return now + timedelta(days=settings.NODE.backup_days) if settings.NODE.backup_days else None


def _kept() -> Iterator[tuple[What, str, str, datetime]]:
    rows = RecordVersion.objects.filter(latest=True).values_list("record", "kind", "modified")
    return ((What.KEPT, *row) for row in rows.iterator())


def _received() -> Iterator[tuple[What, str, str, datetime]]:
    rows = Received.objects.filter(state=ReceivedState.STORED, wire__isnull=False)
    newest = rows.values_list("object", "kind").annotate(Max("received")).order_by()
    return ((What.RECEIVED, *row) for row in newest.iterator())


def _quarantined(held: frozenset[str]) -> Iterator[tuple[What, str, str, datetime]]:
    """What was not accepted goes by the digest of its bytes: what it says of itself is nobody's word."""
    rows = Received.objects.filter(state=ReceivedState.QUARANTINED).exclude(object__in=held)
    found = rows.order_by("pk").values_list("digest", "received")
    return ((What.QUARANTINED, digest, "", received) for digest, received in found.iterator())
