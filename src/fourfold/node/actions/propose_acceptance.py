"""Proposing that something handed in becomes a record that is guarded less: it waits for a second person."""

from django.db import transaction
from pydantic import TypeAdapter

from fourfold.canon import canonical_bytes
from fourfold.errors import RefusedError
from fourfold.node import clock, inboxing, trail
from fourfold.node.actions.accept_submitted import Acceptance, loosened
from fourfold.node.models import Proposal, ProposalKind, Tag

_ACCEPTANCE = TypeAdapter(Acceptance)


def propose_acceptance(number: int, given: Acceptance, actor: str) -> Proposal:
    """Keep what one person decides about something in the inbox until another confirms or drops it.

    Raises:
        NotFoundError: there is no such thing.
        InputError: a field or an originator is wrong; all faults.
        RefusedError: it was decided already, needs no second person, or another proposal waits.
    """
    now, row = clock.now(), inboxing.find_submitted(number)
    with transaction.atomic():
        if not loosened(row, given):
            raise RefusedError("Nothing is guarded less by this: it needs no second person.")
        if standing(number) is not None:
            raise RefusedError("Somebody proposed to accept it already. Decide that first.")
        trail.note(
            Tag.CHANGE_PROPOSED,
            now,
            subject=inboxing.subject_of(number),
            actor=actor,
            reason=ProposalKind.ACCEPT,
        )
        return Proposal.objects.create(
            what=ProposalKind.ACCEPT,
            subject=inboxing.subject_of(number),
            base=row.digest,
            body=canonical_bytes(_ACCEPTANCE.dump_python(given, mode="json")),
            proposed=now,
            proposed_by=actor,
        )


def standing(number: int) -> Proposal | None:
    """The proposal about something in the inbox that waits for a second person."""
    return Proposal.objects.filter(
        what=ProposalKind.ACCEPT, subject=inboxing.subject_of(number), decided=None
    ).first()


def proposed_acceptance(row: Proposal) -> tuple[int, Acceptance]:
    """What a standing proposal would accept: its number in the inbox, and how."""
    return int(row.subject.removeprefix(inboxing.PREFIX)), _ACCEPTANCE.validate_json(bytes(row.body))
