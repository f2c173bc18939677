"""Accepting a counterpart's new institution key: two people, each of whom has compared the fingerprint."""

from datetime import datetime

from django.db import transaction

from fourfold.canon import folded
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.exchange.faults import read_model
from fourfold.node import clock, keyrings, trail
from fourfold.node.actions.handle_received import handle
from fourfold.node.joining import compare_fingerprint
from fourfold.node.kinds import DRAFT_AGREEMENT
from fourfold.node.models import (
    KeyConfirmation,
    KeyStatement,
    Peer,
    Received,
    ReceivedState,
    StatementKind,
    Tag,
)
from fourfold.node.possession import refuse_another
from fourfold.records.statements import Replacement, SignedReplacement, SignedSuccession

NEEDED = 2
"""People who must have compared the fingerprint."""


def accept_institution_key(
    peer: Peer, fingerprint: str, actor: str, file: bytes | None = None, name: str = ""
) -> int:
    """One person's word for a new institution key; how many are still needed (0: it is accepted now).

    Without a file it is the succession that came over the wire. With one, it is the replacement of a lost
    key: what the lost key alone has signed ends with it. The same person's word counts once.

    Raises:
        InputError: there is nothing that waits, or the file is no replacement.
        SignatureError, RefusedError: the file is another institution's, was changed, or has another
            fingerprint.
    """
    now = clock.now()
    with transaction.atomic():
        peer = Peer.objects.select_for_update().get(pk=peer.pk)
        row = _waiting(peer) if file is None else _replacement(peer, file, name, now)
        compare_fingerprint(row.key, fingerprint)
        person = folded(actor)
        _, fresh = KeyConfirmation.objects.get_or_create(statement=row, person=person, defaults={"at": now})
        if fresh:
            trail.note(Tag.KEY_CONFIRMED, now, peer=peer, subject=peer.institution, actor=actor)
        missing = max(NEEDED - row.confirmations.count(), 0)
        if not missing and row.accepted is None:
            _accept(peer, row, actor, now)
    return missing


def waiting_for(peer: Peer) -> KeyStatement | None:
    """The new institution key of a counterpart that waits for people, if there is one."""
    return KeyStatement.waiting().filter(institution=peer.institution).first()


def _waiting(peer: Peer) -> KeyStatement:
    row = waiting_for(peer)
    if row is None:
        remedy = (
            "A succession arrives with the next sync; for a lost key, give the file that you were handed."
        )
        raise InputError([Fault(f"No new institution key of {peer.name} waits here.", remedy=remedy)])
    if row.kind == StatementKind.SUCCESSION:
        given = SignedSuccession.model_validate_json(bytes(row.body)).check()
        if given.old_key != peer.institution_key:
            raise RefusedError("The succession does not follow the key that is believed here any more.")
    return row


def _replacement(peer: Peer, data: bytes, name: str, now: datetime) -> KeyStatement:
    signed = read_model(SignedReplacement, data, name)
    given = signed.check()
    if given.institution != peer.institution:
        raise RefusedError(f"The file is not of {peer.name}, but of another institution.")
    known = KeyStatement.objects.filter(digest=keyrings.statement_digest(signed)).first()
    if known is not None:
        return known
    _replaces_present(peer, given)
    refuse_another(given.delegation.delegation.node_key, peer.institution)
    return keyrings.keep(
        peer.institution, StatementKind.REPLACEMENT, given.new_key, signed, now, accepted=None
    )


def _replaces_present(peer: Peer, given: Replacement) -> None:
    if given.lost_key != peer.institution_key:
        raise RefusedError(f"The file replaces another key than the one by which {peer.name} is known here.")


def _accept(peer: Peer, row: KeyStatement, actor: str, now: datetime) -> None:
    """Believe the new key from now on; other claims to take the old one's place are dropped."""
    row.accepted, row.refused = now, None
    row.save(update_fields=["accepted", "refused"])
    if row.kind == StatementKind.REPLACEMENT:
        given = SignedReplacement.model_validate_json(bytes(row.body)).replacement
        keyrings.keep_present(peer, now)
        keyrings.keep_delegation(given.delegation, now)
        KeyStatement.waiting().filter(institution=peer.institution).update(refused=now)
    peer.institution_key = row.key
    keyrings.settle(peer)
    trail.note(Tag.KEY_ACCEPTED, now, peer=peer, subject=peer.institution, reason=row.kind, actor=actor)
    _handle_waiting(peer)


def _handle_waiting(peer: Peer) -> None:
    """What the new key had signed before it was believed, is looked at again; it lies here as received."""
    rows = Received.objects.filter(peer=peer, kind=DRAFT_AGREEMENT.id, state=ReceivedState.STORED)
    for received in rows.order_by("pk"):
        handle(received)
