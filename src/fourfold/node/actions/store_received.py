"""Storing a page of what a counterpart sent: checked, kept as received, receipted, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from fourfold.exchange.paging import Page
from fourfold.exchange.policies import Context, Held
from fourfold.exchange.receipts import Outcome, Receipt
from fourfold.exchange.stix import read_object, read_time, stix_id, taxii_time
from fourfold.exchange.verify import Refusal, Verified, check_received, trusted_keys
from fourfold.log import leaf_hash
from fourfold.node.actions.destroy import destroy
from fourfold.node.actions.handle_received import handle
from fourfold.node.actions.quarantine import quarantine
from fourfold.node.actions.write_receipt import write_receipt
from fourfold.node.kinds import DRAFT_AGREEMENT
from fourfold.node.models import Peer, Received, ReceivedState, Tag
from fourfold.node.retaining import holds
from fourfold.node.standing import receivable_from
from fourfold.node.trail import note
from fourfold.records.signing import Purpose, Signer


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

    Whatever is repeated, reordered, edited or signed again changes nothing that is held, and is answered.
    """
    with transaction.atomic():
        peer = Peer.objects.select_for_update().get(pk=peer.pk)
        total = _store(peer, page.items, signer, now)
        if page.last is not None:
            peer.cursor = max(peer.cursor, taxii_time(page.last))
            peer.save(update_fields=["cursor"])
    return total


def store_again(peer: Peer, wires: Sequence[bytes], signer: Signer, now: datetime) -> Stored:
    """Try once more what lies in quarantine; what still fails stays there, with the answer it had."""
    with transaction.atomic():
        return replace(_store(peer, wires, signer, now), known=0)


def context_of(peer: Peer, now: datetime) -> Context:
    """What this node knows when it checks something from a counterpart."""
    return Context(
        me=settings.NODE.id,
        peer=peer.institution,
        keys=trusted_keys(peer.institution, [peer.signed_delegation]),
        agreements=receivable_from(peer.institution, now),
        held=lambda release: held(peer, release),
        on_hold=holds().__contains__,
        now=now,
    )


def held(peer: Peer, release: str) -> Held | None:
    """The newest version that is held of a counterpart's release, or the tombstone of a withdrawn one."""
    rows = Received.objects.filter(peer=peer, object=release).exclude(state=ReceivedState.QUARANTINED)
    row = rows.order_by("-version").first()
    if row is None:
        return None
    modified = row.modified or read_time(str(read_object(bytes(row.wire)).value["modified"]))
    return Held(row.version, modified, row.digest, row.revoked)


def _store(peer: Peer, wires: Sequence[bytes], signer: Signer, now: datetime) -> Stored:
    """Objects in their order; an agreement that one of them brings counts for those behind it."""
    total, context = Stored(), context_of(peer, now)
    for wire in wires:
        found = check_received(wire, context)
        total += _store_one(peer, found, signer, now)
        if isinstance(found, Verified) and found.release.kind == DRAFT_AGREEMENT.id:
            context = context_of(peer, now)
    return total


def _store_one(peer: Peer, found: Verified | Refusal, signer: Signer, now: datetime) -> Stored:
    """One object, as it was found: kept, answered, acted on."""
    if isinstance(found, Refusal):
        return Stored(refused=1) if quarantine(peer, found, signer, now) else Stored(known=1)
    if found.duplicate:
        return Stored(known=1)
    destroyed = _destroyed(peer, found, now) if found.release.revoked else ()
    row = _keep(peer, found, now)
    write_receipt(row, _receipt(peer, found, destroyed, now), signer)
    handle(row)
    note(Tag.OBJECT_STORED, now, peer=peer, subject=row.object)
    return Stored(withdrawn=1) if row.revoked else Stored(stored=1)


def _destroyed(peer: Peer, found: Verified, now: datetime) -> tuple[str, ...]:
    """What a withdrawal destroys; the withdrawal itself, which may have lain in quarantine, is none of it."""
    return tuple(each for each in destroy(peer, found.release.id, now) if each != found.digest)


def _keep(peer: Peer, found: Verified, now: datetime) -> Received:
    """The row of a verified object; one that was in quarantine leaves it."""
    values = _columns(found, now)
    if Received.objects.filter(peer=peer, digest=found.digest).update(**values):
        return Received.objects.get(peer=peer, digest=found.digest)
    return Received.objects.create(peer=peer, digest=found.digest, **values)


def _columns(found: Verified, now: datetime) -> dict[str, Any]:
    release = found.release
    return {
        "object": release.id,
        "stix_id": stix_id(release.kind, release.id),
        "version": release.version,
        "kind": release.kind,
        "activity": release.activity,
        "slice": release.slice,
        "agreement_digest": release.agreement,
        "state": ReceivedState.WITHDRAWN if release.revoked else ReceivedState.STORED,
        "reason": "",
        "revoked": release.revoked,
        "wire": found.wire,
        "leaf": leaf_hash(release.salt, found.digest, Purpose.RELEASE).hex(),
        "received": now,
        "withdrawn": now if release.revoked else None,
        "modified": release.modified,
    }


def _receipt(peer: Peer, found: Verified, destroyed: tuple[str, ...], now: datetime) -> Receipt:
    """The answer to a verified object; to a withdrawal, what was destroyed and until when backups last."""
    revoked, days = found.release.revoked, settings.NODE.backup_days
    return Receipt(
        owner=peer.institution,
        recipient=settings.NODE.id,
        object=found.release.id,
        version=found.release.version,
        digest=found.digest,
        outcome=Outcome.WITHDRAWN if revoked else Outcome.STORED,
        destroyed=destroyed,
        backups_until=now + timedelta(days=days) if revoked and days else None,
        at=now,
    )
