"""Records as rows."""

from typing import Any

from fourfold.exchange.stix import decode, read_object
from fourfold.node.kinds import kinds_by_acts
from fourfold.node.models import Peer, Received, ReceivedState, RecordVersion
from fourfold.node.provenance import originators_told


def listed() -> list[dict[str, Any]]:
    """The latest version of every record, newest first."""
    return [as_row(row) for row in RecordVersion.readable.filter(latest=True).order_by("-modified", "-pk")]


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


def received_rows() -> list[dict[str, Any]]:
    """What is held from counterparts and people work with, newest first; the last version of each."""
    names = dict(Peer.objects.values_list("institution", "name"))
    rows = Received.readable.filter(state=ReceivedState.STORED).exclude(wire=None).select_related("peer")
    rows = rows.exclude(kind__in=kinds_by_acts())
    last = {row.object: row for row in rows.order_by("version")}
    return [_received(row, names) for row in sorted(last.values(), key=lambda row: row.pk, reverse=True)]


def _received(row: Received, names: dict[str, str]) -> dict[str, Any]:
    release = decode(read_object(bytes(row.wire)).value)
    return {
        "id": row.object,
        "version": row.version,
        "title": str(release.fields.get("title", "")),
        "kind": row.kind,
        "from": row.peer.name,
        "originators": list(originators_told(release, row.peer.name, names)),
        "tlp": release.marking.tlp.value,
        "received": row.received.isoformat(),
    }
