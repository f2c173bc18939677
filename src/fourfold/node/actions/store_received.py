"""Storing a page of what a counterpart sent: checked, kept as received, receipted, in one transaction."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from fourfold.canon import digest_bytes
from fourfold.exchange.paging import Page
from fourfold.exchange.policies import Context, Held
from fourfold.exchange.reasons import Reason
from fourfold.exchange.receipts import Outcome, Receipt
from fourfold.exchange.stix import stix_id, taxii_time
from fourfold.exchange.verify import Attested, Keys, Refusal, Verified, check_agreed, check_signed
from fourfold.log import leaf_hash
from fourfold.node import onward
from fourfold.node.actions.handle_received import handle, is_acted_on
from fourfold.node.actions.quarantine import quarantine
from fourfold.node.actions.write_receipt import write_receipt, write_receipts
from fourfold.node.bulk import insert
from fourfold.node.compartments import compartment_of_received, settle_received
from fourfold.node.holding import Holdings
from fourfold.node.keeping import kept_title
from fourfold.node.keyrings import ring_of
from fourfold.node.kinds import DRAFT_AGREEMENT
from fourfold.node.models import Peer, Received, ReceivedState, Tag
from fourfold.node.models.belonging import of_release
from fourfold.node.models.fields import folded_title
from fourfold.node.models.reading import keep_compartment
from fourfold.node.retaining import held_from
from fourfold.node.standing import receivable_from
from fourfold.node.store_faults import OF_THE_STORE
from fourfold.node.trail import note, note_all
from fourfold.records.signing import Purpose, Signer

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a page: how many objects were stored, withdrawn, refused, or known already."""

    stored: int = 0
    withdrawn: int = 0
    refused: int = 0
    known: int = 0

    def __add__(self, other: "Stored") -> "Stored":
        """Two pages together."""
        return Stored(
            self.stored + other.stored,
            self.withdrawn + other.withdrawn,
            self.refused + other.refused,
            self.known + other.known,
        )


def store_page(peer: Peer, page: Page, signer: Signer, now: datetime) -> Stored:
    """Store a page and move the cursor behind it: all of it, or nothing.

    Whatever is repeated, reordered, edited or signed again changes nothing that is held, and is answered. An
    object that this node fails over lies in quarantine, and keeps none of the others from being stored.
    """
    keys = _keys(peer)
    checked = _checked(page.items, keys, now)

    def store(storing: _Storing) -> Stored:
        with transaction.atomic():
            locked, found = Peer.objects.select_for_update().get(pk=peer.pk), checked
            if (present := _keys(locked)) != keys:
                found = _checked(page.items, present, now)
            total = storing(locked, found, signer, now)
            if page.last is not None:
                locked.cursor = max(locked.cursor, taxii_time(page.last))
                locked.save(update_fields=["cursor"])
        return total

    return _contained(store)


def store_again(peer: Peer, wires: Sequence[bytes], signer: Signer, now: datetime) -> Stored:
    """Store what lies in quarantine, or was asked for by name; what still fails has the answer that it had.

    The cursor stays: what lies between it and these objects was not read.
    """
    if not wires:
        return Stored()

    def store(storing: _Storing) -> Stored:
        with transaction.atomic():
            return replace(storing(peer, _checked(wires, _keys(peer), now), signer, now), known=0)

    return _contained(store)


_Storing = Callable[[Peer, Sequence[Attested | Refusal], Signer, datetime], "Stored"]
"""A way to store objects that were checked, in the transaction of its caller."""


def _contained(store: Callable[[_Storing], Stored]) -> Stored:
    """All at once; if one of the objects makes that fail, each for itself."""
    try:
        return store(_store)
    except OF_THE_STORE:
        raise
    except Exception:  # noqa: BLE001  its class and places are logged
        _LOG.exception("A page could not be stored at once: each object is tried alone.")
        return store(_store_singly)


def _store_singly(peer: Peer, checked: Sequence[Attested | Refusal], signer: Signer, now: datetime) -> Stored:
    """Each object in its order; one that this node fails over is undone alone, and lies in quarantine."""
    total = Stored()
    for each in checked:
        try:
            with transaction.atomic():
                total += _store(peer, [each], signer, now)
        except OF_THE_STORE:
            raise
        except Exception:  # noqa: BLE001  its class and places are logged
            _LOG.exception("An object that a counterpart sent could not be kept.")
            total += _store_one(peer, _not_kept(each), signer, now)
    return total


def _not_kept(found: Attested | Refusal) -> Refusal:
    if isinstance(found, Refusal):
        return Refusal(found.wire, found.digest, (Reason.NOT_KEPT,))
    release = found.release
    return Refusal(found.wire, found.digest, (Reason.NOT_KEPT,), release.id, release.version)


def context_of(peer: Peer, now: datetime, held: Callable[[str], Held | None]) -> Context:
    """What this node knows when it checks something from a counterpart."""
    keys = _keys(peer)
    return Context(
        me=settings.NODE.id,
        peer=peer.institution,
        keys=keys.windows,
        agreements=receivable_from(peer.institution, now),
        held=held,
        on_hold=held_from(peer).__contains__,
        now=now,
        revoked=keys.revoked,
    )


def _keys(peer: Peer) -> Keys:
    ring = ring_of(peer)
    revoked = {key: found for key in ring.ever() if (found := ring.revocation(key))}
    return Keys(ring.delegated(), revoked)


