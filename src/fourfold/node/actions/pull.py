"""Collecting from a counterpart: keys, its releases for us, our receipts to it, its log, both holdings.

Each page is stored with its cursor and its receipts in one transaction, so that a node that is killed at any
moment goes on where it was. Nothing of this needs to be done twice, and all of it may be.
"""

from dataclasses import dataclass

import httpx
from django.conf import settings

from fourfold.errors import ExchangeError, FourfoldError
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.limits import PAGE_OBJECTS
from fourfold.exchange.nodes import NodeClient
from fourfold.exchange.paging import Position
from fourfold.exchange.requests import SignedRequests
from fourfold.exchange.stix import read_time
from fourfold.exchange.taxii import Collection, TaxiiClient, collection_id
from fourfold.log import Checkpoint
from fourfold.node import clock
from fourfold.node.actions.cosign import cosign
from fourfold.node.actions.deliver_receipts import deliver_receipts
from fourfold.node.actions.fetch_attachments import Fetched, fetch_attachments
from fourfold.node.actions.learn_keys import learn_keys
from fourfold.node.actions.open_epoch import open_epoch
from fourfold.node.actions.quarantine import quarantined
from fourfold.node.actions.reconcile import Reconciled, due, reconcile, sentence
from fourfold.node.actions.store_received import Stored, store_again, store_page
from fourfold.node.destroying import purge
from fourfold.node.keyrings import history, own_ring
from fourfold.node.keys import node_signer
from fourfold.node.models import Comparison, Peer, Tag
from fourfold.node.possession import prove_own
from fourfold.node.trail import note
from fourfold.records.signing import Signer


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one collection brought: objects, receipts delivered, the counterpart's log, files.

    `holdings` is what the comparison with the counterpart came to; None: it was not due.
    """

    stored: Stored
    receipts: int
    checkpoint: Checkpoint
    files: Fetched
    holdings: Reconciled | None = None


def pull(peer: Peer, transport: httpx.BaseTransport | None = None, *, whole: bool = True) -> Pulled:
    """Collect all that a counterpart has for us; `whole`: compare what both sides hold even if it is not due.

    Raises:
        ExchangeError: it was not reached, or answered against the protocol; what came before is kept.
        ProofError, SignatureError: its log does not hold.
    """
    try:
        found = _pull(peer, node_signer(), transport, whole=whole)
    except FourfoldError as error:
        Peer.objects.filter(pk=peer.pk).update(last_error=str(error)[:500])
        note(Tag.SYNC_FAILED, clock.now(), peer=peer, reason=type(error).__name__)
        raise
    Peer.objects.filter(pk=peer.pk).update(last_error=alarm(peer)[:500], last_pulled=clock.now())
    return found


def _pull(peer: Peer, signer: Signer, transport: httpx.BaseTransport | None, *, whole: bool) -> Pulled:
    if not peer.url:
        raise ExchangeError(f"{peer.name} gave no address; nothing can be collected from there.")
    auth = SignedRequests(signer, peer.institution, clock.now)
    with open_client(auth, transport, settings.HOME.outbound(settings.NODE)) as http:
        wire = Wire(peer.url, http)
        client, taxii = NodeClient(wire), TaxiiClient(wire)
        prove_own(signer, clock.now())
        exchange_keys(peer, client)
        if peer.epoch_due:
            open_epoch(peer, client, signer)
        collection = _collection(peer, taxii)
        stored = _collect(peer, taxii, collection, signer)
        receipts, checkpoint = deliver_receipts(peer, client), cosign(peer, client, signer)
        held = reconcile(peer, collection, taxii, client, signer) if whole or due(peer) else None
        return Pulled(stored, receipts, checkpoint, fetch_attachments(peer, client), held)


def alarm(peer: Peer) -> str:
    """What still differs between both sides' holdings, in a sentence; empty: nothing."""
    rows = Comparison.objects.filter(peer=peer).order_by("ours").select_related("peer")
    return " ".join(sentence(row) for row in rows if not row.agrees)


def exchange_keys(peer: Peer, client: NodeClient) -> None:
    """Tell of our keys what is new, then ask for theirs: what follows is signed by keys that both know.

    Raises:
        ExchangeError: the counterpart was not reached, or does not know our key after all.
    """
    own = history(own_ring())
    if peer.keys_told != own.digest():
        client.tell_keys(own)
    learn_keys(client.keys())
    Peer.objects.filter(pk=peer.pk).update(keys_told=own.digest())
    peer.refresh_from_db()


def _collect(peer: Peer, client: TaxiiClient, collection: Collection, signer: Signer) -> Stored:
    """All pages that are new, and what in quarantine has healed meanwhile."""
    total = Stored()
    for page in client.pages(collection, _position(peer), PAGE_OBJECTS):
        total += store_page(peer, page, signer, clock.now())
    total += store_again(peer, list(quarantined(peer)), signer, clock.now())
    purge(destroyed=total.withdrawn > 0)
    return total


def _position(peer: Peer) -> Position:
    peer.refresh_from_db(fields=["cursor"])
    return Position(added_after=read_time(peer.cursor) if peer.cursor else None)


def _collection(peer: Peer, client: TaxiiClient) -> Collection:
    """The collection that the counterpart keeps for us."""
    wanted = collection_id(peer.institution, settings.NODE.id)
    for root in client.discovery().api_roots:
        for found in client.collections(root):
            if found.id == wanted and found.can_read:
                return found
    raise ExchangeError(f"{peer.name} keeps no collection for this institution.")
