"""Proposing a change by which a record is guarded less: it waits for a second person."""

from django.db import transaction
from pydantic import TypeAdapter

from fourfold.canon import canonical_bytes
from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, trail
from fourfold.node.actions.change_record import Changes, loosening
from fourfold.node.models import Proposal, ProposalKind, Tag

_CHANGES = TypeAdapter(Changes)


def propose_change(record: str, changes: Changes, actor: str, base: str) -> Proposal:
    """Keep a change until another person confirms or drops it; `base` is the version that it starts from.

    Raises:
        NotFoundError: there is no such record.
        InputError: a field is wrong; all faults.
        RefusedError: it needs no second person, another one waits, or the record was changed meanwhile.
    """
    now = clock.now()
    with transaction.atomic():
        keeping.latest(record, base)
        if not loosening(record, changes):
            raise RefusedError("Nothing is guarded less by this: it needs no second person.")
        standing = Proposal.objects.filter(what=ProposalKind.CHANGE, subject=record, decided=None)
        standing.exclude(base=base).update(
            body=b"", decided=now, decided_by=actor
        )  # nobody could confirm those
        if standing.exists():
            raise RefusedError("Another change of this record waits for a second person. Decide that first.")
        body = canonical_bytes(_CHANGES.dump_python(changes, mode="json"))
        trail.note(Tag.CHANGE_PROPOSED, now, subject=record, actor=actor, reason=ProposalKind.CHANGE)
        return Proposal.objects.create(
            what=ProposalKind.CHANGE, subject=record, base=base, body=body, proposed=now, proposed_by=actor
        )


def proposed_changes(row: Proposal) -> Changes:
    """What a standing proposal would change."""
    return _CHANGES.validate_json(bytes(row.body))
