"""Checking the evidence: every log is computed again from its leaves, and held against what was signed.

Leaves are read as a stream, and all checkpoints are held against the one growing frontier: a log of any
length needs the same memory. What is added meanwhile does not count: a log is checked up to the size that it
had at the beginning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import F, Max, QuerySet

from fourfold.errors import FourfoldError, ProofError
from fourfold.log import Checkpoint, Frontier, Note, NoteKind, append, open_cosigned
from fourfold.node import ledger, models, trail
from fourfold.node.keyrings import own_ring, ring_of, signer_of
from fourfold.records.keyring import Keyring

_BATCH = 500
"""Rows that are in memory at a time."""


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
    signed = log.checkpoints.exclude(cosigned=None)
    last = signed.aggregate(last=Max("pk"))["last"] or 0
    log.refresh_from_db()  # after the checkpoints that are looked at: none of these may be longer
    growing = _Growing(log.leaves.filter(index__lt=log.size))
    own = own_ring()
    theirs = ring_of(log.peer) if log.peer else own
    for row in signed.filter(pk__lte=last).order_by("size").iterator(chunk_size=_BATCH):
        note = Note.parse(row.cosigned_note.encode())
        _same(growing, _opened(note, log.origin, own, theirs), "what was countersigned")
    _same(growing, ledger.state(log), "the stored state")
    if log.leaves.filter(index__gte=F("log__size")).exists():
        raise ProofError("There are more leaves than the stored state tells of.")
    _check_events(log)


def _check_events(log: models.Log) -> None:
    """Every event in the trail is the one that was logged."""
    for leaf in log.leaves.exclude(event=None).select_related("event").iterator(chunk_size=_BATCH):
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
    rows = models.SeenLeaf.objects.filter(peer=peer, epoch=last.epoch, index__lt=last.size)
    note = Note.parse(last.cosigned_note.encode())
    checkpoint = _opened(note, last.origin, ring_of(peer), own_ring())
    _same(_Growing(rows), checkpoint, "what was countersigned")
    _check_held(peer)


def _check_held(peer: models.Peer) -> None:
    """Whatever is held from a counterpart, and was in its log once, is in it."""
    held = models.Received.objects.filter(peer=peer).exclude(leaf="").exclude(in_log=None).order_by("pk")
    stream = held.values_list("object", "leaf").iterator(chunk_size=_BATCH)
    while batch := list(islice(stream, _BATCH)):
        wanted = {bytes.fromhex(leaf): object_ for object_, leaf in batch}
        found = models.SeenLeaf.objects.filter(peer=peer, hash__in=wanted).values_list("hash", flat=True)
        if missing := wanted.keys() - {bytes(leaf) for leaf in found}:
            raise ProofError(f"{wanted[min(missing)]} is held, but is not in its owner's log.")


def _opened(note: Note, origin: str, keeper: Keyring, reader: Keyring) -> Checkpoint:
    """The checkpoint of a note, both signatures checked by keys that ever acted."""
    kept = signer_of(note, origin, NoteKind.LOG, keeper.ever())
    seen = signer_of(note, reader.institution, NoteKind.COSIGNATURE, reader.ever())
    return open_cosigned(note, origin, kept.key, seen)[0]


class _Growing:
    """A log that is computed again, leaf by leaf, as far as asked."""

    def __init__(self, rows: QuerySet) -> None:
        stream = rows.order_by("index").values_list("hash", flat=True)
        self._leaves = map(bytes, stream.iterator(chunk_size=_BATCH))
        self._frontier = Frontier()

    def at(self, size: int) -> tuple[int, bytes]:
        """Its size and root once it has this many leaves, or all that there are; sizes are asked in order."""
        while batch := list(islice(self._leaves, min(_BATCH, max(0, size - self._frontier.size)))):
            self._frontier, _ = append(self._frontier, batch)
        return self._frontier.size, self._frontier.root()


def _same(growing: _Growing, given: Checkpoint, what: str) -> None:
    if growing.at(given.size) != (given.size, given.root):
        raise ProofError(f"The leaves give another log than {what}.")


def _problem(check) -> str:  # noqa: ANN001  a closure without arguments
    try:
        check()
    except FourfoldError as error:
        return str(error)
    return ""
