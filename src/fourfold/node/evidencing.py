"""Gathering evidence: one file for each thing, so that it can be checked with no node running."""

import base64
from collections.abc import Iterator
from datetime import datetime

from fourfold.errors import RefusedError, SignatureError
from fourfold.exchange.evidence import (
    AgreementEvidence,
    Evidence,
    KeysEvidence,
    LogEvidence,
    LogProofEvidence,
    ObjectEvidence,
    ReceiptEvidence,
    SealProofEvidence,
)
from fourfold.exchange.receipts import read_receipt
from fourfold.exchange.stix import decode, read_object, read_time
from fourfold.log import (
    Checkpoint,
    LoggedProof,
    Note,
    NoteKind,
    SignedEpoch,
    Stored,
    check_cosignature,
    prove_inclusion,
)
from fourfold.node import ledger, models
from fourfold.node.actions.show_log import epoch_of
from fourfold.node.keyrings import history, own_ring, ring_of, signer_of
from fourfold.node.standing import signed
from fourfold.records.commitments import Opening
from fourfold.records.identity import SignedDelegation
from fourfold.records.keyring import Keyring
from fourfold.records.signing import fingerprint

Piece = tuple[str, Evidence]
"""The name of a file, and what stands in it."""


def pieces(peer: models.Peer) -> Iterator[Piece]:
    """All evidence of what was exchanged with one counterpart, in both directions."""
    yield from _keys(peer)
    yield from _agreements(peer)
    yield from _released(peer)
    yield from _own_log(peer)
    yield from _received(peer)
    yield from _their_log(peer)


def _keys(peer: models.Peer) -> Iterator[Piece]:
    """What both institutions signed about their keys, if anything has changed since the first delegation."""
    for ring in (own_ring(), ring_of(peer)):
        given = history(ring)
        if given.successions or given.revocations or len(given.delegations) > 1:
            yield f"keys-{_short(ring.institution)}.json", KeysEvidence(history=given)


def _by(ring: Keyring, wire: bytes) -> SignedDelegation:
    """The delegation of the node key that signed an object, at the time that the object bears."""
    found = read_object(wire)
    return _delegation(ring, found.signature.key, read_time(str(found.value["modified"])))


def _answered_by(ring: Keyring, body: bytes) -> SignedDelegation:
    found = read_receipt(body)
    return _delegation(ring, found.signature.key, found.receipt.at)


def _kept_by(ring: Keyring, origin: str, note: str) -> SignedDelegation:
    """The delegation of the node key that signed a checkpoint as the log's keeper."""
    return _delegation(ring, signer_of(Note.parse(note.encode()), origin, NoteKind.LOG, ring.ever()).key)


def _seen_by(ring: Keyring, note: str) -> SignedDelegation:
    """The delegation of the node key that countersigned a checkpoint."""
    parsed = Note.parse(note.encode())
    reader = signer_of(parsed, ring.institution, NoteKind.COSIGNATURE, ring.ever())
    moment = check_cosignature(
        Checkpoint.parse(parsed.text), parsed.signed_by(reader), reader.name, reader.key
    )
    return _delegation(ring, reader.key, moment)


def _opened_by(ring: Keyring, epoch: SignedEpoch | None) -> SignedDelegation | None:
    """The delegation of the node key that opened an epoch, if there is a statement."""
    return None if epoch is None else _delegation(ring, epoch.signature.key, epoch.epoch.opened)


def _delegation(ring: Keyring, key: str, moment: datetime | None = None) -> SignedDelegation:
    found = ring.signed_for(key, moment)
    if found is None:
        raise SignatureError(f"The delegation of the node key {fingerprint(key)} is not here.")
    return found


def _agreements(peer: models.Peer) -> Iterator[Piece]:
    for row in models.Agreement.objects.filter(parties__institution=peer.institution):
        given = signed(row)
        name = f"agreement-{_short(row.agreement)}-{row.number}.json"
        yield name, AgreementEvidence(text=given.content, signatures=given.signatures)


