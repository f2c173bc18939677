"""What a correction would do, worked out in one place: pages and programs show it, and the action does it."""

from dataclasses import dataclass
from datetime import datetime

from fourfold.canon import digest
from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import keeping, releasing
from fourfold.node.kinds import SYSTEM_KINDS
from fourfold.node.models import Peer, RecordVersion, Release
from fourfold.release import STUB, RecipientReport

_SYSTEM = frozenset(kind.id for kind in SYSTEM_KINDS)


@dataclass(frozen=True, slots=True)
class Correction:
    """All that was released of a record, the oldest first, and what a correction makes of it."""

    record: RecordVersion
    releases: tuple[Release, ...]

    @property
    def shown(self) -> tuple[Release, ...]:
        """Those that whoever reads now may know of; it withdraws the others too, and says nothing of them."""
        known = set(Release.readable.filter(record=self.record.record).values_list("pk", flat=True))
        return tuple(each for each in self.releases if each.pk in known)

    @property
    def withdrawn(self) -> tuple[Release, ...]:
        """What it withdraws: all that is not withdrawn yet."""
        return tuple(each for each in self.releases if each.withdrawn is None)

    @property
    def before(self) -> tuple[Peer, ...]:
        """From whom the record was withdrawn before: they have it back only if somebody says so."""
        now = {each.peer for each in self.withdrawn}
        gone = (each.peer for each in self.releases if each.kind != STUB.id)
        return tuple(dict.fromkeys(peer for peer in gone if peer not in now))

    def again(self, *, anew: bool = False) -> tuple[Peer, ...]:
        """To whom the right form goes: from whom this withdraws it; with `anew` also those of before."""
        now = tuple(dict.fromkeys(each.peer for each in self.withdrawn))
        return (*now, *self.before) if anew else now

    @property
    def seen(self) -> str:
        """A digest of what it starts from: the record as it is now, and what is shown of it."""
        stands = [(each.pk, each.withdrawn is None) for each in self.shown]
        return digest([self.record.digest, *sorted(stands)])

    def report(self, peer: Peer, now: datetime) -> RecipientReport:
        """What one of them would get of the record as it is now."""
        return releasing.report_for(self.record, peer, now)


def correction_of(record: str) -> Correction:
    """What a correction of a record would start from and do.

    Raises:
        NotFoundError: there is no such record, or nothing of it was released.
        RefusedError: it is an act between institutions.
    """
    row = keeping.latest(record)
    if row.kind in _SYSTEM:
        raise RefusedError("What was sealed, signed or consented to is ended or revoked, not withdrawn.")
    rows = Release.objects.filter(record=record).select_related("peer").order_by("created", "pk")
    if not rows:
        raise NotFoundError("Nothing of this record was released.")
    return Correction(row, tuple(rows))
