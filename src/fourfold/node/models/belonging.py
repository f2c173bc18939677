"""Where things belong by what they themselves say: records, and release objects that came."""

from dataclasses import replace
from typing import Any

from fourfold.exchange.stix import decode, read_object
from fourfold.records.envelope import Record
from fourfold.release import ANY, UNREAD, Compartment, ReleaseObject, compartment, compartment_of

_ASSESSMENT = "assessment"


def of_record(record: Record) -> Compartment:
    """Where a record belongs; an assessment to the activity that it assesses."""
    return _of_activity(compartment_of(record), record.kind, record.payload)


def of_release(release: ReleaseObject) -> Compartment:
    """Where a release object that came belongs."""
    found = compartment(release.activity, [release.marking], release.id)
    return _of_activity(found, release.kind, release.fields)


def of_wire(wire: bytes | None) -> Compartment:
    """Where the bytes of a release object belong; unreadable ones, with the tightest that is cleared."""
    try:
        return of_release(decode(read_object(bytes(wire or b"")).value))
    except Exception:  # noqa: BLE001  a counterpart can send anything, and what cannot be read is just that
        return UNREAD


def _of_activity(found: Compartment, kind: str, fields: dict[str, Any]) -> Compartment:
    if kind != _ASSESSMENT:
        return found
    said = fields.get("activity")
    return replace(found, activity=said if isinstance(said, str) and len(said) <= 100 else ANY)  # noqa: PLR2004  as the column is
