"""The files of this node, for people and programs."""

from pathlib import Path
from typing import Any

from fourfold.errors import NotFoundError
from fourfold.node import files
from fourfold.node.models import File, ReceivedFile, RecordVersion
from fourfold.records.attachments import attachments_of


def listed() -> list[dict[str, Any]]:
    """Own files by the records that name them, then what counterparts' objects name."""
    return [*_own(), *_received()]


def found(digest: str) -> Path:
    """A file that is kept here, whole.

    Raises:
        NotFoundError: there is none, or it has not come yet.
    """
    if not File.objects.filter(pk=digest, destroyed=None).exists():
        raise NotFoundError("There is no such file here, or it has not come yet.")
    return files.place(digest)


def _own() -> list[dict[str, Any]]:
    rows = RecordVersion.readable.filter(latest=True, files__isnull=False).distinct().order_by("-modified")
    return [
        {"digest": each.digest, "name": each.name, "size": each.size, "from": row.record, "state": "kept"}
        for row in rows
        for each in attachments_of(row.content().payload)
    ]


def _received() -> list[dict[str, Any]]:
    rows = ReceivedFile.readable.select_related("received__peer").order_by("-pk")
    return [
        {
            "digest": row.digest,
            "name": row.name,
            "size": row.size,
            "from": row.received.peer.name,
            "state": "refused" if row.refused else "received" if row.fetched else "coming",
        }
        for row in rows
    ]
