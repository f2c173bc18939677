"""The trail: what happened, in a closed vocabulary, and sealed into the private log as it happens."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from fourfold.canon import canonical_bytes, new_salt
from fourfold.log import entry_hash
from fourfold.node import ledger
from fourfold.node.models import Event, Leaf, Peer, Tag

NODE = "node"
"""The actor of what the node does by itself."""

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


def note_all(
    tag: Tag, now: datetime, peer: Peer, subjects: Iterable[str], reason: str = "", actor: str = NODE
) -> None:
    """Note the same of many, an event each, as `note` does of one."""
    events = [
        Event(at=now, tag=tag, actor=actor, peer=peer, subject=subject, reason=reason[:100], salt=new_salt())
        for subject in subjects
    ]
    if not events:
        return
    with transaction.atomic():
        Event.objects.bulk_create(events)
        leaves = [Leaf(hash=leaf(event), event=event) for event in events]
        ledger.append_all(ledger.private_log(), leaves)


def leaf(event: Event) -> bytes:
    """The salted hash of an event, as the private log holds it."""
    content = {
        "at": event.at.isoformat(),
        "tag": str(event.tag),
        "actor": event.actor,
        "peer": event.peer_id or "",
        "subject": event.subject,
        "reason": event.reason,
        "salt": event.salt,
    }
    return entry_hash(_EVENT + canonical_bytes(content))
