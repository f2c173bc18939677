"""Approving: a second person's word that a record version may go to a counterpart."""

from django.db import transaction

from fourfold.agreements import Approval, approve
from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, models, trail
from fourfold.node.keys import node_signer


def approve_release(
    record: str, peer: models.Peer, approver: str, seen: str | None = None
) -> models.Approval:
    """Approve the latest version of a record for one counterpart; any edit voids it. Once is enough.

    `seen` is the digest of the version that the approver looked at.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: the approver wrote this version, or an earlier one; or it was changed since it was seen.
    """
    row, now = keeping.latest(record, seen), clock.now()
    authors = frozenset(models.RecordVersion.objects.filter(record=record).values_list("author", flat=True))
    if approver in authors:
        raise RefusedError("Nobody approves what they wrote. Ask a second person.")
    known = models.Approval.objects.filter(
        record_digest=row.digest, recipient=peer.institution, approver=approver, revoked=None
    ).first()
    if known is not None:
        return known
    approval = Approval(
        record=row.digest, recipient=peer.institution, authors=authors, approver=approver, approved=now
    )
    with transaction.atomic():
        kept = models.Approval.objects.create(
            record_digest=row.digest,
            recipient=peer.institution,
            approver=approver,
            body=approve(approval, node_signer()).model_dump_json().encode(),
            created=now,
        )
        trail.note(models.Tag.RELEASE_APPROVED, now, peer=peer, subject=record, actor=approver)
    return kept
