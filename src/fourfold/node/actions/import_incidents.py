"""Importing incidents: from the AI Incident Database's CSV, or those that the demonstration brings."""

from collections.abc import Iterable
from dataclasses import dataclass

from fourfold.activities.incident_reporting.aiid import LICENCE, REGISTER, read_aiid
from fourfold.activities.incident_reporting.records import ACTIVITY, INCIDENT, Incident
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.models import RecordVersion
from fourfold.records.markings import Marking


@dataclass(frozen=True, slots=True)
class Import:
    """One incident on its way in: where it comes from, and how it is to be kept."""

    source: str
    incident: Incident
    marking: Marking
    slice: str | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: record ids of what was added, and how many were there already."""

    added: tuple[str, ...]
    known: int


def import_aiid(
    text: bytes, file: str, marking: Marking, slice_: str | None, numbers: Iterable[int], actor: str
) -> ImportReport:
    """Import the register's CSV; `numbers` chooses incidents (none given: all).

    Raises:
        InputError: the file is at fault; all faults, and nothing is imported.
    """
    wanted = frozenset(numbers)
    read = read_aiid(text, file=file)
    chosen = (
        Import(f"{REGISTER}, incident {each.number} ({LICENCE})", each.incident, marking, slice_)
        for each in read
        if not wanted or each.number in wanted
    )
    return import_incidents(chosen, actor)


def import_incidents(given: Iterable[Import], actor: str) -> ImportReport:
    """Keep incidents as records; what was imported from the same source before is left as it is."""
    added, known = [], 0
    sources = set(RecordVersion.objects.filter(kind=INCIDENT.id, version=1).values_list("source", flat=True))
    for each in given:
        if each.source in sources:
            known += 1
            continue
        sources.add(each.source)
        added.append(add_record(_record(each), actor).record)
    return ImportReport(tuple(added), known)


def _record(given: Import) -> NewRecord:
    return NewRecord(
        kind=INCIDENT.id,
        activity=ACTIVITY,
        payload=given.incident.model_dump(mode="json", exclude_none=True),
        marking=given.marking,
        slice=given.slice,
        source=given.source,
    )
