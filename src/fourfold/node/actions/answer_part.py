"""Answering one part of an activity, while the answers are drafted."""

from django.db import transaction

from fourfold.errors import InputError, RefusedError
from fourfold.node import answering, assessing, clock
from fourfold.node.answering import OwnPart
from fourfold.node.models import JointAssessment, Peer

CHANGED = "Somebody changed these answers meanwhile. Read them again, then repeat the change."


def answer_part(
    peer: Peer, activity: str, part: OwnPart, actor: str, seen: str | None = None
) -> JointAssessment:
    """Keep the answers to one part, in place of those that stood there; a new part comes last.

    `seen` is the digest of the part as it was when somebody began to change it (empty: it was not there).
    The same answers again change nothing.

    Raises:
        InputError: an answer is none of the framework's, or there is no such activity; all faults.
        RefusedError: the answers are sealed, or somebody changed them since they were seen.
    """
    answering.check_activity(activity)
    if faults := answering.faults_of(part):
        raise InputError(faults)
    wanted = OwnPart(part.name, answering.in_order(part.answers))
    with transaction.atomic():
        row = assessing.row_for(peer, activity)
        parts = {each.name: each for each in answering.own_parts(row)}
        stands = parts.get(part.name)
        if seen not in {None, stands.digest if stands else ""}:
            raise RefusedError(CHANGED)
        if stands is None and (faults := answering.name_faults(part.name, parts)):
            raise InputError(faults)
        answering.store(row, ({**parts, part.name: wanted}).values(), actor, clock.now())
    return row
