"""Taking a counterpart's countersignature of the log that is kept for it.

Its time counts as a clock here: what ends has ended by the later of the two, and an agreement that has begun
by it is in force. So it may not run ahead of this node's own.
"""

from datetime import datetime

from django.db import transaction

from fourfold.errors import FourfoldError, RefusedError
from fourfold.exchange.requests import WINDOW
from fourfold.log import Checkpoint as State
from fourfold.log import Note, NoteKey, NoteKind, check_cosignature
from fourfold.node import clock
from fourfold.node.models import Checkpoint, Peer, Tag
from fourfold.node.trail import note


def accept_cosignature(peer: Peer, given: Note) -> None:
    """Keep a countersignature beside the checkpoint that it covers; a second one changes nothing.

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
        note(Tag.COSIGNATURE_REFUSED, now, peer=peer, reason=type(error).__name__)
        raise


def _keep(peer: Peer, given: Note, now: datetime) -> bool:
    state = State.parse(given.text)
    row = Checkpoint.objects.filter(log__peer=peer, log__origin=state.origin, size=state.size).first()
    if row is None or Note.parse(row.note.encode()).text != given.text:
        raise RefusedError("This is no checkpoint that was signed here for you.")
    if row.cosigned is not None:
        return False
    line = given.signed_by(NoteKey(peer.institution, NoteKind.COSIGNATURE, peer.node_key))
    at = check_cosignature(state, line, peer.institution, peer.node_key)
    if at > now + WINDOW:
        raise RefusedError("The countersignature is dated in the future. Set your clock, and sync again.")
    row.cosigned_at_peer = at
    row.cosigned_note = Note.parse(row.note.encode()).with_signature(line).encode().decode()
    row.cosigned = now
    row.save(update_fields=["cosigned_at_peer", "cosigned_note", "cosigned"])
    return True
