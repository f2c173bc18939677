"""Quarantine: what cannot be believed is kept apart with its reason, and tried again if time may heal it."""

from datetime import datetime

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Length

from fourfold.exchange.limits import MAX_OBJECT_BYTES
from fourfold.exchange.reasons import Reason
from fourfold.exchange.receipts import Outcome, Receipt
from fourfold.exchange.verify import Refusal
from fourfold.node.actions.write_receipt import write_receipt
from fourfold.node.models import Peer, Received, ReceivedState, Tag
from fourfold.node.trail import note, note_seldom
from fourfold.records.signing import Signer

PASSING = (
    Reason.UNKNOWN_KEY,
    Reason.KEY_OUT_OF_TIME,
    Reason.NO_AGREEMENT,
    Reason.FROM_THE_FUTURE,
    Reason.LEGAL_HOLD,
    Reason.NOT_KEPT,
)
"""Reasons that may pass: a key or an agreement comes later, a clock goes on, a hold ends, we are mended."""


def quarantine(peer: Peer, refusal: Refusal, signer: Signer, now: datetime) -> bool:
    """Keep what was refused, with the reason, and answer it; False: it is there, and nothing changes.

    Once a counterpart's quarantine is full, nothing more of it is kept or answered: what it goes on offering
    is asked for again when both sides compare what they hold.
    """
    if Received.objects.filter(peer=peer, digest=refusal.digest).exists():
        return False
    wire = refusal.wire if len(refusal.wire) <= MAX_OBJECT_BYTES else None
    if _is_full(peer, len(wire or b"")):
        note_seldom(Tag.OBJECT_QUARANTINED, now, peer=peer, reason="quarantine full")
        return True
    row = Received.objects.create(
        peer=peer,
        object=refusal.object,
        version=refusal.version or None,
        state=ReceivedState.QUARANTINED,
        reason=refusal.reason.value,
        wire=wire,
        digest=refusal.digest,
        received=now,
    )
    write_receipt(row, _receipt(peer, refusal, now), signer)
    note(Tag.OBJECT_QUARANTINED, now, peer=peer, subject=refusal.object, reason=refusal.reason.value)
    return True


def lying(peer: Peer) -> QuerySet[Received]:
    """What lies in a counterpart's quarantine."""
    return Received.objects.filter(peer=peer, state=ReceivedState.QUARANTINED)


def taken(peer: Peer) -> tuple[int, int]:
    """How many objects lie in a counterpart's quarantine, and how many bytes."""
    found = lying(peer).aggregate(count=Count("pk"), size=Sum(Length("wire")))
    return found["count"], found["size"] or 0


def _is_full(peer: Peer, more: int) -> bool:
    count, size = taken(peer)
    most = settings.NODE.quarantine_mebibytes << 20
    return count >= settings.NODE.quarantine_objects or size + more > most


def _receipt(peer: Peer, refusal: Refusal, now: datetime) -> Receipt:
    return Receipt(
        owner=peer.institution,
        recipient=settings.NODE.id,
        object=refusal.object,
        version=refusal.version,
        digest=refusal.digest,
        outcome=Outcome.REFUSED,
        reasons=tuple(_TOLD.get(each, each) for each in refusal.reasons),
        at=now,
    )


_TOLD = {Reason.NOT_KEPT: Reason.NOT_A_RELEASE}
"""What a counterpart is told instead of a reason that its node may not know yet."""
