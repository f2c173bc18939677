"""Checking the evidence: every log is computed again from its leaves, and held against what was signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fourfold.errors import FourfoldError, ProofError
from fourfold.log import Checkpoint, Frontier, Note, NoteKind, append, open_cosigned
from fourfold.node import ledger, models, trail
from fourfold.node.keyrings import own_ring, ring_of, signer_of
from fourfold.records.keyring import Keyring


@dataclass(frozen=True, slots=True)
class LogReport:
    """One log: whose, how long, its root, up to where it is countersigned and when; `problem` if it fails.

    `ours` tells the log that this node keeps from the one that the counterpart keeps for us.
    """

    origin: str
    ours: bool
    peer: str
    size: int
    root: str
    cosigned_size: int
    cosigned_at: datetime | None
    problem: str = ""


def check_logs() -> tuple[LogReport, ...]:
    """All logs: those kept here, the private one included, and those of counterparts as far as seen."""
    return (*_own(), *_seen())


def _own() -> Iterator[LogReport]:
    for log in models.Log.objects.order_by("origin"):
        last = log.checkpoints.exclude(cosigned=None).order_by("-size").first()
        yield LogReport(
            origin=log.origin,
            ours=True,
            peer=log.peer.name if log.peer else "",
            size=log.size,
            root=ledger.state(log).root.hex(),
            cosigned_size=last.size if last else 0,
            cosigned_at=last.cosigned_at_peer if last else None,
            problem=_problem(lambda log=log: _check_own(log)),
        )


def _check_own(log: models.Log) -> None:
    leaves = [bytes(leaf) for leaf in log.leaves.order_by("index").values_list("hash", flat=True)]
    _same(_root(leaves), log.size, ledger.state(log).root, "the stored state")
    _check_events(log)
    own = own_ring()
    theirs = ring_of(log.peer) if log.peer else own
    for row in log.checkpoints.exclude(cosigned=None).order_by("size"):
        note = Note.parse(row.cosigned_note.encode())
        checkpoint = _opened(note, log.origin, own, theirs)
        _same(_root(leaves[: checkpoint.size]), checkpoint.size, checkpoint.root, "what was countersigned")


def _check_events(log: models.Log) -> None:
    """Every event in the trail is the one that was logged."""
    for leaf in log.leaves.exclude(event=None).select_related("event").iterator(chunk_size=1000):
        if trail.leaf(leaf.event) != bytes(leaf.hash):
            raise ProofError(f"Event {leaf.event_id} of the trail was changed after it was noted.")


def _seen() -> Iterator[LogReport]:
    for peer in models.Peer.objects.order_by("name"):
        for last in models.SeenCheckpoint.last_of_each_epoch(peer):
            yield LogReport(
                origin=last.origin,
                ours=False,
                peer=peer.name,
                size=last.size,
                root=last.root,
                cosigned_size=last.size,
                cosigned_at=last.seen,
                problem=_problem(lambda peer=peer, last=last: _check_seen(peer, last)),
            )


def _check_seen(peer: models.Peer, last: models.SeenCheckpoint) -> None:
    rows = models.SeenLeaf.objects.filter(peer=peer, epoch=last.epoch, index__lt=last.size).order_by("index")
    leaves = [bytes(leaf) for leaf in rows.values_list("hash", flat=True)]
    note = Note.parse(last.cosigned_note.encode())
    checkpoint = _opened(note, last.origin, ring_of(peer), own_ring())
    _same(_root(leaves), checkpoint.size, checkpoint.root, "what was countersigned")
    every = models.SeenLeaf.objects.filter(peer=peer).values_list("hash", flat=True)
    logged = {bytes(leaf).hex() for leaf in every.iterator()}
    held = models.Received.objects.filter(peer=peer).exclude(leaf="").exclude(in_log=None)
    missing = [row.object for row in held if row.leaf not in logged]
    if missing:
        raise ProofError(f"{missing[0]} is held, but is not in its owner's log.")


def _opened(note: Note, origin: str, keeper: Keyring, reader: Keyring) -> Checkpoint:
    """The checkpoint of a note, both signatures checked by keys that ever acted."""
    kept = signer_of(note, origin, NoteKind.LOG, keeper.ever())
    seen = signer_of(note, reader.institution, NoteKind.COSIGNATURE, reader.ever())
    return open_cosigned(note, origin, kept.key, seen)[0]


def _root(leaves: list[bytes]) -> Checkpoint:
    frontier, _ = append(Frontier(), leaves)
    return Checkpoint("", frontier.size, frontier.root())


def _same(found: Checkpoint, size: int, root: bytes, what: str) -> None:
    if (found.size, found.root) != (size, root):
        raise ProofError(f"The leaves give another log than {what}.")


def _problem(check) -> str:  # noqa: ANN001  a closure without arguments
    try:
        check()
    except FourfoldError as error:
        return str(error)
    return ""
