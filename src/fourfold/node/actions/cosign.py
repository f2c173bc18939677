"""Countersigning a counterpart's log, once it holds all that came from there and only grew.

Nothing is asked of the counterpart while a transaction is open: both nodes may be at it at once, and each
would wait for the other's.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction

from fourfold.canon import digest_bytes
from fourfold.errors import ProofError, SignatureError
from fourfold.exchange.nodes import LogPiece, NodeClient
from fourfold.exchange.stix import read_object, read_time
from fourfold.log import Checkpoint, Frontier, Note, NoteKind, append, log_name, open_checkpoint
from fourfold.log import cosign as countersign
from fourfold.log.hashing import HASH_BYTES
from fourfold.node import clock
from fourfold.node.actions.accept_epoch import accept_epoch, epoch_known
from fourfold.node.keyrings import ring_of, signer_of
from fourfold.node.models import (
    Peer,
    ProofKind,
    Received,
    ReceivedState,
    SeenCheckpoint,
    SeenEpoch,
    SeenLeaf,
    Tag,
)
from fourfold.node.possession import is_proved, prove
from fourfold.node.trail import note, note_seldom
from fourfold.records.signing import Signer

_BATCH = 500


def cosign(peer: Peer, client: NodeClient, signer: Signer) -> Checkpoint:
    """Fetch the log that a counterpart keeps for us, check it, countersign it, and hand the signature over.

    Raises:
        ExchangeError: the counterpart was not reached, or answered against the protocol.
        ProofError, SignatureError: the log does not hold; nothing is countersigned, and the trail says so.
    """
    now = clock.now()
    try:
        epoch, seen, pieces = _fetched(peer, client)
        keeper, checkpoint, grown = _verified(peer, epoch, seen, pieces)
        with transaction.atomic():
            _prove(peer, keeper, now)
            if _last(peer, epoch) == seen:  # or another sync of this node was here meanwhile
                _keep(peer, epoch, seen, pieces)
                _all_logged(peer, now)
                _countersign(peer, checkpoint, grown, pieces[0].note, signer)
    except (ProofError, SignatureError) as error:
        note_seldom(Tag.CHECKPOINT_REFUSED, now, peer=peer, reason=type(error).__name__)
        raise
    _deliver(peer, client)
    return checkpoint


def _last(peer: Peer, epoch: int) -> SeenCheckpoint | None:
    return SeenCheckpoint.objects.filter(peer=peer, epoch=epoch).order_by("-size").first()


def _fetched(peer: Peer, client: NodeClient) -> tuple[int, SeenCheckpoint | None, list[LogPiece]]:
    """The epoch, what was seen of it, and what is new in the log.

    A later epoch than the one known is accepted first: a node that was restored itself has missed it.
    """
    epoch = epoch_known(peer)
    seen = _last(peer, epoch)
    pieces = list(client.log(seen.size if seen else 0, epoch))
    shown = pieces[0].epoch
    if shown is None or shown.epoch.number <= epoch:
        return epoch, seen, pieces
    accept_epoch(peer, shown)
    return shown.epoch.number, None, list(client.log(0, shown.epoch.number))


def _verified(
    peer: Peer, epoch: int, seen: SeenCheckpoint | None, pieces: Sequence[LogPiece]
) -> tuple[str, Checkpoint, Frontier]:
    """Who signed it, and the checkpoint: it is the counterpart's, and its root follows from what was seen."""
    origin = f"{log_name(peer.institution, settings.NODE.id)}/{epoch}"
    keeper = signer_of(pieces[0].note, origin, NoteKind.LOG, ring_of(peer).acting(clock.now()))
    checkpoint = open_checkpoint(pieces[0].note, origin, keeper.key)
    before = _frontier(seen) if seen else Frontier()
    grown, _ = append(before, _leaves(pieces))
    if (grown.size, grown.root()) != (checkpoint.size, checkpoint.root):
        raise ProofError(f"{origin} was rewritten: its root does not follow from its entries.")
    return keeper.key, checkpoint, grown


def _prove(peer: Peer, key: str, now: datetime) -> None:
    """The log's name, which the key has signed, names the institution that keeps it."""
    if not is_proved(key, peer.pk):
        prove(peer, key, ProofKind.CHECKPOINT, now)


