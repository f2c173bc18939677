"""Sealing: committing to one's own answers before the counterpart's are seen."""

from django.db import transaction

from fourfold.canon import new_salt
from fourfold.errors import RefusedError
from fourfold.node import answering, assessing, clock, trail
from fourfold.node.kinds import Assessment
from fourfold.node.models import JointAssessment, Node, Peer, Tag
from fourfold.protocols.assessment import Move
from fourfold.records import seal


def seal_assessment(peer: Peer, activity: str, actor: str, seen: str | None = None) -> JointAssessment:
    """Seal the answers to one activity and publish the seal. A second time changes nothing.

    `seen` is the digest of the answers that somebody decided to seal, where they were read some time ago.

    Raises:
        InputError: there is no such activity for whoever reads now.
        RefusedError: there are no answers yet, somebody changed them since they were seen, or no founding
            agreement lets the seal pass.
    """
    now = clock.now()
    answering.check_activity(activity)
    with transaction.atomic():
        row = assessing.row_for(peer, activity)
        if row.seal:
            return row
        if seen not in {None, answering.whole_digest(answering.own_parts(row))}:
            raise RefusedError("Somebody changed the answers meanwhile. Read them again, then seal them.")
        value = assessing.to_reveal(row)
        assessing.advance(row, Move.SEAL)
        row.nonce = new_salt()
        row.seal = seal(value.model_dump(mode="json"), row.nonce, Node.objects.get().institution)
        payload = Assessment(step="seal", activity=activity, seal=row.seal)
        row.seal_record = assessing.publish(row, payload, actor, now)
        row.sealed = now
        row.save()
        trail.note(Tag.ASSESSMENT_SEALED, now, peer=peer, subject=activity, actor=actor)
    return row
