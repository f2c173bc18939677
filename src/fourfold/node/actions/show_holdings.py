"""Telling a counterpart, signed, what was handed out to it: sums, and lists where they are short."""

from collections.abc import Sequence

from django.conf import settings

from fourfold.errors import ExchangeError, InputError, RefusedError, SignatureError
from fourfold.exchange.holdings import Holdings, SignedHoldings, describe, sign_holdings
from fourfold.node import clock
from fourfold.node.delivering import may_be_handed_out
from fourfold.node.holdings import handed_to
from fourfold.node.keys import node_signer
from fourfold.node.models import Peer, ReleaseVersion
from fourfold.node.standing import circumstances


def show_holdings(peer: Peer, prefixes: Sequence[str]) -> SignedHoldings:
    """The parts that a counterpart asks for; they tell nothing of what it was not given and may not get.

    Raises:
        ExchangeError: the node key cannot be opened; the counterpart need not know why.
    """
    try:
        signer = node_signer()
    except (InputError, RefusedError, SignatureError) as error:
        raise ExchangeError(str(error)) from error
    now = clock.now()
    select = handed_to(peer, _deliverable(peer))
    described = {prefix: describe(prefix, select(prefix)) for prefix in set(prefixes)}
    parts = tuple(described[prefix] for prefix in prefixes)
    made = Holdings(
        owner=settings.NODE.id, recipient=peer.institution, said_by=settings.NODE.id, at=now, parts=parts
    )
    return sign_holdings(made, signer)


def _deliverable(peer: Peer) -> list[int]:
    """The newest versions that were never handed out, and may be now."""
    rows = ReleaseVersion.objects.filter(peer=peer, first_sent=None).select_related("source", "release")
    rows = [row for row in rows if row.revoked or row.release.withdrawn is None]
    if not rows:
        return []
    around = circumstances(clock.now(), {row.source.digest for row in rows if row.source is not None})
    return [row.pk for row in rows if may_be_handed_out(row, around)]
