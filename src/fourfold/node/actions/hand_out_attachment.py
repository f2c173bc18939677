"""Handing out a file to a counterpart: as far as an object in its collection names it at this moment."""

from datetime import datetime
from pathlib import Path

from fourfold.errors import NotFoundError
from fourfold.node import clock, files, trail
from fourfold.node.delivering import may_be_handed_out
from fourfold.node.models import Event, Peer, RecordFile, ReleaseVersion, Tag
from fourfold.node.standing import circumstances
from fourfold.records.attachments import FIELD


def hand_out_attachment(peer: Peer, digest: str, *, sends: bool = True) -> Path:
    """The file, if the newest version of some release to this counterpart still lets it pass.

    `sends`: its bytes go out with the answer, which the trail notes.

    Raises:
        NotFoundError: there is no such file, or it is not for this counterpart: the two are one.
    """
    now = clock.now()
    if not (_may(peer, digest, now) and files.place(digest).is_file()):
        raise NotFoundError("There is no such file.")
    if sends and not Event.objects.filter(tag=Tag.ATTACHMENT_SENT, peer=peer, subject=digest).exists():
        trail.note(Tag.ATTACHMENT_SENT, now, peer=peer, subject=digest)
    return files.place(digest)


def _may(peer: Peer, digest: str, now: datetime) -> bool:
    naming = RecordFile.objects.filter(digest=digest).values("version")
    rows = ReleaseVersion.objects.filter(peer=peer, source__in=naming, release__withdrawn=None)
    found = [
        row for row in rows.select_related("source", "release") if FIELD in row.passed and _is_newest(row)
    ]
    around = circumstances(now, {row.source.digest for row in found})
    return any(may_be_handed_out(row, around) for row in found)


def _is_newest(row: ReleaseVersion) -> bool:
    return not row.release.versions.filter(version__gt=row.version).exists()
