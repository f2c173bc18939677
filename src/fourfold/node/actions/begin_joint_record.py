"""Beginning a joint record: the first contribution, which names who drafts it together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from fourfold.errors import RefusedError
from fourfold.node import clock, courses, onward, stepping
from fourfold.node.courses import Opening
from fourfold.node.kinds import activity_of, kind_of
from fourfold.node.models import Peer
from fourfold.protocols import collaboration
from fourfold.protocols.collaboration import Contribution
from fourfold.records.markings import Marking


@dataclass(frozen=True, slots=True)
class NewJointRecord:
    """What a person hands in: kind, slice, marking, the contribution, the ids of its sources."""

    kind: str
    slice: str
    marking: Marking
    fields: Mapping[str, Any]
    sources: tuple[str, ...] = ()


def begin_joint_record(given: NewJointRecord, peers: Sequence[Peer], actor: str) -> Opening:
    """Begin a joint record with these counterparts. While it is drafted, the same again changes nothing.

    Raises:
        NotFoundError: a source is not here.
        InputError: there is no such kind, or a field is wrong; all faults.
        RefusedError: it may not pass to one of them; all reasons.
    """
    now, kind = clock.now(), kind_of(given.kind)
    parties = tuple(sorted({settings.NODE.id, *(peer.institution for peer in peers)}))
    derived = onward.derive(given.sources, now) if given.sources else None
    own = stepping.header(None, given.marking, now)
    if derived:
        own["originators"], own["marking"] = derived.carried(given.marking)
    if not issubclass(kind.payload, Contribution):
        raise RefusedError(f"A record of kind {kind.id} is not drafted together; it is kept, and released.")
    step = stepping.made(kind, given.fields, {**own, "parties": parties, "revision": 1})
    collaboration.check_opening(step)
    with stepping.acting(actor):
        if known := courses.open_same(step, given.slice):
            return known
        place = courses.Place(activity_of(kind), given.slice)
        return stepping.take(kind, step, place, peers, actor, derived=derived)
