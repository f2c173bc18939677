"""Ending what an account may read: one person is enough, and it takes effect at once."""

from django.db import transaction

from fourfold.errors import NotFoundError
from fourfold.node import clock, trail
from fourfold.node.granting import check_person
from fourfold.node.models import Grant, NamedReader, Tag
from fourfold.node.models.reading import forget
from fourfold.node.roles import Act


def end_grant(number: int, actor: str) -> Grant:
    """End a grant; a second time changes nothing.

    Raises:
        InputError: there is no account of the actor's name.
        NotFoundError: no grant of this number was confirmed.
        RefusedError: the actor may not end it.
    """
    now = clock.now()
    check_person(actor, Act.GRANT)
    with transaction.atomic():
        row = Grant.objects.select_for_update().exclude(confirmed=None).filter(pk=number).first()
        if row is None:
            raise NotFoundError("No grant of this number stands.")
        if row.ended is None:
            row.ended, row.ended_by = now, actor
            row.save(update_fields=["ended", "ended_by"])
            _note(row.account_id, f"grant {row.pk}", actor)
    forget()
    return row


def end_name(number: int, actor: str) -> NamedReader:
    """End that an account is named for one thing, whether by a grant or as its author.

    Raises:
        InputError: there is no account of the actor's name.
        NotFoundError: there is none of this number.
        RefusedError: the actor may not end it.
    """
    now = clock.now()
    check_person(actor, Act.GRANT)
    with transaction.atomic():
        row = NamedReader.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise NotFoundError("Nobody is named by this number.")
        if row.ended is None:
            row.ended, row.ended_by = now, actor
            row.save(update_fields=["ended", "ended_by"])
            _note(row.account_id, f"name {row.pk}", actor)
    forget()
    return row


def _note(account: int, what: str, actor: str) -> None:
    trail.note(Tag.GRANT_ENDED, clock.now(), actor=actor, reason=f"account {account}: {what}")
