"""Taking a counterpart's countersignature of the log that is kept for it.

Its time counts as a clock here: what ends has ended by the later of the two, and an agreement that has begun
by it is in force. So it may not run ahead of this node's own.
"""

from datetime import datetime

from django.db import transaction

from fourfold.errors import FourfoldError, RefusedError, SignatureError
from fourfold.exchange.requests import WINDOW
from fourfold.log import Checkpoint as State
from fourfold.log import Note, NoteKind, NoteSignature, check_cosignature
from fourfold.node import clock
from fourfold.node.keyrings import ring_of, signer_of
from fourfold.node.models import Checkpoint, Peer, Tag
from fourfold.node.trail import note, note_seldom


def accept_cosignature(peer: Peer, given: Note) -> None:
    """Keep a countersignature beside the checkpoint that it covers; of a later one only the time is kept.

    Raises:
        RefusedError: the checkpoint is none that was signed here for this counterpart; or the
            countersignature is dated later than clocks may differ.
        SignatureError: it is not the counterpart's countersignature.
        InputError: it is no checkpoint.
    """
    now = clock.now()
    try:
        with transaction.atomic():
            if _keep(peer, given, now):
                note(Tag.COSIGNATURE_ACCEPTED, now, peer=peer)
    except FourfoldError as error:
        note_seldom(Tag.COSIGNATURE_REFUSED, now, peer=peer, reason=type(error).__name__)
        raise


def _checked(peer: Peer, given: Note, state: State, now: datetime) -> tuple[NoteSignature, datetime]:
    """The counterpart's line and when it was made, by a node key that acted for it then."""
    windows = ring_of(peer).windows()
    reader = signer_of(given, peer.institution, NoteKind.COSIGNATURE, windows)
    line = given.signed_by(reader)
    moment = check_cosignature(state, line, reader.name, reader.key)
    if moment > now + WINDOW:
        raise RefusedError("The countersignature is dated in the future. Set your clock, and sync again.")
    acting = windows[reader.key]
    if not acting.valid_from <= moment < acting.valid_until:
        raise SignatureError("The key that countersigned did not act for you at that moment.")
    return line, moment


def _keep(peer: Peer, given: Note, now: datetime) -> bool:
    state = State.parse(given.text)
    row = Checkpoint.objects.filter(log__peer=peer, log__origin=state.origin, size=state.size).first()
    if row is None or Note.parse(row.note.encode()).text != given.text:
        raise RefusedError("This is no checkpoint that was signed here for you.")
    line, moment = _checked(peer, given, state, now)
    if row.cosigned is not None:
        _renew(row, moment)
        return False
    row.cosigned_at_peer = moment
    row.cosigned_note = Note.parse(row.note.encode()).with_signature(line).encode().decode()
    row.cosigned = now
    row.save(update_fields=["cosigned_at_peer", "cosigned_note", "cosigned"])
    return True


def _renew(row: Checkpoint, moment: datetime) -> None:
    """The counterpart's clock has reached this moment, though its log holds nothing new."""
    if moment > max(filter(None, (row.cosigned_at_peer, row.renewed_at_peer))):
        row.renewed_at_peer = moment
        row.save(update_fields=["renewed_at_peer"])
