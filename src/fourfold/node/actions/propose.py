"""Proposing something to be done by all parties: the first text of a proposal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from fourfold.errors import RefusedError
from fourfold.node import clock, courses, stepping
from fourfold.node.courses import Opening
from fourfold.node.kinds import activity_of, kind_of
from fourfold.node.models import Peer
from fourfold.protocols import coordination
from fourfold.protocols.coordination import Proposal
from fourfold.records.markings import Marking


@dataclass(frozen=True, slots=True)
class NewProposal:
    """What a person hands in: the kind of proposal, its slice and marking, title, date and content."""

    kind: str
    slice: str
    marking: Marking
    fields: Mapping[str, Any]


def propose(given: NewProposal, peers: Sequence[Peer], actor: str) -> Opening:
    """Propose a text to these counterparts. While it is open, proposing it again changes nothing.

    Raises:
        InputError: there is no such kind, or a field is wrong; all faults.
        RefusedError: its date has passed, or it may not pass to one of them; all reasons.
    """
    now, kind = clock.now(), kind_of(given.kind)
    parties = tuple(sorted({settings.NODE.id, *(peer.institution for peer in peers)}))
    if not issubclass(kind.payload, Proposal):
        raise RefusedError(f"A record of kind {kind.id} is not proposed; it is kept, and released.")
    own = {**stepping.header(None, given.marking, now), "parties": parties}
    step = stepping.made(kind, given.fields, own)
    coordination.check_opening(step)
    coordination.check_date(step, now)
    with stepping.acting(actor):
        if known := courses.open_same(step, given.slice):
            return known
        place = courses.Place(activity_of(kind), given.slice)
        return stepping.take(kind, step, place, peers, actor)
