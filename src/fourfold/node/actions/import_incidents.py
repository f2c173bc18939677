"""Importing incidents: from the AI Incident Database's CSV, or those that the demonstration brings."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fourfold.activities.incident_reporting.aiid import LICENCE, REGISTER, Imported, read_aiid
from fourfold.activities.incident_reporting.records import ACTIVITY, INCIDENT, Incident
from fourfold.canon import digest
from fourfold.errors import Fault
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.models import RecordVersion
from fourfold.records.markings import Marking

_FROM = f"{REGISTER}, incident "
_ROW = re.compile(r"row (sha256:[0-9a-f]{64})$")
_FILLED = frozenset(
    {"title", "description", "date", "deployers", "developers", "harmed", "registers", "attribution"}
)
"""The fields that a row of the register fills."""


@dataclass(frozen=True, slots=True)
class Import:
    """One incident on its way in: where it comes from, and how it is to be kept."""

    source: str
    incident: Incident
    marking: Marking
    slice: str | None = None


@dataclass(frozen=True, slots=True)
class Renewed:
    """A row of a register that changed after it was imported: its record, and what differs from that.

    `edited`: people changed the record here since.
    """

    number: int
    record: str
    fields: tuple[str, ...]
    edited: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: record ids of what was added, and how many were there already.

    Of those, `renewed` changed in the register since, and `updated` says whether the records follow. `gone`
    are records whose row is not in the table any more, `missing` numbers that were asked for and are not in
    it. `faults` are of rows that were not imported; `rest` is a table of them.
    """

    added: tuple[str, ...]
    known: int
    renewed: tuple[Renewed, ...] = ()
    updated: bool = False
    gone: tuple[str, ...] = ()
    missing: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()
    rest: bytes = b""


def import_aiid(  # noqa: PLR0913  what is imported, how it is kept, by whom
    text: bytes,
    file: str,
    marking: Marking,
    slice_: str | None,
    numbers: Iterable[int],
    actor: str,
    *,
    update: bool = False,
) -> ImportReport:
    """Import the register's CSV; `numbers` chooses incidents (none given: all).

    A row that was imported before is known by the register and its number. Where it changed since, its record
    follows if `update` says so: what the row fills is filled anew, and all else stays. Rows at fault wait in
    `rest`, and keep none of the others.

    Raises:
        InputError: it is no table of the register.
    """
    wanted = frozenset(numbers)
    table = read_aiid(text, file=file, wanted=wanted)
    held = _held()
    fresh = [each for each in table.incidents if each.number not in held]
    renewed = tuple(_renewed([each for each in table.incidents if each.number in held], held))
    if update:
        incidents = {each.number: each.incident for each in table.incidents}
        for each in renewed:
            _follow(each, incidents[each.number], actor)
    added = import_incidents((Import(_source(each), each.incident, marking, slice_) for each in fresh), actor)
    return ImportReport(
        added.added,
        len(table.incidents) - len(fresh),
        renewed,
        update,
        () if wanted or not table.whole else tuple(held[one] for one in sorted(held.keys() - table.numbers)),
        tuple(sorted(wanted - table.numbers)),
        table.faults,
        table.rest,
    )


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


def _source(given: Imported) -> str:
    return f"{_FROM}{given.number} ({LICENCE})"


def _held() -> Mapping[int, str]:
    """The records that were made of the register's rows, by the rows' numbers; destroyed ones too."""
    rows = RecordVersion.objects.filter(kind=INCIDENT.id, version=1, source__startswith=_FROM)
    found = {}
    for record, source in rows.values_list("record", "source"):
        number = source.removeprefix(_FROM).partition(" ")[0]
        if number.isdecimal():
            found[int(number)] = record
    return found


def _renewed(given: Iterable[Imported], held: Mapping[int, str]) -> Iterator[Renewed]:
    """The rows that are another text than when they were imported, and that their record does not say yet."""
    rows = RecordVersion.objects.filter(record__in=list(held.values()), destroyed=None).order_by("version")
    versions: dict[str, list[RecordVersion]] = {}
    for row in rows:
        versions.setdefault(row.record, []).append(row)
    for each in given:
        kept, payload = versions.get(held[each.number], []), _payload(each.incident)
        if not kept or not kept[-1].latest or _read_last(kept) == digest(payload):
            continue
        now = kept[-1].content().payload
        differ = tuple(sorted(name for name in _FILLED if now.get(name) != payload.get(name)))
        if differ:
            last = next(row.version for row in kept if row.source == kept[-1].source)
            yield Renewed(each.number, held[each.number], differ, edited=kept[-1].version > last)


def _read_last(versions: list[RecordVersion]) -> str:
    """The digest of what the row said when last imported: noted if it was updated, else as it began."""
    noted = _ROW.search(versions[-1].source)
    return noted[1] if noted else digest(versions[0].content().payload)


def _follow(given: Renewed, incident: Incident, actor: str) -> None:
    """Let the record say what the row says now."""
    row = RecordVersion.objects.get(record=given.record, latest=True)
    before, payload = row.content(), _payload(incident)
    ours = {name: value for name, value in before.payload.items() if name not in _FILLED}
    changes = Changes(
        {**ours, **payload},
        before.marking,
        before.slice,
        before.field_markings,
        source=f"{_ROW.sub('', row.source).rstrip(', ')}, row {digest(payload)}",
    )
    change_record(given.record, changes, actor, base=row.digest)


def _payload(incident: Incident) -> dict[str, object]:
    return incident.model_dump(mode="json", exclude_none=True)


def _record(given: Import) -> NewRecord:
    return NewRecord(
        kind=INCIDENT.id,
        activity=ACTIVITY,
        payload=_payload(given.incident),
        marking=given.marking,
        slice=given.slice,
        source=given.source,
    )
