"""Lifting a legal hold: what it kept may be destroyed again, so two people are needed."""

from django.db import transaction

from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import clock, trail
from fourfold.node.models import Hold, Proposal, ProposalKind, Tag
from fourfold.node.naming import same_person


def lift_hold(subject: str, actor: str, second: str | None) -> Hold:
    """Lift the hold on a thing; `second` is the other person who agrees.

    Raises:
        NotFoundError: there is no hold on it.
        RefusedError: nobody else agreed.
    """
    now = clock.now()
    with transaction.atomic():
        standing = Hold.readable.select_for_update().filter(subject=subject, lifted=None).first()
        if standing is None:
            raise NotFoundError("There is no hold on this.")
        if not second or same_person(second, actor):
            raise RefusedError("Lifting a hold needs a second person: name one with --second.")
        standing.lifted, standing.lifted_by = now, actor
        standing.save(update_fields=["lifted", "lifted_by"])
        Proposal.objects.filter(what=ProposalKind.LIFT, subject=subject, decided=None).update(
            decided=now, decided_by=second, confirmed=True
        )
        trail.note(Tag.HOLD_LIFTED, now, subject=subject, actor=actor)
        trail.note(Tag.HOLD_LIFTED, now, subject=subject, actor=second, reason="second person")
    return standing
