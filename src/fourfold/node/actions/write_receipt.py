"""Writing the receipt for something received, in the transaction that stores it."""

from collections.abc import Iterable
from typing import Any

from fourfold.exchange.receipts import Receipt, sign_receipt
from fourfold.node.bulk import insert
from fourfold.node.models import Peer, ReceiptOut, Received
from fourfold.records.signing import Signer


def write_receipt(row: Received, receipt: Receipt, signer: Signer) -> None:
    """Sign a receipt and keep it for delivery; what leaves quarantine is answered anew."""
    values = _columns(row.compartment, receipt, signer)
    if not ReceiptOut.objects.filter(received=row).update(**values):
        ReceiptOut.objects.create(peer=row.peer, received=row, **values)


def write_receipts(peer: Peer, answered: Iterable[tuple[int, int, Receipt]], signer: Signer) -> None:
    """The same for many that were never answered before: their keys, where they belong, what is answered."""
    insert(
        ReceiptOut,
        [
            {"peer": peer.pk, "received": key, **_columns(place, receipt, signer)}
            for key, place, receipt in answered
        ],
    )


def _columns(place: int, receipt: Receipt, signer: Signer) -> dict[str, Any]:
    signed = sign_receipt(receipt, signer)
    return {
        "compartment": place,
        "body": signed.wire,
        "digest": signed.digest,
        "outcome": receipt.outcome.value,
        "created": receipt.at,
        "delivered": None,
    }
