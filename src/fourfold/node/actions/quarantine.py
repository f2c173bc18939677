"""Quarantine: what cannot be believed is kept apart with its reason, and tried again if time may heal it."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from fourfold.exchange.limits import MAX_OBJECT_BYTES
from fourfold.exchange.reasons import Reason
from fourfold.exchange.receipts import Outcome, Receipt
from fourfold.exchange.verify import Refusal
from fourfold.node.actions.write_receipt import write_receipt
from fourfold.node.models import Peer, Received, ReceivedState, Tag
from fourfold.node.trail import note
from fourfold.records.signing import Signer

PASSING = (
    Reason.UNKNOWN_KEY,
    Reason.KEY_OUT_OF_TIME,
    Reason.NO_AGREEMENT,
    Reason.FROM_THE_FUTURE,
    Reason.LEGAL_HOLD,
)
"""Reasons that may pass: a key or an agreement that arrives later, a clock that goes on, a hold."""


def quarantine(peer: Peer, refusal: Refusal, signer: Signer, now: datetime) -> bool:
    """Keep what was refused, with the reason, and answer it; False: it is there, and nothing changes."""
    if Received.objects.filter(peer=peer, digest=refusal.digest).exists():
        return False
    row = Received.objects.create(
        peer=peer,
        object=refusal.object,
        version=refusal.version or None,
        state=ReceivedState.QUARANTINED,
        reason=refusal.reason.value,
        wire=refusal.wire if len(refusal.wire) <= MAX_OBJECT_BYTES else None,
        digest=refusal.digest,
        received=now,
    )
    write_receipt(row, _receipt(peer, refusal, now), signer)
    note(Tag.OBJECT_QUARANTINED, now, peer=peer, subject=refusal.object, reason=refusal.reason.value)
    return True


def quarantined(peer: Peer) -> Iterator[bytes]:
    """What lies in quarantine for a reason that may pass, in the order in which it came."""
    rows = Received.objects.filter(
        peer=peer, state=ReceivedState.QUARANTINED, reason__in=[each.value for each in PASSING]
    )
    kept = rows.exclude(wire=None).order_by("pk").values_list("wire", flat=True)
    return (bytes(wire) for wire in list(kept))


def _receipt(peer: Peer, refusal: Refusal, now: datetime) -> Receipt:
    return Receipt(
        owner=peer.institution,
        recipient=settings.NODE.id,
        object=refusal.object,
        version=refusal.version,
        digest=refusal.digest,
        outcome=Outcome.REFUSED,
        reasons=refusal.reasons,
        at=now,
    )
