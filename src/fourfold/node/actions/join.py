"""Joining: answering an invitation, after two people have compared the fingerprint."""

from django.conf import settings
from django.db import transaction

from fourfold.agreements import sign
from fourfold.errors import RefusedError
from fourfold.node import agreeing, clock, trail
from fourfold.node.actions.invite import introduction
from fourfold.node.joining import Invitation, Reply, compare_fingerprint, read_signed, write_signed
from fourfold.node.keyrings import accepted_of, lines
from fourfold.node.keys import institution_signer
from fourfold.node.models import Tag
from fourfold.node.peering import remember


def join(data: bytes, file: str, fingerprint: str, actor: str, name: str = "") -> bytes:
    """Answer an invitation; the reply file. Answering it again gives an equally good reply.

    `name` is what the host is called here, if not what it calls itself.

    Raises:
        InputError, SignatureError: the file is no invitation, or was changed.
        RefusedError: another fingerprint, one's own invitation, or too late; or the name is taken.
    """
    now = clock.now()
    invitation = read_signed(data, file, Invitation, now, accepted_of)
    compare_fingerprint(invitation.host.key, fingerprint)
    if invitation.host.institution == settings.NODE.id:
        raise RefusedError("This is your own invitation; the other institution joins with it.")
    if now >= invitation.expires:
        raise RefusedError(f"The invitation ended on {invitation.expires:%d %B %Y}. Ask for a new one.")
    guest, key = introduction(), institution_signer()
    founding = sign(invitation.founding(guest), key, lines())
    with transaction.atomic():
        peer = remember(invitation.host, now, name)
        agreeing.keep(founding, now)
        trail.note(Tag.PEER_JOINED, now, peer=peer, subject=invitation.id, actor=actor)
    return write_signed(Reply(invitation=invitation.id, guest=guest, founding=founding), key)
