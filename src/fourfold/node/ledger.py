"""The node's own logs: appending to them, and reading what proofs need."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from fourfold.errors import ProofError, RefusedError
from fourfold.log import (
    Checkpoint,
    Frontier,
    Node,
    Note,
    NoteKey,
    NoteKind,
    Place,
    SignedEpoch,
    log_name,
    private_log_name,
    sign_checkpoint,
)
from fourfold.log import (
    append as grown,
)
from fourfold.log.hashing import HASH_BYTES
from fourfold.node import models
from fourfold.node.bulk import insert
from fourfold.node.clock import now
from fourfold.records.signing import Signer


def log_of(peer: models.Peer) -> models.Log:
    """The open epoch of the log for a counterpart, locked in a transaction; made on first use.

    Raises:
        RefusedError: this node was restored, and the counterpart has not been told of a new epoch yet.
    """
    if models.Peer.objects.filter(pk=peer.pk, epoch_due=True).exists():
        raise RefusedError(
            f"This node was restored from a backup. Collect from {peer.name} first (fourfold sync): that "
            "opens a new epoch of the log for it. Until then nothing is released to it."
        )
    return _open(peer, log_name(settings.NODE.id, peer.institution))


def private_log() -> models.Log:
    """The log that this institution keeps for itself, locked in a transaction; made on first use."""
    return _open(None, private_log_name(settings.NODE.id))


def open_epoch(peer: models.Peer, statement: SignedEpoch) -> models.Log:
    """Begin the epoch of the log for a counterpart that a statement tells of, in a transaction."""
    given = statement.epoch
    body = statement.model_dump_json().encode()
    return models.Log.objects.create(origin=given.origin, peer=peer, epoch=given.number, statement=body)


def append(
    log: models.Log,
    leaf: bytes,
    *,
    release_version: models.ReleaseVersion | None = None,
    event: models.Event | None = None,
) -> int:
    """Append one leaf hash, with what stands behind it; its index. In the transaction of what it tells of."""
    index = log.size
    behind = {"release_version": getattr(release_version, "pk", None), "event": getattr(event, "pk", None)}
    append_all(log, [{"hash": leaf, **behind}])
    return index


def append_all(log: models.Log, leaves: Sequence[Mapping[str, Any]]) -> None:
    """Append leaves in their order, as `append` does one: each its `hash`, and keys of what it tells of."""
    after, nodes = grown(_frontier(log), [leaf["hash"] for leaf in leaves])
    numbered = enumerate(leaves, log.size)
    insert(models.Leaf, [{"log": log.pk, "index": index, **leaf} for index, leaf in numbered])
    inner = [node for node in nodes if node.place.level]
    insert(models.LogNode, [{"log": log.pk, **_columns(node)} for node in inner])
    log.size, log.frontier = after.size, b"".join(after.hashes)
    log.save(update_fields=["size", "frontier"])


def state(log: models.Log) -> Checkpoint:
    """The log's present size and root."""
    return Checkpoint(log.origin, log.size, _frontier(log).root())


def checkpoint(log: models.Log, signer: Signer) -> models.Checkpoint:
    """The signed checkpoint of the log's present size; signed once for each size, and by each node key."""
    with transaction.atomic():
        current = state(models.Log.objects.select_for_update().get(pk=log.pk))
        found = models.Checkpoint.objects.filter(log=log, size=current.size).first()
        if found and Note.parse(found.note.encode()).signatures[0].id != _log_key(log, signer).id:
            found.note = sign_checkpoint(current, signer).encode().decode()
            found.save(update_fields=["note"])
        return found or models.Checkpoint.objects.create(
            log=log,
            size=current.size,
            root=current.root.hex(),
            note=sign_checkpoint(current, signer).encode().decode(),
            created=now(),
        )


def read_nodes(log: models.Log, places: Sequence[Place]) -> tuple[bytes, ...]:
    """The stored hashes at these places, in their order (`fourfold.log.ReadNodes`).

    Raises:
        ProofError: the log never was that long.
    """
    found = {place: _hash(log, place) for place in places}
    missing = [place for place, value in found.items() if value is None]
    if missing:
        raise ProofError(f"The log has no node {missing[0]}.")
    return tuple(found[place] for place in places)


def _log_key(log: models.Log, signer: Signer) -> NoteKey:
    return NoteKey(log.origin, NoteKind.LOG, signer.key)


def _hash(log: models.Log, place: Place) -> bytes | None:
    leaves, nodes = (
        log.leaves.filter(index=place.index),
        log.nodes.filter(level=place.level, index=place.index),
    )
    value = (nodes if place.level else leaves).values_list("hash", flat=True).first()
    return None if value is None else bytes(value)


@transaction.atomic(savepoint=False)
def _open(peer: models.Peer | None, name: str) -> models.Log:
    found = models.Log.objects.select_for_update().filter(peer=peer).order_by("-epoch").first()
    return found or models.Log.objects.create(origin=f"{name}/1", peer=peer)


def _frontier(log: models.Log) -> Frontier:
    data = bytes(log.frontier)
    hashes = tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))
    return Frontier(log.size, hashes)


def _columns(node: Node) -> dict[str, Any]:
    return {"level": node.place.level, "index": node.place.index, "hash": node.hash}
