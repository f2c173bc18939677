"""The files themselves, each under its digest: whole, or not there; of what is still coming there is a part.

attachments/ab/abcdef...        a whole file, checked
attachments/part/abcdef...      as much as has come, of each counterpart apart: one sends what it likes
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from fourfold.errors import Fault, InputError
from fourfold.node.home import PRIVATE
from fourfold.node.models import Event, File, ReceivedFile, RecordFile, Tag
from fourfold.node.models.reading import reader
from fourfold.records.attachments import Attachment

PIECE = 1 << 20
_PREFIX = "sha256:"


def place(digest: str) -> Path:
    """Where the whole file lies."""
    digits = digest.removeprefix(_PREFIX)
    return _folder() / digits[:2] / digits


def part(digest: str, sender: str = "") -> Path:
    """Where lies what has come of it, from a counterpart."""
    return _folder() / "part" / "-".join(filter(None, (digest.removeprefix(_PREFIX), sender[-12:])))


def size_of(coming: Path) -> int:
    """How many bytes of a file have come so far."""
    return coming.stat().st_size if coming.exists() else 0


def append(file: Path, data: bytes) -> None:
    """Add to a part; it is on the disk when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE), "ab") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def take(source: BinaryIO, now: datetime) -> File:
    """Keep what can be read from a source; what is kept already stays as it is."""
    coming = part(os.urandom(16).hex())
    hasher, size = hashlib.sha256(), 0
    try:
        for piece in _pieces(source):
            hasher.update(piece)
            size += len(piece)
            append(coming, piece)
        if not size:
            append(coming, b"")
        return settle(coming, _PREFIX + hasher.hexdigest(), size, now)
    finally:
        coming.unlink(missing_ok=True)


def settle(coming: Path, digest: str, size: int, now: datetime) -> File:
    """Move a part whose digest was checked to its place, and know it from then on."""
    place(digest).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    coming.replace(place(digest))
    values = {"size": size, "created": now, "destroyed": None, "gone": False}
    return File.objects.update_or_create(pk=digest, defaults=values)[0]


def check_kept(named: tuple[Attachment, ...]) -> None:
    """Check that a record names only files that are kept here, with their true size.

    Raises:
        InputError: it names another; all of them.
    """
    known = _let({each.digest for each in named})
    kept = dict(File.objects.filter(pk__in=known, destroyed=None).values_list("pk", "size"))
    faults = [
        Fault(
            f"No file with this digest and size is kept here: {each.name}.",
            field=f"attachments.{number}",
            remedy="Add it first: fourfold attachment add FILE.",
        )
        for number, each in enumerate(named)
        if kept.get(each.digest) != each.size
    ]
    if faults:
        raise InputError(faults)


def _let(digests: set[str]) -> set[str]:
    """Those that whoever reads now may name: what she may read, what she added, what nothing names yet."""
    now = reader()
    if now is None:
        return digests
    naming = (RecordFile, ReceivedFile)
    others = {
        digest
        for model in naming
        for digest in model.objects.filter(digest__in=digests).values_list("digest", flat=True)
    }
    seen = {
        digest
        for model in naming
        for digest in model.readable.filter(digest__in=digests).values_list("digest", flat=True)
    }
    added = Event.objects.filter(tag=Tag.ATTACHMENT_ADDED, subject__in=digests, actor=now.name)
    return (digests - others) | seen | set(added.values_list("subject", flat=True))


def give_up(digests: set[str], now: datetime) -> tuple[str, ...]:
    """Give up those files that nothing names any more; `sweep` then removes their bytes."""
    named = {
        *RecordFile.objects.filter(digest__in=digests).values_list("digest", flat=True),
        *ReceivedFile.objects.filter(digest__in=digests).values_list("digest", flat=True),
    }
    lost = sorted(digests - named)
    File.objects.filter(pk__in=lost, destroyed=None).update(destroyed=now)
    for digest in lost:
        for coming in part("").glob(f"{digest.removeprefix(_PREFIX)}*"):
            with suppress(OSError):
                coming.unlink(missing_ok=True)
    return tuple(lost)


def sweep() -> None:
    """Remove the bytes of what was given up, and parts of what is not awaited any more; safe to repeat.

    It runs outside of any transaction.
    """
    for row in File.objects.filter(gone=False).exclude(destroyed=None):
        place(row.digest).unlink(missing_ok=True)
        File.objects.filter(pk=row.pk).exclude(destroyed=None).update(gone=True)
    for coming in (_folder() / "part").glob(f"{'[0-9a-f]' * 64}"):
        if not ReceivedFile.objects.filter(digest=_PREFIX + coming.name, fetched=None).exists():
            coming.unlink(missing_ok=True)


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    while piece := source.read(PIECE):
        yield piece


def _folder() -> Path:
    return settings.HOME.path / "attachments"
