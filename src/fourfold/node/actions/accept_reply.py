"""Accepting a reply: the founding agreement is countersigned, and the counterpart can collect it."""

from datetime import datetime

from django.db import transaction

from fourfold.agreements import SignedAgreement, countersign
from fourfold.errors import RefusedError
from fourfold.node import agreeing, clock, trail
from fourfold.node.joining import (
    Invitation,
    Reply,
    check_founding,
    compare_fingerprint,
    read_signed,
)
from fourfold.node.keyrings import accepted_of, lines
from fourfold.node.keys import institution_signer
from fourfold.node.models import Invitation as InvitationRow
from fourfold.node.models import Peer, Tag
from fourfold.node.peering import remember


def accept_reply(data: bytes, file: str, fingerprint: str, actor: str, name: str = "") -> Peer:
    """Accept whoever replied; the founding agreement is in force here. A second time changes nothing.

    `name` is what the guest is called here, if not what it calls itself.

    Raises:
        InputError, SignatureError: the file is no reply to an invitation of this node, or was changed.
        RefusedError: another fingerprint, an unknown invitation, or one that was answered or lapsed;
            or the name is taken.
    """
    now = clock.now()
    reply = read_signed(data, file, Reply, now, accepted_of)
    compare_fingerprint(reply.guest.key, fingerprint)
    row = InvitationRow.objects.filter(pk=reply.invitation).first()
    if row is None:
        raise RefusedError("The reply is to no invitation of this node.")
    if row.accepted_by_id == reply.guest.institution:
        return row.accepted_by
    _still_open(row, now)
    check_founding(_invitation(row), reply)
    return _accept(row, reply, countersign(reply.founding, institution_signer(), lines()), actor, now, name)


def _invitation(row: InvitationRow) -> Invitation:
    """The invitation as it was written here; its own delegation need not hold any more."""
    return read_signed(bytes(row.body), row.id, Invitation, row.created, accepted_of)


def _still_open(row: InvitationRow, now: datetime) -> None:
    if row.accepted_by_id is not None:
        raise RefusedError("The invitation was accepted by another institution. Invite this one anew.")
    if now >= row.expires:
        raise RefusedError(f"The invitation ended on {row.expires:%d %B %Y}. Write a new one.")


def _accept(
    row: InvitationRow, reply: Reply, founding: SignedAgreement, actor: str, now: datetime, name: str
) -> Peer:
    with transaction.atomic():
        peer = remember(reply.guest, now, name)
        agreeing.keep(founding, now)
        row.accepted_by = peer
        row.save(update_fields=["accepted_by"])
        trail.note(Tag.PEER_ACCEPTED, now, peer=peer, subject=row.id, actor=actor)
        agreeing.publish(founding, peer, actor, now)
    return peer
