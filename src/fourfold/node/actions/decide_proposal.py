"""Deciding what somebody proposed: a second person confirms it, or anybody who may drops it."""

from collections.abc import Callable, Mapping

from django.db import transaction

from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import clock, trail
from fourfold.node.actions.accept_submitted import accept_submitted
from fourfold.node.actions.change_record import change_record
from fourfold.node.actions.lift_hold import lift_hold
from fourfold.node.actions.propose_acceptance import proposed_acceptance
from fourfold.node.actions.propose_change import proposed_changes
from fourfold.node.models import Proposal, ProposalKind, Tag
from fourfold.node.naming import same_person


def confirm_proposal(number: int, what: ProposalKind, actor: str) -> Proposal:
    """Carry out what was proposed, as its second person.

    Raises:
        NotFoundError: no such proposal waits.
        RefusedError: the same person proposed it, or what it is about was changed meanwhile.
    """
    with transaction.atomic():
        row = _standing(number, what)
        if same_person(row.proposed_by, actor):
            raise RefusedError("Nobody confirms what they proposed. Ask a second person.")
        _CARRY_OUT[what](row, actor)
        return _decided(row, actor, confirmed=True)


def drop_proposal(number: int, what: ProposalKind, actor: str) -> Proposal:
    """Let go of what was proposed: the proposer thought better of it, or a second person is against it.

    Raises:
        NotFoundError: no such proposal waits.
    """
    with transaction.atomic():
        row = _standing(number, what)
        trail.note(Tag.CHANGE_DROPPED, clock.now(), subject=row.subject, actor=actor, reason=what)
        return _decided(row, actor, confirmed=False)


def _standing(number: int, what: ProposalKind) -> Proposal:
    row = Proposal.readable.select_for_update().filter(pk=number, what=what, decided=None).first()
    if row is None:
        raise NotFoundError("No such proposal waits for anybody.")
    return row


def _decided(row: Proposal, actor: str, *, confirmed: bool) -> Proposal:
    row.decided, row.decided_by, row.confirmed, row.body = clock.now(), actor, confirmed, b""
    row.save(update_fields=["decided", "decided_by", "confirmed", "body"])
    return row


def _change(row: Proposal, second: str) -> None:
    change_record(row.subject, proposed_changes(row), row.proposed_by, second, row.base)


def _lift(row: Proposal, second: str) -> None:
    lift_hold(row.subject, row.proposed_by, second)


def _accept(row: Proposal, second: str) -> None:
    number, given = proposed_acceptance(row)
    accept_submitted(number, given, row.proposed_by, second)


_CARRY_OUT: Mapping[ProposalKind, Callable[[Proposal, str], None]] = {
    ProposalKind.CHANGE: _change,
    ProposalKind.LIFT: _lift,
    ProposalKind.ACCEPT: _accept,
}
