"""Deciding what somebody proposed that an account may read: a second person confirms it, or it is dropped."""

from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, trail
from fourfold.node.compartments import carve
from fourfold.node.granting import check_not_own, check_person, check_proposer, waiting
from fourfold.node.models import Grant, Tag
from fourfold.node.models.reading import forget
from fourfold.node.roles import Act


def confirm_grant(number: int, actor: str) -> Grant:
    """Confirm it as its second person: the account reads what was proposed from now on.

    Raises:
        InputError: there is no account of the actor's name.
        NotFoundError: nothing of this number waits.
        RefusedError: the actor proposed it, is the one who is to read, or may not confirm; or whoever
            proposed it may not any more.
    """
    now = clock.now()
    check_person(actor, Act.VOUCH)
    with transaction.atomic():
        row = waiting(number)
        check_not_own(row.account, actor)
        if row.proposed_by == actor:
            raise RefusedError("Nobody confirms what they proposed. Ask a second person.")
        check_proposer(row)
        row.confirmed, row.confirmed_by = now, actor
        row.save(update_fields=["confirmed", "confirmed_by"])
        for subject in row.names.values_list("subject", flat=True):
            carve(subject)
        reason = f"account {row.account_id}: grant {row.pk}"
        trail.note(Tag.GRANT_CONFIRMED, now, actor=actor, reason=reason)
    forget()
    return row


def drop_grant(number: int, actor: str) -> Grant:
    """Let go of what was proposed.

    Raises:
        InputError: there is no account of the actor's name.
        NotFoundError: nothing of this number waits.
        RefusedError: the actor may not decide this.
    """
    now = clock.now()
    check_person(actor, Act.VOUCH)
    with transaction.atomic():
        row = waiting(number)
        row.ended, row.ended_by = now, actor
        row.save(update_fields=["ended", "ended_by"])
        reason = f"account {row.account_id}: grant {row.pk}"
        trail.note(Tag.GRANT_DROPPED, now, actor=actor, reason=reason)
    return row
