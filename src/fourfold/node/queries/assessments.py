"""Joint assessments as rows."""

from typing import Any

from fourfold.canon import remedy_for
from fourfold.errors import Fault, InputError
from fourfold.framework import shipped
from fourfold.node.models import JointAssessment, Peer


def listed(peer: Peer) -> list[dict[str, Any]]:
    """All assessments with one counterpart."""
    return [as_row(row) for row in JointAssessment.readable.filter(peer=peer).order_by("activity")]


def answered(peer: Peer) -> list[str]:
    """The activities to which this institution has answers."""
    rows = JointAssessment.readable.filter(peer=peer, answers__isnull=False)
    return list(rows.order_by("activity").values_list("activity", flat=True))


def found(peer: Peer, activity: str) -> JointAssessment:
    """The assessment of one activity.

    Raises:
        InputError: nobody has answered it yet, or there is no such activity.
    """
    row = JointAssessment.readable.filter(peer=peer, activity=activity).first()
    if row is not None:
        return row
    if activity in shipped().activities:
        remedy = "Load answers first: fourfold assessment load."
        raise InputError([Fault(f"{activity} is not assessed with {peer.name} yet.", remedy=remedy)])
    remedy = remedy_for(activity, list(shipped().activities))
    raise InputError([Fault(f"No activity is called {activity!r}.", remedy=remedy)])


def as_row(row: JointAssessment) -> dict[str, Any]:
    """One assessment."""
    return {
        "activity": row.activity,
        "state": row.state,
        "seal": row.seal,
        "their_seal": row.their_seal,
        "withheld": row.withheld,
    }
