"""Fetching the files that received objects name: piece by piece, going on where it was broken off."""

from dataclasses import dataclass
from datetime import datetime

from fourfold.exchange.limits import PIECE_BYTES
from fourfold.exchange.nodes import NodeClient
from fourfold.node import clock, files, trail
from fourfold.node.archive import digest_of
from fourfold.node.models import File, Peer, ReceivedFile, ReceivedState, Tag


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many files came whole, were refused (other bytes than promised), or wait."""

    fetched: int = 0
    refused: int = 0
    waiting: int = 0


def expect(received: int, named: tuple[files.Attachment, ...]) -> None:
    """Note which files an object names, in the transaction that stores it."""
    ReceivedFile.objects.bulk_create(
        (ReceivedFile(received_id=received, **each.model_dump()) for each in named), ignore_conflicts=True
    )


def fetch_attachments(peer: Peer, client: NodeClient) -> Fetched:
    """Fetch what is still missing of a counterpart's files; one that is not to be had keeps none waiting.

    Raises:
        ExchangeError: the counterpart was not reached; what has come stays, and the rest comes next time.
    """
    wanted = ReceivedFile.objects.filter(
        received__peer=peer, received__state=ReceivedState.STORED, fetched=None, refused=None
    )
    total = {"fetched": 0, "refused": 0, "waiting": 0}
    for row in wanted.order_by("pk"):
        total[_fetch(peer, row, client)] += 1
    return Fetched(**total)


def _fetch(peer: Peer, row: ReceivedFile, client: NodeClient) -> str:
    now = clock.now()
    if File.objects.filter(pk=row.digest, destroyed=None, size=row.size).exists():
        return _done(row, now)
    coming = files.part(row.digest)
    while (have := coming.stat().st_size if coming.exists() else 0) < row.size:
        piece = client.attachment(row.digest, have, min(have + PIECE_BYTES, row.size))
        if piece is None:
            return "waiting"
        files.append(coming, piece)
    if not row.size:
        files.append(coming, b"")
    if digest_of(coming) != row.digest:
        coming.unlink()
        return _refuse(peer, row, now)
    files.settle(coming, row.digest, row.size, now)
    trail.note(Tag.ATTACHMENT_FETCHED, now, peer=peer, subject=row.digest)
    return _done(row, now)


def _done(row: ReceivedFile, now: datetime) -> str:
    ReceivedFile.objects.filter(pk=row.pk).update(fetched=now)
    return "fetched"


def _refuse(peer: Peer, row: ReceivedFile, now: datetime) -> str:
    """Other bytes than the signed object promised: thrown away, told, and not asked for again."""
    ReceivedFile.objects.filter(pk=row.pk).update(refused=now)
    trail.note(Tag.ATTACHMENT_REFUSED, now, peer=peer, subject=row.digest)
    return "refused"
