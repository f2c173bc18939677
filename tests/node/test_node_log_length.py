"""Checking a log costs the same memory however long it is; and what was added or taken away is found."""

import hashlib
import tracemalloc
from typing import Any

import pytest

from fourfold.canon import digest_bytes
from fourfold.log import Checkpoint, Frontier, Note, append, cosign, log_name, sign_checkpoint
from fourfold.node import clock, ledger, models, trail
from fourfold.node.actions.check_log import check_logs
from fourfold.node.keys import node_signer

SHORT, LONG = 2_000, 16_000


def leaf(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def grow(log: models.Log, size: int) -> None:
    """Let a log have this many leaves, with nothing behind them."""
    while log.size < size:
        part = range(log.size, min(log.size + 2_000, size))
        ledger.append_all(
            log, [{"hash": leaf(each), "release_version": None, "event": None} for each in part]
        )


def peak() -> int:
    """The most memory that Python had during a check of all logs, in bytes."""
    tracemalloc.start()
    assert problems() == []
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def problems() -> list[str]:
    return [each.problem for each in check_logs() if each.problem]


def test_the_memory_of_a_check_does_not_grow_with_the_log(me: Any) -> None:
    log = ledger.private_log()
    grow(log, SHORT)
    problems()  # what is made once in a process is made
    short = peak()
    grow(log, LONG)
    assert peak() < 1.5 * short
    assert short < 40 * LONG, "less than the hashes of the long log alone"


def test_the_memory_of_a_check_does_not_grow_with_what_was_seen_of_a_counterpart(other: Any, me: Any) -> None:
    def seen(start: int, size: int) -> None:
        rows = (
            models.SeenLeaf(peer=other.peer, epoch=1, index=each, hash=leaf(each))
            for each in range(start, size)
        )
        models.SeenLeaf.objects.bulk_create(rows, batch_size=4_000)
        cosigned(other, me, size)

    seen(0, SHORT)
    problems()
    short = peak()
    seen(SHORT, LONG)
    assert peak() < 1.5 * short


def cosigned(other: Any, me: Any, size: int) -> None:
    """The checkpoint of a counterpart's log of this size, as this node would have countersigned it."""
    now, frontier = clock.now(), append(Frontier(), map(leaf, range(size)))[0]
    checkpoint = Checkpoint(f"{log_name(other.who.id, me.id)}/1", size, frontier.root())
    note = sign_checkpoint(checkpoint, other.who.node)
    wire = note.with_signature(cosign(checkpoint, me.id, me.node, now)).encode()
    models.SeenCheckpoint.objects.create(
        peer=other.peer,
        origin=checkpoint.origin,
        size=size,
        root=checkpoint.root.hex(),
        note=note.encode().decode(),
        cosigned_note=wire.decode(),
        digest=digest_bytes(wire),
        seen=now,
        frontier=b"".join(frontier.hashes),
    )


def test_a_leaf_too_many_is_found(me: Any) -> None:
    trail.note(models.Tag.NODE_CREATED, clock.now())
    log = ledger.private_log()
    models.Leaf.objects.create(log=log, index=log.size, hash=leaf(1))
    assert problems() == ["There are more leaves than the stored state tells of."]


@pytest.mark.parametrize("missing", [0, 700, 1_999])
def test_a_leaf_too_few_is_found_wherever_it_was(me: Any, missing: int) -> None:
    log = ledger.private_log()
    grow(log, 2_000)
    models.Leaf.objects.filter(log=log, index=missing).delete()
    assert problems() == ["The leaves give another log than the stored state."]


def test_a_log_that_is_shorter_than_what_was_countersigned_is_found(other: Any, me: Any) -> None:
    """Somebody put the log back to how it was, state and leaves alike."""
    log = ledger.log_of(other.peer)
    grow(log, 3)
    row = ledger.checkpoint(log, node_signer())
    given = Checkpoint.parse(Note.parse(row.note.encode()).text)
    line = cosign(given, other.who.id, other.who.node, clock.now())
    row.cosigned_note = Note.parse(row.note.encode()).with_signature(line).encode().decode()
    row.cosigned = row.cosigned_at_peer = clock.now()
    row.save()
    assert problems() == []
    models.Leaf.objects.filter(log=log).delete()
    models.LogNode.objects.filter(log=log).delete()
    log.size, log.frontier = 0, b""
    grow(log, 2)
    assert problems() == ["The leaves give another log than what was countersigned."]
