"""Delivering receipts: a counterpart learns what became of what it sent."""

from collections.abc import Sequence

from django.db import transaction

from fourfold.errors import ExchangeError
from fourfold.exchange.nodes import NodeClient, ReceiptResult, Taken
from fourfold.node import clock
from fourfold.node.models import Peer, ReceiptOut, Tag
from fourfold.node.trail import note

_BATCH = 100


def deliver_receipts(peer: Peer, client: NodeClient) -> int:
    """Deliver what is not delivered yet; how many were. One that the owner will not take is not sent again.

    Raises:
        ExchangeError: the counterpart was not reached, or does not answer for each.
    """
    delivered = 0
    while waiting := list(ReceiptOut.objects.filter(peer=peer, delivered=None).order_by("pk")[:_BATCH]):
        results = client.deliver_receipts([bytes(row.body) for row in waiting])
        _note(peer, waiting, results)
        delivered += len(waiting)
    return delivered


def _note(peer: Peer, waiting: Sequence[ReceiptOut], results: Sequence[ReceiptResult]) -> None:
    answers = {result.digest: result for result in results}
    if any(row.digest not in answers for row in waiting):
        raise ExchangeError(f"{peer.name} did not answer for every receipt; they will be sent again.")
    now = clock.now()
    with transaction.atomic():
        ReceiptOut.objects.filter(digest__in=[row.digest for row in waiting]).update(delivered=now)
        note(Tag.RECEIPT_DELIVERED, now, peer=peer, reason=f"{len(waiting)} delivered")
        for row in waiting:
            if answers[row.digest].result is Taken.REFUSED:
                note(Tag.RECEIPT_DELIVERED, now, peer=peer, subject=row.received.object, reason="refused")
