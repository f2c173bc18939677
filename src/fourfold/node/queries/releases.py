"""Releases as rows."""

from typing import Any

from fourfold.node import clock
from fourfold.node.models import RecordVersion, Release, ReleaseVersion
from fourfold.node.withdrawing import standing_of


def listed() -> list[dict[str, Any]]:
    """All releases, newest first."""
    rows = Release.readable.select_related("peer").order_by("-created", "-pk")
    return [as_row(row) for row in rows]


def with_an_earlier_version(row: RecordVersion) -> list[str]:
    """The names of those to whom an earlier version of a record is released, and not withdrawn."""
    open_ = Release.readable.filter(record=row.record, withdrawn=None).select_related("peer")
    return sorted(each.peer.name for each in open_ if each.latest().source_id != row.pk)


def as_row(row: Release) -> dict[str, Any]:
    """One release, as its latest version has it; its state as `fourfold.node.withdrawing` tells it."""
    return row_of(row.latest())


def row_of(latest: ReleaseVersion) -> dict[str, Any]:
    """The release that this is the latest version of."""
    row = latest.release
    return {
        "id": row.id,
        "record": row.record,
        "title": latest.source.title if latest.source else "",
        "kind": row.kind,
        "recipient": row.peer.name,
        "version": latest.version,
        "digest": latest.digest,
        "state": standing_of(row, clock.now()),
        "passed": latest.passed,
        "withheld": latest.withheld,
        "released": row.created.isoformat(),
    }
