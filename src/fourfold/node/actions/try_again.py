"""Trying again what lies in quarantine: only once something is different, a little at a time.

What a counterpart's objects are refused for depends on its keys, on what is agreed, on legal holds and on the
clock. While none of these is different, looking again would find the same, at the cost of every signature.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fourfold.canon import digest
from fourfold.exchange.reasons import Reason
from fourfold.node.actions.quarantine import PASSING, lying
from fourfold.node.actions.store_received import Stored, context_of, store_again
from fourfold.node.models import Peer
from fourfold.node.retaining import held_from
from fourfold.records.signing import Signer

SOON, LATER = timedelta(minutes=5), timedelta(hours=1)
"""How long the clock, and all else that nobody foresaw, are given before one looks again."""

_BATCH = 20
"""Objects that are held in memory at once: at most 20 MiB."""


def try_again(peer: Peer, signer: Signer, now: datetime) -> Stored:
    """Store what may be stored by now of what lies in a counterpart's quarantine."""
    waiting = lying(peer).filter(reason__in=[each.value for each in PASSING]).exclude(wire=None)
    last = waiting.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return Stored()
    basis = _basis(peer, now)
    pause = SOON if waiting.filter(reason=Reason.FROM_THE_FUTURE).exists() else LATER
    peer.refresh_from_db(fields=["tried", "tried_on"])
    if peer.tried_on == basis and peer.tried is not None and now < peer.tried + pause:
        return Stored()
    total = Stored()
    for wires in _batches(waiting.filter(pk__lte=last)):
        total += store_again(peer, wires, signer, now)
    Peer.objects.filter(pk=peer.pk).update(tried=now, tried_on=basis)
    return total


def _basis(peer: Peer, now: datetime) -> str:
    """The digest of all that the answer depends on, but for the clock and what came."""
    known = context_of(peer, now, lambda _: None)
    acting = {key: given.valid_from <= now < given.valid_until for key, given in known.keys.items()}
    revoked = {key: given.model_dump(mode="json") for key, given in known.revoked.items()}
    return digest([acting, revoked, sorted(known.agreements), sorted(held_from(peer))])


def _batches(waiting) -> Iterator[list[bytes]]:  # noqa: ANN001  a query of Received
    """In the order in which they came; what is stored meanwhile leaves the query."""
    last = 0
    while rows := list(waiting.filter(pk__gt=last).order_by("pk").values_list("pk", "wire")[:_BATCH]):
        last = rows[-1][0]
        yield [bytes(wire) for _, wire in rows]
