"""Gathering evidence: one file for each thing, so that it can be checked with no node running."""

import base64
from collections.abc import Iterator

from fourfold.exchange.evidence import (
    AgreementEvidence,
    Evidence,
    LogEvidence,
    LogProofEvidence,
    ObjectEvidence,
    ReceiptEvidence,
)
from fourfold.exchange.receipts import read_receipt
from fourfold.exchange.stix import decode, read_object
from fourfold.log import LoggedProof, Note, SignedEpoch, Stored, prove_inclusion
from fourfold.node import ledger, models
from fourfold.node.standing import signed
from fourfold.records.identity import SignedDelegation

Piece = tuple[str, Evidence]
"""The name of a file, and what stands in it."""


def pieces(peer: models.Peer) -> Iterator[Piece]:
    """All evidence of what was exchanged with one counterpart, in both directions."""
    yield from _agreements(peer)
    yield from _released(peer)
    yield from _own_log(peer)
    yield from _received(peer)
    yield from _their_log(peer)


def _own() -> SignedDelegation:
    return models.Node.objects.get().signed_delegation


def _agreements(peer: models.Peer) -> Iterator[Piece]:
    for row in models.Agreement.objects.filter(parties__institution=peer.institution):
        given = signed(row)
        name = f"agreement-{_short(row.agreement)}-{row.number}.json"
        yield name, AgreementEvidence(text=given.content, signatures=given.signatures)


def _released(peer: models.Peer) -> Iterator[Piece]:
    """What was released to it, and its receipts."""
    own = _own()
    rows = models.ReleaseVersion.objects.filter(peer=peer).order_by("sequence")
    for row in rows.iterator():
        stem = f"sent-{_short(row.release_id)}-v{row.version}"
        if row.wire:  # empty once the retention rules destroyed it; digest, salt and receipts stay
            yield f"{stem}.json", ObjectEvidence(object=bytes(row.wire).decode(), delegation=own)
        for receipt in row.receipts.order_by("pk"):
            yield f"{stem}-receipt.json", _receipt(bytes(receipt.body), peer.signed_delegation)


def _received(peer: models.Peer) -> Iterator[Piece]:
    """What came from it, unless it was destroyed, and our receipts."""
    rows = models.Received.objects.filter(peer=peer).exclude(state=models.ReceivedState.QUARANTINED)
    for row in rows.order_by("pk").iterator():
        stem = f"received-{_short(row.object)}-v{row.version}"
        if row.wire is not None:
            wire = bytes(row.wire).decode()
            yield f"{stem}.json", ObjectEvidence(object=wire, delegation=peer.signed_delegation)
        receipt = models.ReceiptOut.objects.filter(received=row).first()
        if receipt is not None:
            yield f"{stem}-receipt.json", _receipt(bytes(receipt.body), _own())


def _receipt(body: bytes, delegation: SignedDelegation) -> ReceiptEvidence:
    read_receipt(body)  # what is exported must at least be one
    return ReceiptEvidence(receipt=body.decode(), delegation=delegation)


def _own_log(peer: models.Peer) -> Iterator[Piece]:
    """The log kept for it, up to the last checkpoint that it countersigned, with a proof for each object."""
    for log in peer.logs.order_by("epoch"):
        last = log.checkpoints.exclude(cosigned=None).order_by("-size").first()
        if last is None:
            continue
        note, epoch = last.cosigned_note, _epoch(log)
        leaves = log.leaves.filter(index__lt=last.size).order_by("index")
        yield (
            f"log-kept-{log.epoch}.json",
            LogEvidence(
                origin=log.origin,
                note=note,
                keeper=_own(),
                epoch=epoch,
                reader=peer.signed_delegation,
                leaves=tuple(_text(bytes(leaf.hash)) for leaf in leaves),
            ),
        )
        for leaf in leaves.exclude(release_version=None).select_related("release_version"):
            yield _own_proof(log, leaf, last, epoch, peer)


def _own_proof(
    log: models.Log,
    leaf: models.Leaf,
    last: models.Checkpoint,
    epoch: SignedEpoch | None,
    peer: models.Peer,
) -> Piece:
    row = leaf.release_version
    path = prove_inclusion(lambda places: ledger.read_nodes(log, places), leaf.index, last.size)
    proof = LoggedProof(leaf.index, path, Note.parse(last.cosigned_note.encode()))
    return (
        f"sent-{_short(row.release_id)}-v{row.version}-proof.json",
        LogProofEvidence(
            digest=row.digest,
            salt=row.content().salt,
            origin=log.origin,
            proof=proof.encode().decode(),
            keeper=_own(),
            epoch=epoch,
            reader=peer.signed_delegation,
        ),
    )


def _their_log(peer: models.Peer) -> Iterator[Piece]:
    """The log that it keeps for us, as we last countersigned it, with a proof for each object held."""
    seen = peer.checkpoints_seen.order_by("-size").first()
    if seen is None:
        return
    rows = models.SeenLeaf.objects.filter(peer=peer, index__lt=seen.size).order_by("index")
    leaves = [bytes(leaf) for leaf in rows.values_list("hash", flat=True)]
    yield (
        "log-seen.json",
        LogEvidence(
            origin=seen.origin,
            note=seen.cosigned_note,
            keeper=peer.signed_delegation,
            reader=_own(),
            leaves=tuple(map(_text, leaves)),
        ),
    )
    tree, places = Stored.of(leaves), {leaf: index for index, leaf in enumerate(leaves)}
    held = models.Received.objects.filter(peer=peer, wire__isnull=False).exclude(leaf="")
    for row in held.order_by("pk").iterator():
        index = places.get(bytes.fromhex(row.leaf))
        if index is not None:  # what came after the last countersignature has no proof yet
            path = prove_inclusion(tree, index, seen.size)
            yield _their_proof(row, seen, LoggedProof(index, path, _note(seen)), peer)


def _their_proof(
    row: models.Received, seen: models.SeenCheckpoint, proof: LoggedProof, peer: models.Peer
) -> Piece:
    wire = bytes(row.wire)
    return (
        f"received-{_short(row.object)}-v{row.version}-proof.json",
        LogProofEvidence(
            digest=row.digest,
            salt=decode(read_object(wire).value).salt,
            origin=seen.origin,
            proof=proof.encode().decode(),
            keeper=peer.signed_delegation,
            reader=_own(),
        ),
    )


def _note(seen: models.SeenCheckpoint) -> Note:
    return Note.parse(seen.cosigned_note.encode())


def _epoch(log: models.Log) -> SignedEpoch | None:
    return None if log.statement is None else SignedEpoch.model_validate_json(bytes(log.statement))


def _short(id_: str) -> str:
    return id_.rpartition("--")[2][:8]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
