"""Writing the receipt for something received, in the transaction that stores it."""

from fourfold.exchange.receipts import Receipt, sign_receipt
from fourfold.node.models import ReceiptOut, Received
from fourfold.records.signing import Signer


def write_receipt(row: Received, receipt: Receipt, signer: Signer) -> None:
    """Sign a receipt and keep it for delivery; what leaves quarantine is answered anew."""
    signed = sign_receipt(receipt, signer)
    values = {
        "body": signed.wire,
        "digest": signed.digest,
        "outcome": receipt.outcome.value,
        "created": receipt.at,
        "delivered": None,
    }
    if not ReceiptOut.objects.filter(received=row).update(**values):
        ReceiptOut.objects.create(peer=row.peer, received=row, **values)