def _released(peer: models.Peer) -> Iterator[Piece]:
    """What was released to it, and its receipts."""
    own, theirs = own_ring(), ring_of(peer)
    rows = models.ReleaseVersion.readable.filter(peer=peer).order_by("sequence")
    for row in rows.iterator():
        stem = f"sent-{_short(row.release_id)}-v{row.version}"
        if row.wire:  # empty once destroyed, for its originator or by the rules; digest, salt, receipts stay
            wire = bytes(row.wire)
            yield f"{stem}.json", ObjectEvidence(object=wire.decode(), delegation=_by(own, wire))
        for receipt in row.receipts.order_by("pk"):
            yield f"{stem}-receipt.json", _receipt(bytes(receipt.body), theirs)


def _received(peer: models.Peer) -> Iterator[Piece]:
    """What came from it, unless it was destroyed, and our receipts."""
    own, theirs = own_ring(), ring_of(peer)
    rows = models.Received.readable.filter(peer=peer).exclude(state=models.ReceivedState.QUARANTINED)
    for row in rows.order_by("pk").iterator():
        stem = f"received-{_short(row.object)}-v{row.version}"
        if row.wire is not None:
            wire = bytes(row.wire)
            yield f"{stem}.json", ObjectEvidence(object=wire.decode(), delegation=_by(theirs, wire))
        receipt = models.ReceiptOut.objects.filter(received=row).first()
        if receipt is not None:
            yield f"{stem}-receipt.json", _receipt(bytes(receipt.body), own)


def _receipt(body: bytes, ring: Keyring) -> ReceiptEvidence:
    return ReceiptEvidence(receipt=body.decode(), delegation=_answered_by(ring, body))


def _own_log(peer: models.Peer) -> Iterator[Piece]:
    """The log kept for it, up to the last checkpoint that it countersigned, with a proof for each object."""
    own, theirs = own_ring(), ring_of(peer)
    for log in peer.logs.order_by("epoch"):
        last = log.checkpoints.exclude(cosigned=None).order_by("-size").first()
        if last is None:
            continue
        note, epoch = last.cosigned_note, epoch_of(log)
        leaves = log.leaves.filter(index__lt=last.size).order_by("index")
        yield (
            f"log-kept-{log.epoch}.json",
            LogEvidence(
                origin=log.origin,
                note=note,
                keeper=_kept_by(own, log.origin, note),
                epoch=epoch,
                epoch_keeper=_opened_by(own, epoch),
                reader=_seen_by(theirs, note),
                leaves=tuple(_text(bytes(leaf.hash)) for leaf in leaves),
            ),
        )
        for leaf in leaves.exclude(release_version=None).select_related("release_version"):
            yield _own_proof(leaf, last, epoch, (own, theirs))


def seal_proof(seal: models.Seal, shown: tuple[Opening, ...] | None) -> SealProofEvidence:
    """The proof of a seal, by the first countersignature that covers it; None: shown is the version whole.

    Raises:
        RefusedError: its witness has not countersigned it yet.
    """
    log = seal.leaf.log
    covering = log.checkpoints.exclude(cosigned=None).filter(size__gt=seal.leaf.index)
    first = covering.order_by("size").first()
    if first is None:
        raise RefusedError(f"{seal.witness.name} has not countersigned it yet: wait for its next sync.")
    own, note, epoch = own_ring(), first.cosigned_note, epoch_of(log)
    return SealProofEvidence(
        holding=seal.content(),
        salt=seal.salt,
        record=bytes(seal.version.body).decode() if shown is None else None,
        openings=shown or (),
        origin=log.origin,
        proof=_logged(log, seal.leaf, first).encode().decode(),
        keeper=_kept_by(own, log.origin, note),
        epoch=epoch,
        epoch_keeper=_opened_by(own, epoch),
        reader=_seen_by(ring_of(seal.witness), note),
    )


