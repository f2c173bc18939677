"""Dropping a step that waits for approval: its maker thought better of it, or somebody else is against it."""

from django.db import transaction

from fourfold.errors import NotFoundError
from fourfold.node import clock, trail
from fourfold.node.courses import Opening
from fourfold.node.models import Tag, WaitingStep


def drop_step(opening: Opening, actor: str) -> WaitingStep:
    """Let go of our step that waits in a proposal or joint record; it was never anywhere but here.

    Raises:
        NotFoundError: none waits there.
    """
    now = clock.now()
    with transaction.atomic():
        waits = WaitingStep.objects.select_for_update().filter(opening=opening.digest, decided=None)
        row = waits.first()
        if row is None:
            raise NotFoundError("No step of yours waits for approval here.")
        row.decided = now
        row.save(update_fields=["decided"])
        trail.note(Tag.CHANGE_DROPPED, now, subject=row.opening, actor=actor)
    return row
