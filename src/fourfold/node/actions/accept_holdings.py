"""Taking a counterpart's signed word on what it holds of us, and holding it against what we know."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.exchange.holdings import Holdings, SignedHoldings, Sum, total
from fourfold.exchange.requests import WINDOW
from fourfold.node import clock
from fourfold.node.holdings import handed_to
from fourfold.node.keyrings import ring_of
from fourfold.node.models import Comparison, Peer, ReleaseVersion, Tag, UnknownRelease
from fourfold.node.trail import note, note_seldom

MOST_UNKNOWN = 1_000
"""The most objects of one recipient that are listed as unknown here; of more, the number is told."""


def accept_holdings(peer: Peer, signed: SignedHoldings) -> Comparison:
    """Keep what a counterpart says it holds; an older statement than the one held changes nothing.

    What it holds and this node does not know is listed: it was released, and lost with a store.

    Raises:
        SignatureError: it is not signed by the counterpart, or is about others.
        RefusedError: it is dated later than clocks differ, or states no sum.
    """
    now = clock.now()
    me, them = settings.NODE.id, peer.institution
    given = signed.check(me, them, them, ring_of(peer).acting(now))
    if given.all is None or given.at > now + WINDOW:
        raise RefusedError("The statement gives no sum, or is dated later than this node's clock allows.")
    own = total(handed_to(peer)(""))  # of all that was handed out: before any lock
    with transaction.atomic():
        before = Comparison.objects.select_for_update().filter(peer=peer, ours=True).first()
        if before is not None and before.at > given.at:
            return before
        unknown = _unknown(peer, given, now)
        return _keep(peer, signed, own, unknown, before)


def _unknown(peer: Peer, given: Holdings, now: datetime) -> int:
    """List what this node does not know; how many there are, those not shown included."""
    digests = [item.digest for item in given.unknown]
    known = set(ReleaseVersion.objects.filter(peer=peer, digest__in=digests).values_list("digest", flat=True))
    room = MOST_UNKNOWN - UnknownRelease.objects.filter(peer=peer).count()
    for item in given.unknown:
        if item.digest in known or room <= 0:
            continue
        _, fresh = UnknownRelease.objects.get_or_create(
            peer=peer,
            digest=item.digest,
            defaults={"stix_id": item.id, "version": item.version, "told": now},
        )
        if fresh:
            room -= 1
            note(Tag.RELEASE_UNKNOWN, now, peer=peer, subject=item.id[:80])
    return len(digests) - len(known) + given.more


def _keep(
    peer: Peer, signed: SignedHoldings, own: Sum, unknown: int, before: Comparison | None
) -> Comparison:
    given, theirs = signed.holdings, signed.holdings.all
    row, _ = Comparison.objects.update_or_create(
        peer=peer,
        ours=True,
        defaults={
            "at": given.at,
            "count": own.count,
            "root": own.root,
            "their_count": theirs.count,
            "their_root": theirs.root,
            "missing": max(own.count + unknown - theirs.count, 0),
            "unknown": unknown,
            "statement": signed.wire(),
        },
    )
    if not row.agrees and (before is None or before.agrees):
        note_seldom(Tag.HOLDINGS_DIFFER, clock.now(), peer=peer, reason="what it holds of us")
    return row
