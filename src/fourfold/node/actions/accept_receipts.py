"""Taking a counterpart's receipts for what it collected."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from fourfold.canon import digest_bytes
from fourfold.errors import FourfoldError, InputError, RefusedError, SignatureError
from fourfold.exchange.nodes import ReceiptResult, Taken
from fourfold.exchange.receipts import Outcome, Receipt, SignedReceipt, read_receipt
from fourfold.exchange.requests import WINDOW
from fourfold.node import clock, onward
from fourfold.node.keyrings import ring_of
from fourfold.node.keys import node_signer
from fourfold.node.models import Peer, ReceiptIn, Release, ReleaseVersion, Tag
from fourfold.node.trail import note, note_seldom
from fourfold.protocols.communication import COMMUNICATION, Move, State
from fourfold.records.identity import Delegation

MOVES: Mapping[Outcome, Move] = {
    Outcome.STORED: Move.ACKNOWLEDGE,
    Outcome.REFUSED: Move.REFUSE,
    Outcome.WITHDRAWN: Move.CONFIRM,
}


def accept_receipts(peer: Peer, wires: Sequence[bytes]) -> tuple[ReceiptResult, ...]:
    """Take receipts, each for itself; one that is known already changes nothing, nor does a bad one.

    They are read, and their signatures checked, before any lock; then written together, so that a delivery
    costs one commit. What is refused is noted once in a while, however much of it comes.
    """
    now = clock.now()
    keys = ring_of(peer).windows()
    read = [_read(wire, keys) for wire in wires]
    if any(isinstance(each, SignedReceipt) for each in read):
        with transaction.atomic():
            results = [_accept(peer, each, now) for each in read]
    else:
        results = read
    return tuple(_told(peer, wire, each, now) for wire, each in zip(wires, results, strict=True))


def _read(wire: bytes, keys: Mapping[str, Delegation]) -> SignedReceipt | FourfoldError:
    """The receipt, if one of these keys signed it in its time; else why it is none."""
    try:
        signed = read_receipt(wire)
        signed.check(keys, signed.receipt.at)
    except (InputError, SignatureError) as error:
        return error
    return signed


def _accept(peer: Peer, read: SignedReceipt | FourfoldError, now: datetime) -> Taken | FourfoldError:
    if isinstance(read, FourfoldError):
        return read
    try:
        with transaction.atomic():
            return _take(peer, read, now)
    except RefusedError as error:
        return error


def _told(peer: Peer, wire: bytes, result: Taken | FourfoldError, now: datetime) -> ReceiptResult:
    """What the counterpart is told of one receipt."""
    digest = digest_bytes(wire)
    if isinstance(result, Taken):
        return ReceiptResult(digest=digest, result=result)
    note_seldom(Tag.RECEIPT_REFUSED, now, peer=peer, reason=type(result).__name__)
    return ReceiptResult(digest=digest, result=Taken.REFUSED, why=str(result)[:500])


def _take(peer: Peer, signed: SignedReceipt, now: datetime) -> Taken:
    if ReceiptIn.objects.filter(peer=peer, digest=signed.digest).exists():
        return Taken.KNOWN
    version = _answered(peer, signed, now)
    if version.receipts.filter(outcome=signed.receipt.outcome).exclude(outcome=Outcome.REFUSED).exists():
        return Taken.KNOWN  # the recipient had lost the object, and received it once more
    _not_answered_otherwise(version, signed)
    _not_after_the_withdrawal(version, signed)
    _keep(peer, version, signed, now)
    return Taken.ACCEPTED


def _answered(peer: Peer, signed: SignedReceipt, now: datetime) -> ReleaseVersion:
    """The release version that a receipt is about.

    Raises:
        RefusedError: none that went to this counterpart.
    """
    receipt = signed.receipt
    if receipt.owner != settings.NODE.id or receipt.recipient != peer.institution:
        raise RefusedError("The receipt is between other institutions.")
    if receipt.at > now + WINDOW:
        raise RefusedError("The receipt is dated later than this node's clock allows.")
    found = ReleaseVersion.objects.filter(
        peer=peer, release_id=receipt.object, version=receipt.version, digest=receipt.digest
    ).first()
    if found is None or receipt.at < _collectable(found) - WINDOW:
        raise RefusedError("Nothing with this id, version and digest was released to you.")
    return found


def _collectable(version: ReleaseVersion) -> datetime:
    """When a counterpart could have a version at the earliest.

    The place in its collection may lie ahead of that: once this clock was wrong, places go on from there.
    """
    return min(version.date_added, version.first_sent or version.date_added)


def _not_answered_otherwise(version: ReleaseVersion, signed: SignedReceipt) -> None:
    """A recipient answers once; only a refusal may be followed by another answer."""
    if version.receipts.exclude(outcome=Outcome.REFUSED).exists():
        raise RefusedError("Another receipt for this version is held already.")
    if signed.receipt.outcome is Outcome.REFUSED and version.receipts.exists():
        raise RefusedError("A refusal of this version is held already.")
    if (signed.receipt.outcome is Outcome.WITHDRAWN) != version.revoked and (
        signed.receipt.outcome is not Outcome.REFUSED
    ):
        raise RefusedError("A withdrawal is answered by a withdrawal, and nothing else is.")


def _not_after_the_withdrawal(version: ReleaseVersion, signed: SignedReceipt) -> None:
    """What a recipient says that it destroyed, it does not store later."""
    if signed.receipt.outcome is Outcome.STORED:
        for answer in _answers(version, Outcome.WITHDRAWN):
            if signed.receipt.at > answer.at:
                raise RefusedError("You confirmed the withdrawal of this before the time of this receipt.")


def _answers(version: ReleaseVersion, outcome: Outcome) -> list[Receipt]:
    """All that was answered so about the release of which this is a version, the newest version first."""
    rows = ReceiptIn.objects.filter(release_version__release=version.release_id, outcome=outcome.value)
    newest = rows.order_by("-release_version__version")
    return [read_receipt(bytes(row.body)).receipt for row in newest]


def _destroyed_what_was_stored(version: ReleaseVersion) -> bool:
    """Whether what was answered to a withdrawal names the newest version that was answered as stored."""
    stored = _answers(version, Outcome.STORED)
    named = {digest for each in _answers(version, Outcome.WITHDRAWN) for digest in each.destroyed}
    return not stored or stored[0].digest in named


def _keep(peer: Peer, version: ReleaseVersion, signed: SignedReceipt, now: datetime) -> None:
    receipt = signed.receipt
    ReceiptIn.objects.create(
        peer=peer,
        release_version=version,
        body=signed.wire,
        digest=signed.digest,
        outcome=receipt.outcome.value,
        reason=receipt.reasons[0].value if receipt.reasons else "",
        received=now,
    )
    _advance(version, MOVES[receipt.outcome])
    if version.release.withdrawn and not _destroyed_what_was_stored(version):
        _deny(version)
    if receipt.outcome is Outcome.WITHDRAWN:
        onward.settle(node_signer(), now)
    tag = Tag.WITHDRAWAL_CONFIRMED if receipt.outcome is Outcome.WITHDRAWN else Tag.RECEIPT_ACCEPTED
    note(tag, now, peer=peer, subject=version.release_id, reason=receipt.outcome.value)


def _deny(version: ReleaseVersion) -> None:
    """The withdrawal counts as not confirmed: its recipient destroyed nothing of what it had stored."""
    release = Release.objects.get(pk=version.release_id)
    if _answers(version, Outcome.WITHDRAWN):
        release.state = COMMUNICATION.advance(State(release.state), Move.DENY).value
        release.save(update_fields=["state"])


def _advance(version: ReleaseVersion, move: Move) -> None:
    """Where the release stands after the answer; one about a version that is not the last moves nothing."""
    release = version.release
    if version.pk == release.latest().pk:
        release.state = COMMUNICATION.advance(State(release.state), move).value
        release.save(update_fields=["state"])
