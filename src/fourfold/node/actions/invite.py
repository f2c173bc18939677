"""Inviting: writing the file with which another institution can join."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from fourfold.agreements import PartyFacts
from fourfold.canon import new_id
from fourfold.framework import shipped
from fourfold.node import clock, trail
from fourfold.node.joining import Introduction, Invitation, write_signed
from fourfold.node.keyrings import history, own_ring
from fourfold.node.keys import institution_signer
from fourfold.node.models import Invitation as InvitationRow
from fourfold.node.models import Node, Tag
from fourfold.node.naming import check_name

REVIEW_DAYS = 365
ANSWER_DAYS = 14


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and the file to hand over."""

    id: str
    file: bytes


def introduction() -> Introduction:
    """This institution as it introduces itself.

    Raises:
        InputError: it has a name, from an earlier release, that no counterpart would take.
    """
    own = Node.objects.get()
    check_name(own.name)
    return Introduction(
        name=own.name,
        facts=PartyFacts(regulator=own.regulator, defence_tie=own.defence_tie),
        url=settings.NODE.url,
        delegation=own.signed_delegation,
        successions=history(own_ring()).successions,
    )


def invite(actor: str) -> Invited:
    """Write an invitation; whoever answers it first, with the right fingerprint, is accepted by a person."""
    now = clock.now()
    invitation = Invitation(
        id=new_id("invitation"),
        host=introduction(),
        agreement=new_id("agreement"),
        framework=shipped().digest,
        valid_from=now - timedelta(minutes=5),  # the guest's clock may be a little behind
        review_by=now + timedelta(days=REVIEW_DAYS),
        expires=now + timedelta(days=ANSWER_DAYS),
    )
    file = write_signed(invitation, institution_signer())
    with transaction.atomic():
        InvitationRow.objects.create(id=invitation.id, body=file, created=now, expires=invitation.expires)
        trail.note(Tag.PEER_INVITED, now, subject=invitation.id, actor=actor)
    return Invited(invitation.id, file)
