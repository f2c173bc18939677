"""What is held of a counterpart's releases, asked for once for a whole page."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.db.models import QuerySet

from fourfold.exchange.policies import Held
from fourfold.exchange.stix import read_object, read_time
from fourfold.exchange.verify import Attested, Verified
from fourfold.node.models import Peer, Received, ReceivedState


class Holdings:
    """What is held of the releases in a page, kept up to date while the page is stored."""

    def __init__(self, peer: Peer, page: Sequence[Attested]) -> None:
        self._peer = peer
        self._held = dict.fromkeys((each.release.id for each in page), None) | _newest(peer, page)
        self._kept = _kept(peer, page)

    def held(self, release: str) -> Held | None:
        """The newest version that is held of a release, or the tombstone of a withdrawn one."""
        if release not in self._held:
            self._held[release] = held(self._peer, release)
        return self._held[release]

    def is_kept(self, digest: str) -> bool:
        """Whether these very bytes are here already, in quarantine or out of it."""
        return digest in self._kept

    def add(self, found: Verified) -> None:
        """From now on this version is held."""
        release = found.release
        self._held[release.id] = Held(release.version, release.modified, found.digest, release.revoked)
        self._kept.add(found.digest)

    def forget(self, release: str) -> None:
        """Ask the store again, if this release is asked for."""
        self._held.pop(release, None)


def held(peer: Peer, release: str) -> Held | None:
    """The newest version that is held of a counterpart's release, or the tombstone of a withdrawn one."""
    row = _accepted(peer).filter(object=release).order_by("-version").first()
    return None if row is None else _as_held(row)


def _accepted(peer: Peer) -> QuerySet[Received]:
    return Received.objects.filter(peer=peer).exclude(state=ReceivedState.QUARANTINED)


def _newest(peer: Peer, page: Iterable[Attested]) -> dict[str, Held]:
    wanted = {each.release.id for each in page}
    rows = _accepted(peer).filter(object__in=wanted).order_by("version")
    newest = {row.object: row for row in rows}
    return {release: _as_held(row) for release, row in newest.items()}


def _kept(peer: Peer, page: Iterable[Attested]) -> set[str]:
    rows = Received.objects.filter(peer=peer, digest__in=[each.digest for each in page])
    return set(rows.values_list("digest", flat=True))


def _as_held(row: Received) -> Held:
    lost = row.wire is None and row.state == ReceivedState.WITHDRAWN
    return Held(row.version, _modified(row), row.digest, revoked=row.revoked or lost)


def _modified(row: Received) -> datetime:
    """The version's time; of a tombstone whose withdrawal is not here (lost with a store) none is known."""
    if row.modified is not None:
        return row.modified
    if row.wire is None:
        return datetime.min.replace(tzinfo=UTC)
    return read_time(str(read_object(bytes(row.wire)).value["modified"]))
