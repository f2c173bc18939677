"""Taking a counterpart's countersignature of the log that is kept for it."""

from datetime import datetime

from django.db import transaction

from fourfold.errors import FourfoldError, RefusedError, SignatureError
from fourfold.log import Checkpoint as State
from fourfold.log import Note, NoteKind, NoteSignature, check_cosignature
from fourfold.node import clock
from fourfold.node.keyrings import ring_of, signer_of
from fourfold.node.models import Checkpoint, Peer, Tag
from fourfold.node.trail import note


def accept_cosignature(peer: Peer, given: Note) -> None:
    """Keep a countersignature beside the checkpoint that it covers; a second one changes nothing.

    Raises:
        RefusedError: the checkpoint is none that was signed here for this counterpart.
        SignatureError: it is not the counterpart's countersignature.
        InputError: it is no checkpoint.
    """
    now = clock.now()
    try:
        with transaction.atomic():
            if _keep(peer, given):
                note(Tag.COSIGNATURE_ACCEPTED, now, peer=peer)
    except FourfoldError as error:
        note(Tag.COSIGNATURE_REFUSED, now, peer=peer, reason=type(error).__name__)
        raise


def _checked(peer: Peer, given: Note, state: State) -> tuple[NoteSignature, datetime]:
    """The counterpart's line and when it was made, by a node key that acted for it then."""
    windows = ring_of(peer).windows()
    reader = signer_of(given, peer.institution, NoteKind.COSIGNATURE, windows)
    line = given.signed_by(reader)
    moment = check_cosignature(state, line, reader.name, reader.key)
    acting = windows[reader.key]
    if not acting.valid_from <= moment < acting.valid_until:
        raise SignatureError("The key that countersigned did not act for you at that moment.")
    return line, moment


def _keep(peer: Peer, given: Note) -> bool:
    state = State.parse(given.text)
    row = Checkpoint.objects.filter(log__peer=peer, log__origin=state.origin, size=state.size).first()
    if row is None or Note.parse(row.note.encode()).text != given.text:
        raise RefusedError("This is no checkpoint that was signed here for you.")
    if row.cosigned is not None:
        return False
    line, row.cosigned_at_peer = _checked(peer, given, state)
    row.cosigned_note = Note.parse(row.note.encode()).with_signature(line).encode().decode()
    row.cosigned = clock.now()
    row.save(update_fields=["cosigned_at_peer", "cosigned_note", "cosigned"])
    return True
