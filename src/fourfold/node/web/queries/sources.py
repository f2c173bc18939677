"""From the store to a stance: who the counterparts are, what was answered and revealed, what is agreed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings

from fourfold.institutions import shipped_profiles
from fourfold.node.assessing import to_reveal
from fourfold.node.models import JointAssessment, Peer
from fourfold.node.parties import nodes
from fourfold.node.standing import binding_with
from fourfold.node.web.queries.stance import Agreed, PartyView, Stance
from fourfold.node.web.queries.states import PROGRESS
from fourfold.planning import Answer, PlannedActivity, PlannedSlice
from fourfold.protocols.assessment import State


def counterparts() -> tuple[Peer, ...]:
    """The counterparts, by name."""
    return tuple(nodes().order_by("name", "institution"))


def chosen(peers: Iterable[Peer], institution: str) -> Peer | None:
    """The counterpart of that id; the first where none is asked for, None where it is none of ours."""
    return next((peer for peer in peers if institution in {"", peer.institution}), None)


def own_party() -> PartyView:
    """This institution."""
    return PartyView(settings.NODE.id, settings.NODE.name, short_name(settings.NODE.name), own=True)


def party_of(peer: Peer) -> PartyView:
    """A counterpart."""
    return PartyView(peer.institution, peer.name, short_name(peer.name), own=False)


def short_name(name: str) -> str:
    """The short name of an institution whose profile is known; else the name itself."""
    known = {profile.name: profile.id for profile in shipped_profiles()}
    return known.get(name, name)


def stance_with(peer: Peer | None, now: datetime) -> Stance:
    """Everything that was said with one counterpart; with none, only who we are."""
    own = own_party()
    if peer is None:
        return Stance((own,), {}, (), {})
    rows = tuple(JointAssessment.readable.filter(peer=peer))
    other = party_of(peer)
    return Stance(
        (own, other),
        {row.activity: planned(row, own, other) for row in rows if row.answers or row.their_answers},
        tuple(_agreed(peer, now)),
        {row.activity: str(PROGRESS.get(row.state, "")) for row in rows},
    )


def planned(row: JointAssessment, own: PartyView, other: PartyView) -> PlannedActivity:
    """An activity as both sides answered it; what a side has not revealed is unknown.

    Once both have revealed, our withheld answers are left out too: both sides then see the same, and the
    digests agree. Slices come in the order of their names, as in the joint assessment.
    """
    ours, theirs = _ours(row), _by_slice(row.their_answers)
    return PlannedActivity(
        row.activity,
        tuple(
            PlannedSlice(
                name,
                {
                    own.key: _answers(ours.get(name, {}), row.evidence.get(name, {})),
                    other.key: _answers(theirs.get(name, {}), {}),
                },
            )
            for name in sorted({*ours, *theirs})
        ),
    )


def _ours(row: JointAssessment) -> dict[str, Mapping[str, Any]]:
    if row.state != State.JOINT:
        return _by_slice(row.answers)
    return {part.name: part.answers for part in to_reveal(row).slices}


def _by_slice(answers: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    return {part["name"]: part["answers"] for part in answers["slices"]} if answers else {}


def _answers(said: Mapping[str, Any], evidence: Mapping[str, Any]) -> dict[str, Answer]:
    return {criterion: _answer(values, evidence.get(criterion, {})) for criterion, values in said.items()}


def _answer(values: Iterable[str], evidence: Mapping[str, Any]) -> Answer:
    day = evidence.get("date")
    return Answer(
        tuple(values),
        evidence.get("because", ""),
        evidence.get("source", ""),
        date.fromisoformat(day) if day else None,
    )


def _agreed(peer: Peer, now: datetime) -> Iterable[Agreed]:
    for digest, text in binding_with(peer.institution, now).items():
        if not text.founding:
            for part in text.slices:
                yield Agreed(part.activity, part.name, part.level, digest, text.title)
