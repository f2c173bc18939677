"""Fetching the files that received objects name: piece by piece, going on where it was broken off."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Sum

from fourfold.exchange.budget import SpentError
from fourfold.exchange.limits import PIECE_BYTES
from fourfold.exchange.nodes import NodeClient
from fourfold.node import clock, files, trail
from fourfold.node.archive import digest_of
from fourfold.node.models import File, Peer, ReceivedFile, ReceivedState, Tag
from fourfold.node.operating.vitals import disk


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many files came whole, were refused (other bytes than promised), or wait; `more`: why some wait."""

    fetched: int = 0
    refused: int = 0
    waiting: int = 0
    more: str = ""


def expect(received: int, named: tuple[files.Attachment, ...]) -> None:
    """Note which files an object names, in the transaction that stores it."""
    ReceivedFile.objects.bulk_create(
        (ReceivedFile(received_id=received, **each.model_dump()) for each in named), ignore_conflicts=True
    )


def fetch_attachments(peer: Peer, client: NodeClient) -> Fetched:
    """Fetch what is still missing of a counterpart's files; one that is not to be had keeps none waiting.

    All files of one counterpart have a quota (`files_mebibytes` in node.toml), and all of them leave some of
    the disk free (`reserve_mebibytes`): what does not fit waits, and of it nothing is kept.

    Raises:
        ExchangeError: the counterpart was not reached; what has come stays, and the rest comes next time.
    """
    wanted = ReceivedFile.objects.filter(
        received__peer=peer, received__state=ReceivedState.STORED, fetched=None, refused=None
    )
    total, more = {"fetched": 0, "refused": 0, "waiting": 0}, ""
    for row in wanted.order_by("pk").iterator(chunk_size=100):
        if no_room := _no_room(peer, row):
            _leave(peer, row)
            total["waiting"], more = total["waiting"] + 1, no_room
            continue
        try:
            total[_fetch(peer, row, client)] += 1
        except SpentError as spent:
            return Fetched(**total, more=str(spent))
    return Fetched(**total, more=more)


def _leave(peer: Peer, row: ReceivedFile) -> None:
    """Keep nothing of a file for which there is no room."""
    files.part(row.digest, peer.institution).unlink(missing_ok=True)
    trail.note_seldom(Tag.ATTACHMENT_REFUSED, clock.now(), peer=peer, reason="no room", subject=row.digest)


def _no_room(peer: Peer, row: ReceivedFile) -> str:
    """Why a file does not fit; empty: it does, or is here already."""
    if File.objects.filter(pk=row.digest, destroyed=None, size=row.size).exists():
        return ""
    kept = ReceivedFile.objects.filter(received__peer=peer).exclude(fetched=None)
    sizes = kept.values("digest", "size").distinct().aggregate(all=Sum("size"))["all"] or 0
    if sizes + row.size > settings.NODE.files_mebibytes << 20:
        return f"The files of {peer.name} are larger than `files_mebibytes` in node.toml lets it have."
    have = files.size_of(files.part(row.digest, peer.institution))
    if row.size - have > disk().free - (settings.NODE.reserve_mebibytes << 20):
        return "A file would leave less of the disk free than `reserve_mebibytes` in node.toml."
    return ""


def _fetch(peer: Peer, row: ReceivedFile, client: NodeClient) -> str:
    now = clock.now()
    if File.objects.filter(pk=row.digest, destroyed=None, size=row.size).exists():
        return _done(row, now)
    coming = files.part(row.digest, peer.institution)
    while (have := files.size_of(coming)) < row.size:
        piece = client.attachment(row.digest, have, min(have + PIECE_BYTES, row.size))
        if piece is None:
            return "waiting"
        files.append(coming, piece)
    if not row.size:
        files.append(coming, b"")
    if have > row.size or digest_of(coming) != row.digest:
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