def _logged(log: models.Log, leaf: models.Leaf, last: models.Checkpoint) -> LoggedProof:
    path = prove_inclusion(lambda places: ledger.read_nodes(log, places), leaf.index, last.size)
    return LoggedProof(leaf.index, path, Note.parse(last.cosigned_note.encode()))


def _own_proof(
    leaf: models.Leaf,
    last: models.Checkpoint,
    epoch: SignedEpoch | None,
    rings: tuple[Keyring, Keyring],
) -> Piece:
    log, row, (own, theirs) = last.log, leaf.release_version, rings
    proof = _logged(log, leaf, last)
    return (
        f"sent-{_short(row.release_id)}-v{row.version}-proof.json",
        LogProofEvidence(
            digest=row.digest,
            salt=row.content().salt,
            origin=log.origin,
            proof=proof.encode().decode(),
            keeper=_kept_by(own, log.origin, last.cosigned_note),
            epoch=epoch,
            epoch_keeper=_opened_by(own, epoch),
            reader=_seen_by(theirs, last.cosigned_note),
        ),
    )


def _their_log(peer: models.Peer) -> Iterator[Piece]:
    """The log that it keeps for us, as we last countersigned each epoch, with a proof for each object."""
    for seen in models.SeenCheckpoint.last_of_each_epoch(peer):
        yield from _their_epoch(peer, seen)


def _their_epoch(peer: models.Peer, seen: models.SeenCheckpoint) -> Iterator[Piece]:
    rings = own, theirs = own_ring(), ring_of(peer)
    rows = models.SeenLeaf.objects.filter(peer=peer, epoch=seen.epoch, index__lt=seen.size)
    leaves = [bytes(leaf) for leaf in rows.order_by("index").values_list("hash", flat=True)]
    epoch = _seen_epoch(seen)
    yield (
        "log-seen.json" if seen.epoch == 1 else f"log-seen-{seen.epoch}.json",
        LogEvidence(
            origin=seen.origin,
            note=seen.cosigned_note,
            keeper=_kept_by(theirs, seen.origin, seen.cosigned_note),
            epoch=epoch,
            epoch_keeper=_opened_by(theirs, epoch),
            reader=_seen_by(own, seen.cosigned_note),
            leaves=tuple(map(_text, leaves)),
        ),
    )
    tree, places = Stored.of(leaves), {leaf: index for index, leaf in enumerate(leaves)}
    held = models.Received.readable.filter(peer=peer, wire__isnull=False).exclude(leaf="")
    for row in held.order_by("pk").iterator():
        index = places.get(bytes.fromhex(row.leaf))
        if index is not None:  # what came after the last countersignature has no proof yet
            path = prove_inclusion(tree, index, seen.size)
            yield _their_proof(row, seen, LoggedProof(index, path, _note(seen)), rings)


def _seen_epoch(seen: models.SeenCheckpoint) -> SignedEpoch | None:
    row = models.SeenEpoch.objects.filter(peer=seen.peer, number=seen.epoch).first()
    return None if row is None else SignedEpoch.model_validate_json(bytes(row.statement))


def _their_proof(
    row: models.Received,
    seen: models.SeenCheckpoint,
    proof: LoggedProof,
    rings: tuple[Keyring, Keyring],
) -> Piece:
    own, theirs = rings
    epoch = _seen_epoch(seen)
    wire = bytes(row.wire)
    return (
        f"received-{_short(row.object)}-v{row.version}-proof.json",
        LogProofEvidence(
            digest=row.digest,
            salt=decode(read_object(wire).value).salt,
            origin=seen.origin,
            proof=proof.encode().decode(),
            epoch=epoch,
            epoch_keeper=_opened_by(theirs, epoch),
            keeper=_kept_by(theirs, seen.origin, seen.cosigned_note),
            reader=_seen_by(own, seen.cosigned_note),
        ),
    )


def _note(seen: models.SeenCheckpoint) -> Note:
    return Note.parse(seen.cosigned_note.encode())


def _short(id_: str) -> str:
    return id_.rpartition("--")[2][:8]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
