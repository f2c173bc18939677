"""Collecting from a counterpart: its releases for us, then our receipts to it, then its log.

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
from fourfold.node.actions.destroy import purge
from fourfold.node.actions.fetch_attachments import Fetched, fetch_attachments
from fourfold.node.actions.quarantine import quarantined
from fourfold.node.actions.store_received import Stored, store_again, store_page
from fourfold.node.keys import node_signer
from fourfold.node.models import Peer, Tag
from fourfold.node.trail import note
from fourfold.records.signing import Signer


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one collection brought: objects, receipts delivered, the counterpart's log, files."""

    stored: Stored
    receipts: int
    checkpoint: Checkpoint
    files: Fetched


def pull(peer: Peer, transport: httpx.BaseTransport | None = None) -> Pulled:
    """Collect all that a counterpart has for us.

    Raises:
        ExchangeError: it was not reached, or answered against the protocol; what came before is kept.
        ProofError, SignatureError: its log does not hold.
    """
    try:
        found = _pull(peer, node_signer(), transport)
    except FourfoldError as error:
        Peer.objects.filter(pk=peer.pk).update(last_error=str(error)[:500])
        note(Tag.SYNC_FAILED, clock.now(), peer=peer, reason=type(error).__name__)
        raise
    Peer.objects.filter(pk=peer.pk).update(last_error="", last_pulled=clock.now())
    return found


def _pull(peer: Peer, signer: Signer, transport: httpx.BaseTransport | None) -> Pulled:
    if not peer.url:
        raise ExchangeError(f"{peer.name} gave no address; nothing can be collected from there.")
    auth = SignedRequests(signer, peer.institution, clock.now)
    with open_client(auth, transport) as http:
        wire = Wire(peer.url, http)
        stored = _collect(peer, TaxiiClient(wire), signer)
        client = NodeClient(wire)
        receipts, checkpoint = deliver_receipts(peer, client), cosign(peer, client, signer)
        return Pulled(stored, receipts, checkpoint, fetch_attachments(peer, client))


def _collect(peer: Peer, client: TaxiiClient, signer: Signer) -> Stored:
    """All pages that are new, and what in quarantine has healed meanwhile."""
    collection = _collection(peer, client)
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
