"""Opening a new epoch of the log for a counterpart, after a restore: what it holds signed is never denied."""

import secrets
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from fourfold.errors import SignatureError
from fourfold.exchange.nodes import LastSeen, NodeClient
from fourfold.log import (
    Checkpoint,
    Epoch,
    Note,
    NoteKind,
    SignedEpoch,
    log_name,
    open_cosigned,
)
from fourfold.log import open_epoch as signed_epoch
from fourfold.node import clock, ledger
from fourfold.node.keyrings import own_ring, ring_of, signer_of
from fourfold.node.models import Checkpoint as CheckpointRow
from fourfold.node.models import Log, Peer, Tag
from fourfold.node.releasing import tell_waiting
from fourfold.node.trail import note
from fourfold.records.signing import Signer

_LATEST = datetime(9000, 1, 1, tzinfo=UTC)
_FORGOTTEN = 100
"""So many epochs more than this node can prove are believed to have been: it may have lost them, and each
number that is skipped is gone."""
_APART = 500
"""So many epochs of a client's log may be skipped by a restore; there are 32,000 in all."""


def open_epoch(peer: Peer, client: NodeClient, signer: Signer) -> SignedEpoch:
    """Fetch what the counterpart last countersigned, tell it that a new epoch begins there, and begin it.

    The counterpart knows of the epoch before this node uses it: should this node be lost in between, the next
    one has another number. Nothing that was issued before is issued again, neither a sequence number (each
    epoch has its own) nor a time in the collection.

    Raises:
        ExchangeError: the counterpart was not reached, or does not accept the epoch; the log stays closed.
        SignatureError: what it shows was not signed by both.
    """
    seen = client.last_seen()
    shown = None if seen.note is None else _both_signed(peer, Note.parse(seen.note.encode()))
    number, previous = _end(peer, seen, shown)
    now = clock.now()
    made = Epoch(
        log=log_name(settings.NODE.id, peer.institution), number=number + 1, previous=previous, opened=now
    )
    signed = signed_epoch(made, signer)
    client.open_epoch(signed)
    _begin(peer, signed, _within(seen.added), now)
    return signed


def open_client_epochs(signer: Signer) -> None:
    """Begin a new epoch for each third-party client, after a restore: it keeps no log, and is not asked.

    Nobody knows how often this backup was restored before, so the number is drawn: what was issued after
    another restore of it is issued again once in five hundred times, not always.
    """
    now = clock.now()
    for peer in Peer.objects.filter(epoch_due=True).exclude(client=None):
        log = log_name(settings.NODE.id, peer.institution)
        number, _ = _end(peer, LastSeen(), None)
        number += 1 + secrets.randbelow(_APART)
        made = Epoch(log=log, number=number, previous=None, opened=now)
        _begin(peer, signed_epoch(made, signer), None, now)


def _begin(peer: Peer, signed: SignedEpoch, added: datetime | None, now: datetime) -> None:
    """Begin an epoch; who could not be told of a withdrawal meanwhile is told now."""
    with transaction.atomic():
        peer = Peer.objects.select_for_update().get(pk=peer.pk)
        ledger.open_epoch(peer, signed)
        peer.last_added = max(filter(None, (peer.last_added, added, now)))
        peer.epoch_due = False
        peer.save(update_fields=["last_added", "epoch_due"])
        note(Tag.EPOCH_OPENED, now, peer=peer, reason=f"epoch {signed.epoch.number}")
    tell_waiting(now, Q(peer=peer))


def _end(peer: Peer, seen: LastSeen, shown: Checkpoint | None) -> tuple[int, str | None]:
    """The last epoch that either side knows of, and the last checkpoint that both signed."""
    last = Log.objects.filter(peer=peer).order_by("-epoch").first()
    kept = CheckpointRow.objects.filter(log__peer=peer).exclude(cosigned=None)
    own = kept.order_by("-log__epoch", "-size").select_related("log").first()
    places = [
        (_epoch(shown), shown.size, seen.note) if shown else (0, 0, None),
        (own.log.epoch, own.size, own.cosigned_note) if own else (0, 0, None),
    ]
    newest = max(places, key=lambda place: place[:2])
    known = max(newest[0], last.epoch if last else 1)
    return max(known, min(seen.epoch, known + _FORGOTTEN)), newest[2]


def _both_signed(peer: Peer, given: Note) -> Checkpoint:
    """The checkpoint in a note, once our own signature and the counterpart's were checked."""
    checkpoint = Checkpoint.parse(given.text)
    if checkpoint.origin.rpartition("/")[0] != log_name(settings.NODE.id, peer.institution):
        raise SignatureError("The counterpart shows a checkpoint of another log than the one kept for it.")
    keeper = signer_of(given, checkpoint.origin, NoteKind.LOG, own_ring().ever())
    reader = signer_of(given, peer.institution, NoteKind.COSIGNATURE, ring_of(peer).ever())
    return open_cosigned(given, checkpoint.origin, keeper.key, reader)[0]


def _epoch(checkpoint: Checkpoint) -> int:
    number = checkpoint.origin.rpartition("/")[2]
    if not (number.isascii() and number.isdigit()):
        raise SignatureError("The counterpart shows a checkpoint of an epoch without a number.")
    return int(number)


def _within(moment: datetime | None) -> datetime | None:
    """A moment that the calendar can still go on from."""
    return None if moment is None else min(moment, _LATEST)