def _checked(wires: Sequence[bytes], keys: Keys, now: datetime) -> list[Attested | Refusal]:
    """What the objects are, and who signed them; no lock is held meanwhile."""
    return [_check(wire, keys, now) for wire in wires]


def _check(wire: bytes, keys: Keys, now: datetime) -> Attested | Refusal:
    try:
        return check_signed(wire, keys, now)
    except Exception:  # noqa: BLE001  its class and places are logged
        _LOG.exception("An object that a counterpart sent could not be read.")
        return Refusal(wire, digest_bytes(wire), (Reason.NOT_KEPT,))


def _store(peer: Peer, checked: Sequence[Attested | Refusal], signer: Signer, now: datetime) -> Stored:
    """Objects in their order; an agreement that one of them brings counts for those behind it.

    Those that bring about nothing but themselves are written together; before any other they are written.
    """
    holdings = Holdings(peer, [each for each in checked if isinstance(each, Attested)])
    total, context, waiting = Stored(), context_of(peer, now, holdings.held), list[Verified]()
    for each in checked:
        found = check_agreed(each, context) if isinstance(each, Attested) else each
        if _is_known(found):
            total += Stored(known=1)
        elif _is_plain(found) and not holdings.is_kept(found.digest):
            waiting.append(found)
            holdings.add(found)
        else:
            total += Stored(stored=_store_all(peer, waiting, signer, now))
            waiting.clear()
            total += _store_one(peer, found, signer, now)
            holdings.forget(found.object if isinstance(found, Refusal) else found.release.id)
            if isinstance(found, Verified) and found.release.kind == DRAFT_AGREEMENT.id:
                context = context_of(peer, now, holdings.held)
    return total + Stored(stored=_store_all(peer, waiting, signer, now))


def _is_known(found: Verified | Refusal) -> bool:
    return isinstance(found, Verified) and found.duplicate


def _is_plain(found: Verified | Refusal) -> bool:
    """Whether an object brings about nothing but itself."""
    return isinstance(found, Verified) and not (found.release.revoked or is_acted_on(found.release))


def _store_all(peer: Peer, found: Sequence[Verified], signer: Signer, now: datetime) -> int:
    """Many plain objects at once: kept, answered, noted; how many."""
    rows = [{"peer": peer.pk, "digest": each.digest, **_columns(each, now)} for each in found]
    places = [of_release(each.release) for each in found]
    numbers = {what: keep_compartment(what) for what in set(places)}
    for row, each, place in zip(rows, found, places, strict=True):
        again = each.release.version > 1
        row["compartment"] = compartment_of_received(each.release) if again else numbers[place]
    keys = insert(Received, [_DEFAULTS | row for row in rows])
    belong, receipts = (row["compartment"] for row in rows), (_receipt(peer, each, now) for each in found)
    write_receipts(peer, zip(keys, belong, receipts, strict=True), signer)
    note_all(Tag.OBJECT_STORED, now, peer, ((row["object"], row["compartment"]) for row in rows))
    for each in found:
        settle_received(each.release)
    return len(rows)


def _store_one(peer: Peer, found: Verified | Refusal, signer: Signer, now: datetime) -> Stored:
    """One object, as it was found: kept, answered, acted on."""
    if isinstance(found, Refusal):
        return Stored(refused=1) if quarantine(peer, found, signer, now) else Stored(known=1)
    row = _keep(peer, found, now)
    settle_received(found.release)
    if row.revoked:
        onward.withdraw_onward(row, signer, now)
    else:
        write_receipt(row, _receipt(peer, found, now), signer)
    handle(row)
    note(Tag.OBJECT_STORED, now, peer=peer, subject=row.object)
    return Stored(withdrawn=1) if row.revoked else Stored(stored=1)


def _keep(peer: Peer, found: Verified, now: datetime) -> Received:
    """The row of a verified object; one that was in quarantine leaves it."""
    values = {**_columns(found, now), "compartment": compartment_of_received(found.release)}
    if Received.objects.filter(peer=peer, digest=found.digest).update(**values):
        return Received.objects.get(peer=peer, digest=found.digest)
    return Received.objects.create(peer=peer, digest=found.digest, **values)


def _columns(found: Verified, now: datetime) -> dict[str, Any]:
    release = found.release
    title = kept_title(str(release.fields.get("title", "")))
    return {
        "object": release.id,
        "stix_id": stix_id(release.kind, release.id),
        "version": release.version,
        "kind": release.kind,
        "activity": release.activity,
        "slice": release.slice,
        "title": title,
        "folded": folded_title(title),
        "agreement_digest": release.agreement,
        "state": ReceivedState.WITHDRAWN if release.revoked else ReceivedState.STORED,
        "reason": release.notice.value if release.notice else "",
        "revoked": release.revoked,
        "wire": found.wire,
        "leaf": leaf_hash(release.salt, found.digest, Purpose.RELEASE).hex(),
        "received": now,
        "withdrawn": now if release.revoked else None,
        "modified": release.modified,
    }


def _receipt(peer: Peer, found: Verified, now: datetime) -> Receipt:
    """The answer to a verified object that is no withdrawal."""
    return Receipt(
        owner=peer.institution,
        recipient=settings.NODE.id,
        object=found.release.id,
        version=found.release.version,
        digest=found.digest,
        outcome=Outcome.STORED,
        at=now,
    )


_DEFAULTS: Mapping[str, Any] = {"date_added": "", "in_log": None}
"""What a row holds that is not known when an object comes."""
