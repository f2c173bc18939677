"""Approving: a second person's word that a record version may go to a counterpart."""

from datetime import datetime

from fourfold.agreements import Approval, approve
from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, models, trail
from fourfold.node.keys import node_signer
from fourfold.node.naming import same_person
from fourfold.node.stepping import acting, leave


def approve_release(
    record: str, peer: models.Peer, approver: str, seen: str | None = None
) -> models.Approval:
    """Approve the latest version of a record for one counterpart; any edit voids it. Once is enough.

    A step of a proposal or a joint record that waited for nothing but this leaves with it.
    `seen` is the digest of the version that the approver looked at.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: the approver wrote this version, or an earlier one; it was changed since it was seen;
            or it is a step that cannot leave any more.
    """
    row, now = keeping.latest(record, seen), clock.now()
    authors = keeping.authors(record)
    if any(same_person(approver, each) for each in authors):
        raise RefusedError("Nobody approves what they wrote. Ask a second person.")
    known = models.Approval.objects.filter(
        record_digest=row.digest, recipient=peer.institution, approver=approver, revoked=None
    ).first()
    with acting(approver):
        kept = known or _keep(row, peer, authors, approver, now)
        leave(record, now)
    return kept


def _keep(
    row: models.RecordVersion, peer: models.Peer, authors: frozenset[str], approver: str, now: datetime
) -> models.Approval:
    approval = Approval(
        record=row.digest, recipient=peer.institution, authors=authors, approver=approver, approved=now
    )
    kept = models.Approval.objects.create(
        record_digest=row.digest,
        recipient=peer.institution,
        approver=approver,
        body=approve(approval, node_signer()).model_dump_json().encode(),
        created=now,
    )
    trail.note(models.Tag.RELEASE_APPROVED, now, peer=peer, subject=row.record, actor=approver)
    return kept
