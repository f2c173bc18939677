"""Revealing: opening one's own seal, once the counterpart's seal is here."""

from django.db import transaction

from fourfold.node import assessing, clock, trail
from fourfold.node.answering import check_activity
from fourfold.node.kinds import Assessment
from fourfold.node.models import JointAssessment, Peer, Tag
from fourfold.protocols.assessment import Move


def reveal_assessment(peer: Peer, activity: str, actor: str) -> JointAssessment:
    """Publish what was sealed. A second time changes nothing.

    Raises:
        InputError: there is no such activity for whoever reads now.
        RefusedError: the counterpart has not sealed its answers yet.
    """
    now = clock.now()
    check_activity(activity)
    with transaction.atomic():
        row = assessing.row_for(peer, activity)
        if row.revealed is not None:
            return row
        assessing.advance(row, Move.REVEAL)
        payload = Assessment(
            step="reveal",
            activity=activity,
            seal=row.seal,
            nonce=row.nonce,
            answers=assessing.to_reveal(row),
        )
        row.reveal_record = assessing.publish(row, payload, actor, now)
        row.revealed = now
        row.save()
        trail.note(Tag.ASSESSMENT_REVEALED, now, peer=peer, subject=activity, actor=actor)
    return row
