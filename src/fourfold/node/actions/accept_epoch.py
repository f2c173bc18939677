"""Accepting that a counterpart's log begins a new epoch: it was restored, and says so."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction

from fourfold.errors import FourfoldError, ProofError, SignatureError
from fourfold.exchange.nodes import LastSeen
from fourfold.exchange.stix import read_time
from fourfold.log import (
    Checkpoint,
    Epoch,
    Note,
    NoteKind,
    SignedEpoch,
    check_succession,
    log_name,
    open_cosigned,
)
from fourfold.log.epochs import MOST_EPOCHS
from fourfold.node import clock
from fourfold.node.keyrings import own_ring, ring_of, signer_of
from fourfold.node.models import Peer, SeenCheckpoint, SeenEpoch, Tag
from fourfold.node.trail import note, note_seldom

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""When the first epoch of every log is taken to have begun: before any other."""


def accept_epoch(peer: Peer, signed: SignedEpoch) -> None:
    """Accept a new epoch of the log that a counterpart keeps for us; one that is known changes nothing.

    Raises:
        SignatureError: it is not signed by a node key that acts for the counterpart, or is another log's.
        ProofError: it denies what was countersigned here, or does not follow.
    """
    now = clock.now()
    try:
        with transaction.atomic():
            peer = Peer.objects.select_for_update().get(pk=peer.pk)
            epoch = _checked(peer, signed)
            if epoch is not None:
                _keep(peer, signed, epoch)
    except FourfoldError as error:
        note_seldom(Tag.EPOCH_REFUSED, now, peer=peer, reason=type(error).__name__)
        raise


def last_seen(peer: Peer) -> LastSeen:
    """What we last saw of the log that a counterpart keeps for us: so much it must not say again."""
    newest = _last_seen(peer)
    return LastSeen(
        note=newest.cosigned_note if newest else None,
        epoch=epoch_known(peer),
        added=read_time(peer.cursor) if peer.cursor else None,
    )


def epoch_known(peer: Peer) -> int:
    """The number of the epoch in which a counterpart's log is, as far as is known here."""
    last = SeenEpoch.objects.filter(peer=peer).order_by("-number").first()
    return last.number if last else 1


def _checked(peer: Peer, signed: SignedEpoch) -> Epoch | None:
    """The epoch, once everything about it was checked; None: it is the one in force."""
    log = log_name(peer.institution, settings.NODE.id)
    if signed.signature.key not in ring_of(peer).acting(clock.now()):
        raise SignatureError("The epoch is signed by no node key that acts for the counterpart.")
    epoch = signed.check(log, signed.signature.key)
    before = _in_force(peer, log)
    if SeenEpoch.objects.filter(peer=peer, statement=signed.model_dump_json().encode()).exists():
        return None
    newest = _last_seen(peer)
    seen = Checkpoint.parse(Note.parse(newest.note.encode()).text) if newest else None
    ended = epoch.ended()
    if ended is not None and _place(ended) > _place(seen) and _by_us(epoch, ended, peer):
        before, seen = _lost_since(before, epoch, log), ended
    check_succession(epoch, before, seen)
    return epoch


def _in_force(peer: Peer, log: str) -> Epoch:
    """The epoch in force; the first has no statement, and begins before all others."""
    last = SeenEpoch.objects.filter(peer=peer).order_by("-number").first()
    if last is not None:
        return SignedEpoch.model_validate_json(bytes(last.statement)).epoch
    return Epoch(log=log, number=1, previous=None, opened=BEFORE_ALL)


def _lost_since(before: Epoch, epoch: Epoch, log: str) -> Epoch:
    """The epoch that this node must have known: it was restored too, and its own signature shows it."""
    number = max(before.number, epoch.number - 1)
    return Epoch(log=log, number=number, previous=before.previous, opened=before.opened)


def _by_us(epoch: Epoch, ended: Checkpoint, peer: Peer) -> bool:
    """Whether this node itself countersigned the end that an epoch names, though it has forgotten."""
    parsed, own = Note.parse((epoch.previous or "").encode()), own_ring()
    try:
        keeper = signer_of(parsed, ended.origin, NoteKind.LOG, ring_of(peer).ever())
        reader = signer_of(parsed, own.institution, NoteKind.COSIGNATURE, own.ever())
        open_cosigned(parsed, ended.origin, keeper.key, reader)
    except (SignatureError, ProofError):
        return False
    return ended.origin.rpartition("/")[0] == epoch.log


def _place(checkpoint: Checkpoint | None) -> tuple[int, int]:
    """Where a checkpoint stands: its epoch and size."""
    if checkpoint is None:
        return 0, 0
    number = checkpoint.origin.rpartition("/")[2]
    known = number.isascii() and number.isdigit() and len(number) <= len(str(MOST_EPOCHS))
    return (int(number) if known else 0), checkpoint.size


def _last_seen(peer: Peer) -> SeenCheckpoint | None:
    return SeenCheckpoint.objects.filter(peer=peer).order_by("-epoch", "-size").first()


def _keep(peer: Peer, signed: SignedEpoch, epoch: Epoch) -> None:
    now = clock.now()
    SeenEpoch.objects.create(
        peer=peer,
        number=epoch.number,
        statement=signed.model_dump_json().encode(),
        opened=epoch.opened,
        seen=now,
    )
    note(Tag.EPOCH_ACCEPTED, now, peer=peer, reason=f"epoch {epoch.number}")
