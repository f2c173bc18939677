"""What something new was written from: records of one's own, and what counterparts released."""

from collections.abc import Sequence
from dataclasses import dataclass

from fourfold.errors import RefusedError
from fourfold.exchange.stix import decode, read_object
from fourfold.node import keeping
from fourfold.node.models import Received, ReceivedState
from fourfold.records.markings import Marking, join


@dataclass(frozen=True, slots=True)
class Sources:
    """Originators and markings of what something was written from, each source by itself."""

    originators: tuple[frozenset[str], ...] = ()
    markings: tuple[Marking, ...] = ()

    def carried(self, author: str, own: Marking) -> tuple[frozenset[str], Marking]:
        """Whose what is written is, and how it is marked: the union, and the tightest."""
        return frozenset({author}).union(*self.originators), join([own, *self.markings])


def sources_of(ids: Sequence[str]) -> Sources:
    """The sources with these ids: `record--` for our own, `release--` for what was received.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: nothing is held under that id of a release.
    """
    originators, markings = [], []
    for id_ in ids:
        if id_.startswith("release--"):
            release = decode(read_object(_held(id_)).value)
            originators.append(release.originators)
            markings.append(release.marking)
        else:
            record = keeping.latest(id_).content()
            originators.append(record.originators)
            markings += [record.marking, *record.field_markings.values()]
    return Sources(tuple(originators), tuple(markings))


def _held(object_: str) -> bytes:
    rows = Received.objects.filter(object=object_, state=ReceivedState.STORED, revoked=False)
    row = rows.exclude(wire=None).order_by("-version").first()
    if row is None:
        raise RefusedError(f"Nothing is held under {object_}: it never came, or was withdrawn.")
    return bytes(row.wire)
