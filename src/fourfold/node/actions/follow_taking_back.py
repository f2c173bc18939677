"""Following a sender who takes something back: what was released of the record made of it is withdrawn."""

from django.db import transaction

from fourfold.errors import FourfoldError, RefusedError
from fourfold.node import clock, inboxing, models, trail
from fourfold.node.actions.take_submission import UNDECIDED
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.renewing import Relation, relation_of, released_of


def follow_taking_back(number: int, actor: str) -> models.Submitted:
    """Withdraw all that was released of what a sender takes back; the record itself stays as it is kept.

    Each withdrawal stands by itself: one that fails stops none of the others, and this can be repeated.

    Raises:
        NotFoundError: there is no such thing.
        RefusedError: it was decided already, takes nothing back of which there is a record, or a withdrawal
            failed.
    """
    row = inboxing.find_submitted(number)
    record = taken_back(row)
    reason = f"Its sender has taken it back: inbox {row.pk}."
    failed = [problem for each in released_of(record) if (problem := _withdrawn(each, reason, actor))]
    if failed:
        raise RefusedError(" ".join([*failed, "What could be withdrawn is. Repeat this."]))
    return _decided(row, record, actor)


def taken_back(row: models.Submitted) -> str:
    """The record made of what a row takes back.

    Raises:
        RefusedError: it was decided already, or takes nothing back of which there is a record.
    """
    if row.state not in UNDECIDED:
        raise RefusedError(f"It was {row.state} by {row.decided_by} already.")
    found = relation_of(row)
    if not row.revoked or found.relation is not Relation.TAKEN_BACK or not found.record:
        raise RefusedError("It takes nothing back of which there is a record here.")
    return found.record


def _withdrawn(release: models.Release, reason: str, actor: str) -> str:
    """What went wrong; empty: nothing."""
    try:
        withdraw(release.pk, reason, actor)
    except FourfoldError as error:
        return f"{release.peer.name}: {error}"
    return ""


def _decided(found: models.Submitted, record: str, actor: str) -> models.Submitted:
    now = clock.now()
    with transaction.atomic():
        row = models.Submitted.objects.select_for_update().select_related("client__peer").get(pk=found.pk)
        if row.state not in UNDECIDED:
            return row
        row.state, row.record = models.SubmittedState.ACCEPTED, record
        row.decided, row.decided_by = now, actor
        row.save(update_fields=["state", "record", "decided", "decided_by"])
        inboxing.settle_proposals(row, now, actor)
        trail.note(models.Tag.INBOX_ACCEPTED, now, peer=row.client.peer, subject=record, actor=actor)
    return row
