"""Showing a counterpart the log that is kept for it: the signed checkpoint, and leaf hashes."""

from django.db import transaction

from fourfold.errors import ExchangeError, InputError, RefusedError, SignatureError
from fourfold.exchange.limits import MAX_LEAVES
from fourfold.exchange.nodes import LogPart
from fourfold.log import SignedEpoch
from fourfold.node import ledger
from fourfold.node.keys import node_signer
from fourfold.node.models import Leaf, Log, Peer
from fourfold.records.encoding import to_base64


def epoch_of(log: Log) -> SignedEpoch | None:
    """The signed word that a log's epoch began; None: it is the first."""
    return None if log.statement is None else SignedEpoch.model_validate_json(bytes(log.statement))


def show_log(peer: Peer, first: int) -> LogPart:
    """The log kept for a counterpart: its newest checkpoint, and leaves from `first` on.

    Raises:
        ExchangeError: the node key cannot be opened; the counterpart need not know why.
    """
    try:
        signer = node_signer()
    except (InputError, RefusedError, SignatureError) as error:
        raise ExchangeError(str(error)) from error
    with transaction.atomic():
        log = ledger.log_of(peer)
        checkpoint = ledger.checkpoint(log, signer)
    leaves = Leaf.objects.filter(log=log, index__gte=first, index__lt=checkpoint.size).order_by("index")
    shown = leaves.values_list("hash", flat=True)[:MAX_LEAVES]
    return LogPart(
        note=checkpoint.note,
        epoch=epoch_of(log),
        first=first,
        leaves=tuple(to_base64(bytes(leaf)) for leaf in shown),
    )
