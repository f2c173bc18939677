"""Loading one's own answers from a plan file, to assess activities with a counterpart."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from fourfold.canon import remedy_for
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.framework import shipped
from fourfold.node import answering, assessing, clock
from fourfold.node.models import JointAssessment, Peer
from fourfold.planning import Plan, PlannedActivity, load_plan
from fourfold.protocols.assessment import Move


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a plan: activities whose answers were stored, and those that are sealed already."""

    stored: tuple[str, ...]
    sealed: tuple[str, ...]


def load_answers(
    text: bytes, file: str, party: str, peer: Peer, actor: str, withheld: Iterable[str] = ()
) -> Loaded:
    """Store what one party of a plan answers; activities that are sealed already stay as they are.

    `withheld` names answers that are not to be revealed, as `activity.slice.criterion`.

    Raises:
        InputError: the file is at fault, or has no such party, activity, slice or answer; all faults.
    """
    plan = load_plan(text, file=file, framework=shipped())
    _check_party(plan, party, file)
    kept_back = _kept_back(plan, party, tuple(withheld))
    stored, sealed = [], []
    with transaction.atomic():
        for planned in plan.activities:
            row = assessing.row_for(peer, planned.id)
            done = _store(row, planned, party, kept_back.get(planned.id, []), actor)
            (stored if done else sealed).append(planned.id)
    return Loaded(tuple(stored), tuple(sealed))


def _store(
    row: JointAssessment, planned: PlannedActivity, party: str, withheld: list[str], actor: str
) -> bool:
    parts = answering.planned_parts(planned, party, withheld)
    if assessing.can(row, Move.DRAFT):
        answering.store(row, parts, actor, clock.now())
        return True
    if row.answers != assessing.own_answers(planned, party) or row.withheld != withheld:
        raise RefusedError(f"{planned.id} is sealed; sealed answers do not change.")
    return False


def _check_party(plan: Plan, party: str, file: str) -> None:
    known = [profile.id for profile in plan.institutions]
    if party not in known:
        message = f"{party!r} is no institution of this plan."
        raise InputError([Fault(message, file, remedy=remedy_for(party, known))])


def _kept_back(plan: Plan, party: str, withheld: tuple[str, ...]) -> dict[str, list[str]]:
    """The withheld answers by activity, each as `slice.criterion`; a name that is no answer is a fault."""
    answered = {
        f"{planned.id}.{part.name}.{name}": (planned.id, f"{part.name}.{name}")
        for planned in plan.activities
        for part in planned.slices
        for name in part.answers.get(party, {})
    }
    if faults := [
        Fault(f"{each!r} is no answer of {party} in this plan.", remedy=remedy_for(each, list(answered)))
        for each in withheld
        if each not in answered
    ]:
        raise InputError(faults)
    found: dict[str, list[str]] = {}
    for each in sorted(set(withheld)):
        activity, name = answered[each]
        found.setdefault(activity, []).append(name)
    return found
