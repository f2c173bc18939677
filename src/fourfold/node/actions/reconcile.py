"""Reconciling: what a counterpart handed out to us is held against what is here; a gap heals itself.

Both sides sign what they say. What still differs afterwards is an alarm, in the sync, on the page and in
`fourfold node check`, until it agrees again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from fourfold.exchange.holdings import (
    Difference,
    Holdings,
    Part,
    SignedHoldings,
    Sum,
    compare,
    sign_holdings,
    total,
)
from fourfold.exchange.limits import PART_ITEMS
from fourfold.exchange.nodes import NodeClient
from fourfold.exchange.taxii import Collection, TaxiiClient
from fourfold.node import clock
from fourfold.node.actions.deliver_receipts import deliver_receipts
from fourfold.node.actions.store_received import Stored, store_again
from fourfold.node.destroying import purge
from fourfold.node.holdings import held_from
from fourfold.node.keyrings import ring_of
from fourfold.node.models import Comparison, Peer, Tag
from fourfold.node.trail import note, note_seldom
from fourfold.records.signing import Signer

EVERY = timedelta(minutes=15)
"""A node that collects by itself compares this often; sooner where the last comparison did not agree."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a comparison came to: what was held, how many objects were healed, what still differs."""

    count: int
    healed: int = 0
    missing: int = 0
    unknown: int = 0

    @property
    def agrees(self) -> bool:
        """Whether both sides hold the same now."""
        return not self.missing and not self.unknown


def due(peer: Peer) -> bool:
    """Whether a node that collects by itself should compare again."""
    last = Comparison.objects.filter(peer=peer, ours=False).first()
    return last is None or not last.agrees or clock.now() - last.at >= EVERY


def reconcile(
    peer: Peer, collection: Collection, taxii: TaxiiClient, client: NodeClient, signer: Signer
) -> Reconciled:
    """Compare, ask by name for what is missing, compare again, and tell the counterpart what is held now.

    Raises:
        ExchangeError: the counterpart was not reached, or answered against the protocol.
        SignatureError: its statement is not its own.
    """
    asking = _Asking(peer, client)
    found = compare(held_from(peer), asking)
    healed = 0
    if found.missing:
        healed = _heal(peer, collection, taxii, found, signer)
        deliver_receipts(peer, client)
        found = compare(held_from(peer), asking)
    own = total(held_from(peer)(""))
    client.tell_holdings(_statement(peer, own, found, signer))
    _keep(peer, own, asking, found)
    _note(peer, healed, found)
    return Reconciled(own.count, healed, len(found.missing), len(found.extra))


def sentence(row: Comparison) -> str:
    """What a comparison that does not agree means, and what to do."""
    if row.agrees:
        return f"{row.count} objects on both sides, with the same root."
    holder, owner = (row.peer.name, "this node") if row.ours else ("This node", row.peer.name)
    parts = []
    if row.missing:
        parts.append(f"{holder} lacks {row.missing} that {owner} handed out and does not hand out again")
    if row.unknown:
        parts.append(f"{holder} holds {row.unknown} that {owner} does not know any more")
    said = "; ".join(parts) or "the roots differ"
    return f"{row.count} objects here, {row.their_count} there: {said}. See docs/how-to/recover.md."


class _Asking:
    """Asks the counterpart, checks its signature, and remembers what it said of the whole."""

    def __init__(self, peer: Peer, client: NodeClient) -> None:
        self._peer, self._client = peer, client
        self.whole: tuple[SignedHoldings, Sum] | None = None

    def __call__(self, prefixes: Sequence[str]) -> tuple[Part, ...]:
        signed = self._client.holdings(prefixes)
        owner, keys = self._peer.institution, ring_of(self._peer).acting(clock.now())
        given = signed.check(owner, settings.NODE.id, owner, keys)
        for part in given.parts:
            if not part.prefix:
                self.whole = signed, part.sum
        return given.parts


def _heal(peer: Peer, collection: Collection, taxii: TaxiiClient, found: Difference, signer: Signer) -> int:
    """Ask by name for what is missing; how many objects came and were stored."""
    came = Stored()
    for page in taxii.named(collection, sorted({item.id for item in found.missing})):
        came += store_again(peer, page.items, signer, clock.now())
    purge(destroyed=came.withdrawn > 0)
    return came.stored + came.withdrawn


def _statement(peer: Peer, own: Sum, found: Difference, signer: Signer) -> SignedHoldings:
    shown = tuple(found.extra[:PART_ITEMS])
    made = Holdings(
        owner=peer.institution,
        recipient=settings.NODE.id,
        said_by=settings.NODE.id,
        at=clock.now(),
        all=own,
        unknown=shown,
        more=len(found.extra) - len(shown),
    )
    return sign_holdings(made, signer)


def _keep(peer: Peer, own: Sum, asking: _Asking, found: Difference) -> None:
    if asking.whole is None:
        return
    signed, theirs = asking.whole
    Comparison.objects.update_or_create(
        peer=peer,
        ours=False,
        defaults={
            "at": clock.now(),
            "count": own.count,
            "root": own.root,
            "their_count": theirs.count,
            "their_root": theirs.root,
            "missing": len(found.missing),
            "unknown": len(found.extra),
            "statement": signed.wire(),
        },
    )


def _note(peer: Peer, healed: int, found: Difference) -> None:
    now = clock.now()
    if healed:
        note(Tag.HOLDINGS_HEALED, now, peer=peer, reason=f"{healed} objects")
    if found.missing or found.extra:
        reason = f"{len(found.missing)} missing, {len(found.extra)} unknown to it"
        note_seldom(Tag.HOLDINGS_DIFFER, now, peer=peer, reason=reason)
