"""Collecting from a counterpart: keys, its releases for us, our receipts to it, its log, both holdings.

Each page is stored with its cursor and its receipts in one transaction, so that a node that is killed at any
moment goes on where it was. Nothing of this needs to be done twice, and all of it may be.
"""

import logging
from dataclasses import dataclass

import httpx
from django.conf import settings

from fourfold.canon import printable
from fourfold.errors import ExchangeError, FourfoldError
from fourfold.exchange.budget import Meter, SpentError, hurry
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
from fourfold.node.actions.reconcile import Reconciled, due, reconcile, sentence
from fourfold.node.actions.store_received import Stored, store_page
from fourfold.node.actions.try_again import try_again
from fourfold.node.destroying import purge
from fourfold.node.keyrings import history, own_ring
from fourfold.node.keys import node_signer
from fourfold.node.models import Comparison, Peer, Tag
from fourfold.node.possession import prove_own
from fourfold.node.store_faults import OF_THE_STORE
from fourfold.node.trail import note_seldom
from fourfold.records.signing import Signer

COLLECTING = 0.75
"""The share of a budget that objects may use: answers, log and comparison come after them."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one collection brought: objects, receipts delivered, the counterpart's log, files.

    `holdings` is what the comparison with the counterpart came to; None: it was not due. `more`: why more is
    waiting there than this sync took; empty: all was collected.
    """

    stored: Stored
    receipts: int
    checkpoint: Checkpoint
    files: Fetched
    holdings: Reconciled | None = None
    more: str = ""


def pull(peer: Peer, transport: httpx.BaseTransport | None = None, *, whole: bool = True) -> Pulled:
    """Collect all that a counterpart has for us; `whole`: compare what both sides hold even if it is not due.

    It costs no more than one budget (`budget_seconds` and its like in node.toml).

    Raises:
        ExchangeError: it was not reached, answered against the protocol, or made this node fail, by whatever
            it sent; what came before is kept.
        ProofError, SignatureError: its log does not hold.
    """
    try:
        found = _pull(peer, node_signer(), transport, whole=whole)
    except FourfoldError as error:
        _tell(peer, told(error), type(error).__name__)
        raise
    except Exception as error:
        _LOG.exception("A collection broke off.")
        said = broken_off(peer, error)
        _tell(peer, said, type(error).__name__)
        raise ExchangeError(said) from error
    said = " ".join(filter(None, (alarm(peer), found.more)))
    Peer.objects.filter(pk=peer.pk).update(last_error=said[:500], last_pulled=clock.now())
    return found


def broken_off(peer: Peer, error: Exception) -> str:
    """Why a turn ended that no rule of ours ended; a store that fails is nobody else's fault."""
    kind = type(error).__name__
    if isinstance(error, OF_THE_STORE):
        said = f"The store of this node failed while it collected from {peer.name} ({kind})."
        return f"{said} Is the disk full, does the database run? The next sync goes on where this one ended."
    return f"The exchange with {peer.name} broke off here ({kind}); this node's log shows where."


def _tell(peer: Peer, said: str, kind: str) -> None:
    """Keep for the operator why a collection failed."""
    Peer.objects.filter(pk=peer.pk).update(last_error=said[:500])
    note_seldom(Tag.SYNC_FAILED, clock.now(), peer=peer, reason=kind)


def _pull(peer: Peer, signer: Signer, transport: httpx.BaseTransport | None, *, whole: bool) -> Pulled:
    if not peer.url:
        raise ExchangeError(f"{peer.name} gave no address; nothing can be collected from there.")
    auth, meter = SignedRequests(signer, peer.institution, clock.now), Meter(settings.NODE.budget)
    with open_client(auth, transport, settings.HOME.outbound(settings.NODE)) as http:
        hurry(http, meter)
        wire = Wire(peer.url, http, meter=meter)
        client, taxii = NodeClient(wire), TaxiiClient(wire)
        prove_own(signer, clock.now())
        exchange_keys(peer, client)
        if peer.epoch_due:
            open_epoch(peer, client, signer)
        collection = _collection(peer, taxii)
        stored, more = _collect(peer, taxii, collection, signer, meter)
        receipts, checkpoint = deliver_receipts(peer, client), cosign(peer, client, signer)
        compared = not more and (whole or due(peer))  # what was not collected yet is no gap
        held = reconcile(peer, collection, taxii, client, signer) if compared else None
        files = fetch_attachments(peer, client)
        return Pulled(stored, receipts, checkpoint, files, held, more or files.more)


def told(error: FourfoldError) -> str:
    """What went wrong, in signs that any store and terminal takes: a counterpart may have written of it."""
    return printable(str(error))


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


def _collect(
    peer: Peer, client: TaxiiClient, collection: Collection, signer: Signer, meter: Meter
) -> tuple[Stored, str]:
    """All pages that are new, as far as the budget goes, and what in quarantine has healed meanwhile.

    With it comes why there is more; empty: there is none.
    """
    total, more = Stored(), ""
    try:
        with meter.only(COLLECTING):
            for page in client.pages(collection, _position(peer), PAGE_OBJECTS):
                total += store_page(peer, page, signer, clock.now())
                if page.more:
                    meter.spend(objects=len(page.items))
    except SpentError as spent:
        more = str(spent)
    total += try_again(peer, signer, clock.now())
    purge(destroyed=total.withdrawn > 0)
    return total, more


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
