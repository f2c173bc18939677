"""Assessing an activity together: what is sealed, what was revealed, and what both sides then share."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from fourfold.canon import digest
from fourfold.errors import RefusedError
from fourfold.framework import Assessment, Slice, assess, shipped
from fourfold.node import keeping, models, releasing
from fourfold.node.kinds import ASSESSMENT, AssessedAnswers, SliceAnswers
from fourfold.node.kinds import Assessment as Payload
from fourfold.planning import PlannedActivity
from fourfold.protocols.assessment import ASSESSMENT as PROTOCOL
from fourfold.protocols.assessment import Move, State
from fourfold.records.markings import Marking, Tlp

MARKING = Marking(tlp=Tlp.AMBER_STRICT)
"""How answers travel: to the counterpart, and no further."""


def row_for(peer: models.Peer, activity: str) -> models.JointAssessment:
    """The joint assessment of an activity with a counterpart, locked in a transaction; made on first use."""
    row, _ = models.JointAssessment.objects.select_for_update().get_or_create(
        peer=peer, activity=activity, defaults={"state": State.EMPTY.value}
    )
    return row


def advance(row: models.JointAssessment, move: Move) -> None:
    """Move the assessment on.

    Raises:
        RefusedError: the move is not possible now; the message says which are.
    """
    row.state = PROTOCOL.advance(State(row.state), move).value


def can(row: models.JointAssessment, move: Move) -> bool:
    """Whether a move is possible now."""
    return move in PROTOCOL.legal(State(row.state))


def own_answers(planned: PlannedActivity, party: str) -> dict[str, Any]:
    """What a party of a plan answers, in the form in which it is kept."""
    slices = tuple(
        SliceAnswers(
            name=part.name,
            answers={name: answer.values for name, answer in part.answers.get(party, {}).items()},
        )
        for part in planned.slices
    )
    given = AssessedAnswers(activity=planned.id, framework=shipped().digest, slices=slices)
    return given.model_dump(mode="json")


def own_evidence(planned: PlannedActivity, party: str) -> dict[str, Any]:
    """Why it answers so: by slice and criterion."""
    return {
        part.name: {
            name: {
                "because": answer.because,
                "source": answer.source,
                "date": answer.dated.isoformat() if answer.dated else None,
            }
            for name, answer in part.answers.get(party, {}).items()
        }
        for part in planned.slices
    }


def to_reveal(row: models.JointAssessment) -> AssessedAnswers:
    """Our answers without those that we withhold: what is sealed, and what is revealed.

    Raises:
        RefusedError: there are no answers yet.
    """
    if row.answers is None:
        raise RefusedError(f"There are no answers to {row.activity} yet. Give some first.")
    whole = AssessedAnswers.model_validate(row.answers)
    withheld = set(row.withheld)
    slices = tuple(
        part.model_copy(
            update={
                "answers": {
                    name: values
                    for name, values in part.answers.items()
                    if f"{part.name}.{name}" not in withheld
                }
            }
        )
        for part in whole.slices
    )
    return whole.model_copy(update={"slices": slices})


def publish(row: models.JointAssessment, payload: Payload, actor: str, now: datetime) -> str:
    """Release a seal or a reveal to the counterpart; the record's id."""
    record = keeping.system_record(ASSESSMENT, payload.model_dump(mode="json"), MARKING, now)
    title = f"{payload.step.capitalize()}: {row.activity}"
    version = keeping.add(record, actor=actor, title=title, source="assessment")
    releasing.release(version, row.peer, actor, now)
    return record.id


def joint(row: models.JointAssessment) -> Assessment:
    """What the framework makes of what both sides revealed; both compute the same.

    Raises:
        RefusedError: not both have revealed.
    """
    if row.state != State.JOINT.value or row.their_answers is None:
        raise RefusedError(f"{row.activity} is not assessed by both sides yet; it stands at: {row.state}.")
    return assess(shipped(), combined(to_reveal(row), row.their_answers, row.peer_id))


def joint_digest(row: models.JointAssessment) -> str:
    """The digest by which an agreement names the joint assessment that it was argued from."""
    made = joint(row)
    content = {
        "activity": row.activity,
        "answers": made.answers_digest,
        "framework": made.framework_digest,
        "reading": made.reading,
    }
    return digest(content)


def combined(ours: AssessedAnswers, theirs: Mapping[str, Any], peer: str) -> tuple[Slice, ...]:
    """The slices that either side named, in the order of their names, with the answers of both."""
    by_party = {
        settings.NODE.id: _by_slice(ours.slices),
        peer: _by_slice(AssessedAnswers.model_validate(theirs).slices),
    }
    names = sorted({name for slices in by_party.values() for name in slices})
    parties = sorted(by_party)
    return tuple(Slice(name, {party: by_party[party].get(name, {}) for party in parties}) for name in names)


def _by_slice(slices: Iterable[SliceAnswers]) -> dict[str, dict[str, frozenset[str]]]:
    return {part.name: {name: frozenset(values) for name, values in part.answers.items()} for part in slices}
