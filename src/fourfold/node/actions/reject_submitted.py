"""Rejecting something from the inbox: its bytes are destroyed, that it was there stays known."""

from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, inboxing, models, trail
from fourfold.node.destroying import empty_submitted, purge


def reject_submitted(number: int, actor: str) -> models.Submitted:
    """Reject something in the inbox or in quarantine. To reject again changes nothing.

    The sender is told nothing of it: its delivery was answered when it came. The same bytes again do not
    come back into the inbox.

    Raises:
        NotFoundError: there is no such thing.
        RefusedError: it became a record; change or withdraw that.
    """
    now, found = clock.now(), inboxing.find_submitted(number)
    with transaction.atomic():
        row = models.Submitted.objects.select_for_update().get(pk=found.pk)
        if row.state == models.SubmittedState.ACCEPTED:
            raise RefusedError(f"It was accepted by {row.decided_by} already, as {row.record}.")
        if row.state == models.SubmittedState.REJECTED:
            return row
        row.state, row.decided, row.decided_by = models.SubmittedState.REJECTED, now, actor
        row.save(update_fields=["state", "decided", "decided_by"])
        empty_submitted(row, actor, now)
        trail.note(
            models.Tag.INBOX_REJECTED,
            now,
            peer=row.client.peer,
            subject=inboxing.subject_of(row.pk),
            actor=actor,
        )
    purge(destroyed=True)
    return row
