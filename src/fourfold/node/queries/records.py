"""Records as rows."""

from typing import Any

from fourfold.node.models import RecordVersion


def listed() -> list[dict[str, Any]]:
    """The latest version of every record, newest first."""
    return [as_row(row) for row in RecordVersion.objects.filter(latest=True).order_by("-modified", "-pk")]


def as_row(row: RecordVersion) -> dict[str, Any]:
    """One record."""
    return {
        "id": row.record,
        "version": row.version,
        "title": row.title,
        "kind": row.kind,
        "activity": row.activity,
        "slice": row.slice,
        "tlp": row.tlp,
        "digest": row.digest,
        "source": row.source,
        "author": row.author,
        "modified": row.modified.isoformat(),
    }