def _frontier(seen: SeenCheckpoint) -> Frontier:
    data = bytes(seen.frontier)
    hashes = tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))
    return Frontier(seen.size, hashes)


def _leaves(pieces: Sequence[LogPiece]) -> Iterator[bytes]:
    return (leaf for piece in pieces for leaf in piece.leaves)


def _keep(peer: Peer, epoch: int, seen: SeenCheckpoint | None, pieces: Sequence[LogPiece]) -> None:
    start = seen.size if seen else 0
    leaves = enumerate(_leaves(pieces), start)
    rows = (SeenLeaf(peer=peer, epoch=epoch, index=index, hash=leaf) for index, leaf in leaves)
    while batch := list(islice(rows, _BATCH)):
        SeenLeaf.objects.bulk_create(batch)


def _all_logged(peer: Peer, now: datetime) -> None:
    """Check that the log shows every object that came from there.

    A node that lost its store does not know what it had sent since the last countersignature, and signed that
    a new epoch began: its log cannot show that, and the comparison of holdings lists it.

    Raises:
        ProofError: one is not in it, so it could be denied later.
    """
    waiting = Received.objects.filter(peer=peer, in_log=None).exclude(state=ReceivedState.QUARANTINED)
    rows, last = waiting.order_by("pk").values_list("pk", "leaf", "object"), 0
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        last = batch[-1][0]
        leaves = [bytes.fromhex(leaf) for _, leaf, _ in batch]
        found = SeenLeaf.objects.filter(peer=peer, hash__in=leaves).values_list("hash", flat=True)
        logged = {bytes(leaf).hex() for leaf in found}
        missing = [pk for pk, leaf, _ in batch if leaf not in logged]
        _only_of_an_earlier_epoch(peer, missing)
        found = [pk for pk, leaf, _ in batch if leaf in logged]
        Received.objects.filter(pk__in=found).update(in_log=now)


def _only_of_an_earlier_epoch(peer: Peer, missing: Sequence[int]) -> None:
    """Check that what a log does not show was made, as its owner says, before its present epoch began."""
    last = SeenEpoch.objects.filter(peer=peer).order_by("-number").first()
    for row in Received.objects.filter(pk__in=missing):
        made = read_time(str(read_object(bytes(row.wire)).value["modified"])) if row.wire else None
        if last is None or (made is not None and made >= last.opened):
            raise ProofError(f"The counterpart's log does not show {row.object}, which it sent.")


def _countersign(peer: Peer, checkpoint: Checkpoint, grown: Frontier, given: Note, signer: Signer) -> None:
    """Keep the countersigned checkpoint for delivery; one of this size is kept already, if nothing is new.

    That one is countersigned again from time to time (`countersign_seconds` in node.toml): an embargo ends by
    a time that the counterpart signed.
    """
    now = clock.now()
    known = SeenCheckpoint.objects.filter(peer=peer, origin=checkpoint.origin, size=checkpoint.size).first()
    if known is not None:
        if now - (known.renewed or known.seen) >= timedelta(seconds=settings.NODE.countersign_seconds):
            line = countersign(checkpoint, settings.NODE.id, signer, now)
            known.renewed_note = given.with_signature(line).encode().decode()
            known.renewed, known.delivered = now, None
            known.save(update_fields=["renewed_note", "renewed", "delivered"])
        return
    cosigned = given.with_signature(countersign(checkpoint, settings.NODE.id, signer, now)).encode()
    SeenCheckpoint.objects.create(
        peer=peer,
        origin=checkpoint.origin,
        epoch=int(checkpoint.origin.rpartition("/")[2]),
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        note=given.encode().decode(),
        cosigned_note=cosigned.decode(),
        digest=digest_bytes(cosigned),
        seen=now,
        frontier=b"".join(grown.hashes),
    )
    note(Tag.CHECKPOINT_COSIGNED, now, peer=peer)


def _deliver(peer: Peer, client: NodeClient) -> None:
    """Hand over the newest countersignature, unless that was done; it covers all that came before."""
    newest = _last(peer, epoch_known(peer))
    if newest is None or newest.delivered is not None:
        return
    client.send_cosignature(Note.parse((newest.renewed_note or newest.cosigned_note).encode()))
    SeenCheckpoint.objects.filter(pk=newest.pk).update(delivered=clock.now())
