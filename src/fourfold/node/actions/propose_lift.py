"""Proposing to lift a legal hold: it stands until a second person confirms."""

from django.db import transaction

from fourfold.errors import NotFoundError
from fourfold.node import clock, trail
from fourfold.node.models import Hold, Proposal, ProposalKind, Tag


def propose_lift(subject: str, actor: str) -> Proposal:
    """Propose that the hold on a thing be lifted; to propose it again changes nothing.

    Raises:
        NotFoundError: there is no hold on it.
    """
    now = clock.now()
    with transaction.atomic():
        if not Hold.readable.filter(subject=subject, lifted=None).exists():
            raise NotFoundError("There is no hold on this.")
        known = Proposal.objects.filter(what=ProposalKind.LIFT, subject=subject, decided=None).first()
        if known is not None:
            return known
        trail.note(Tag.CHANGE_PROPOSED, now, subject=subject, actor=actor, reason=ProposalKind.LIFT)
        return Proposal.objects.create(
            what=ProposalKind.LIFT, subject=subject, proposed=now, proposed_by=actor, body=b""
        )
