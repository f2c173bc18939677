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
    check_person(actor, Act.GRANT)
    with transaction.atomic():
        row = Grant.objects.select_for_update().exclude(confirmed=None).filter(pk=number).first()
        if row is None:
            raise NotFoundError("No grant of this number stands.")
        _end(row, f"grant {row.pk}", actor)
    forget()
    return row


def end_name(number: int, actor: str) -> NamedReader:
    """End that an account is named for one thing, whether by a grant or as its author.

    Raises:
        InputError: there is no account of the actor's name.
        NotFoundError: there is none of this number.
        RefusedError: the actor may not end it.
    """
    check_person(actor, Act.GRANT)
    with transaction.atomic():
        row = NamedReader.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise NotFoundError("Nobody is named by this number.")
        _end(row, f"name {row.pk}", actor)
    forget()
    return row


def _end(row: Grant | NamedReader, what: str, actor: str) -> None:
    """What ended already stays as it was."""
    if row.ended is not None:
        return
    row.ended, row.ended_by = clock.now(), actor
    row.save(update_fields=["ended", "ended_by"])
    trail.note(Tag.GRANT_ENDED, row.ended, actor=actor, reason=f"account {row.account_id}: {what}")
