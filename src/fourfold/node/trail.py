"""The trail: what happened, in a closed vocabulary, and sealed into the private log as it happens."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fourfold.canon import canonical_bytes, new_salt
from fourfold.log import entry_hash
from fourfold.node import ledger
from fourfold.node.bulk import insert
from fourfold.node.models import Event, Peer, Tag

NODE = "node"
"""The actor of what the node does by itself."""

QUIET = timedelta(hours=1)
"""What a counterpart can bring about again and again is noted once in this time: the trail must not drown."""

_EVENT = b"fourfold/v1/event\x00"


def note(
    tag: Tag,
    now: datetime,
    *,
    peer: Peer | None = None,
    subject: str = "",
    reason: str = "",
    actor: str = NODE,
) -> Event:
    """Note one event, in the transaction of what it tells of. `reason` is a code, never content.

    `actor` is the person who did it; the node itself where nobody did.
    """
    with transaction.atomic():
        event = Event.objects.create(
            at=now, tag=tag, actor=actor, peer=peer, subject=subject, reason=reason[:100], salt=new_salt()
        )
        ledger.append(ledger.private_log(), leaf(event), event=event)
    return event


def note_seldom(tag: Tag, now: datetime, *, peer: Peer, reason: str, subject: str = "") -> None:
    """Note something of a counterpart, unless the same was noted of it lately, whatever its subject."""
    lately = Event.objects.filter(tag=tag, peer=peer, reason=reason[:100], at__gt=now - QUIET)
    if not lately.exists():
        note(tag, now, peer=peer, reason=reason, subject=subject)


def note_all(tag: Tag, now: datetime, peer: Peer, where: Iterable[tuple[str, int]]) -> None:
    """Note the same of many, an event each, as `note` does of one: of each its id and its compartment."""
    common = {"at": now, "tag": str(tag), "actor": NODE, "peer": peer.pk, "reason": ""}
    rows = [{**common, "subject": each, "salt": new_salt(), "compartment": place} for each, place in where]
    if not rows:
        return
    with transaction.atomic():
        keys = insert(Event, rows)
        hashes = [_hash(row) for row in rows]
        leaves = [
            {"hash": one, "release_version": None, "event": key}
            for one, key in zip(hashes, keys, strict=True)
        ]
        ledger.append_all(ledger.private_log(), leaves)


def leaf(event: Event) -> bytes:
    """The salted hash of an event, as the private log holds it."""
    names = ("at", "tag", "actor", "subject", "reason", "salt")
    return _hash({name: getattr(event, name) for name in names} | {"peer": event.peer_id})


def _hash(row: Mapping[str, Any]) -> bytes:
    content = {
        "at": row["at"].isoformat(),
        "tag": str(row["tag"]),
        "actor": row["actor"],
        "peer": row["peer"] or "",
        "subject": row["subject"],
        "reason": row["reason"],
        "salt": row["salt"],
    }
    return entry_hash(_EVENT + canonical_bytes(content))
