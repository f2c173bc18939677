"""What an operator wants to know before it hurts, as numbers and moments: for `node check` and the metrics.

Nothing here says what is good or bad; `watching` does.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Coalesce, Length

from fourfold.node import clock
from fourfold.node.home import write_private
from fourfold.node.models import Checkpoint, Client, Received, ReceivedState, Release
from fourfold.node.parties import nodes
from fourfold.node.withdrawing import AWAITED, standing_as

_LATEST = 5
"""So many of the last countersignatures tell of a counterpart's clock."""


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes on the disk where the node's folder lies, and those that its store takes there."""

    free: int
    store: int


def disk() -> Disk:
    """The disk as it is now."""
    store = settings.HOME.store
    size = store.stat().st_size if store.exists() else 0
    return Disk(shutil.disk_usage(settings.HOME.path).free, size)


def note_backup(now: datetime) -> None:
    """Remember that a backup was written, whole."""
    write_private(_backup_file(), now.isoformat().encode())


def last_backup() -> datetime | None:
    """When the last backup was written whole, by this folder's own command; None: never."""
    return _noted(_backup_file())


def note_collection() -> None:
    """Remember that the process that collects has just done so, whatever came of it."""
    write_private(_collection_file(), clock.now().isoformat().encode())


def last_collection() -> datetime | None:
    """When the process that collects last did; None: never."""
    return _noted(_collection_file())


def quarantined() -> Mapping[str, tuple[int, int]]:
    """How many objects of each counterpart lie in quarantine, and how many bytes, by name."""
    rows = Received.objects.filter(state=ReceivedState.QUARANTINED).values("peer__name").order_by()
    found = rows.annotate(count=Count("pk"), size=Sum(Length("wire")))
    return {row["peer__name"]: (row["count"], row["size"] or 0) for row in found}


def clock_offsets() -> Mapping[str, timedelta]:
    """How far each counterpart's clock is ahead of this one (negative: behind), by name, at the least.

    A countersignature bears the counterpart's time, and arrives a little later: of the last few, that which
    took the shortest way tells best.
    """
    found = {}
    for peer in nodes():
        rows = Checkpoint.objects.filter(log__peer=peer).exclude(cosigned=None).exclude(cosigned_at_peer=None)
        latest = rows.order_by("-cosigned").values_list("cosigned_at_peer", "cosigned")[:_LATEST]
        if differences := [theirs - ours for theirs, ours in latest]:
            found[peer.name] = max(differences)
    return found


def countersigned() -> Mapping[str, datetime]:
    """When each counterpart last countersigned the log for it, by its name."""
    rows = Checkpoint.objects.exclude(log__peer=None).exclude(cosigned=None).values_list("log__peer__name")
    return dict(rows.annotate(last=Max(Coalesce("renewed_at_peer", "cosigned_at_peer"))).order_by())


def awaited(now: datetime) -> Mapping[str, datetime]:
    """Since when the oldest withdrawal waits for each recipient that can be told or can answer, by name."""
    rows = standing_as(Release.objects, now, *AWAITED)
    return dict(rows.values_list("peer__name").annotate(oldest=Min("withdrawn")).order_by())


def tokens() -> Mapping[str, datetime]:
    """Until when the token of each third-party client counts, by its name; those revoked aside."""
    return dict(Client.objects.filter(revoked=None).values_list("peer__name", "expires"))


def delegations() -> Mapping[str, datetime]:
    """Until when each counterpart's node key may act for it, as far as is known here, by name."""
    found = {peer.name: peer.signed_delegation for peer in nodes()}
    return {name: signed.delegation.valid_until for name, signed in found.items() if signed}


def _noted(file: Path) -> datetime | None:
    """The moment that a file holds; none while it is missing or, as 0.3.0 left it, empty."""
    text = file.read_text(encoding="ascii") if file.exists() else ""
    return datetime.fromisoformat(text) if text else None


def _backup_file() -> Path:
    return settings.HOME.path / "last-backup"


def _collection_file() -> Path:
    return settings.HOME.path / "run" / "collected"
