"""Reading incidents from the AI Incident Database's public CSV (one row for each incident)."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from fourfold.activities.incident_reporting.records import Incident, Precision, RegisterId
from fourfold.errors import Fault, InputError

REGISTER = "AI Incident Database"
LICENCE = "AI Incident Database, CC BY-SA 4.0"
ADDRESS = "https://incidentdatabase.ai/cite/"
LARGEST = 50_000_000
"""Bytes; the whole register is about one million."""

COLUMNS = {
    "id": "incident_id",
    "date": "date",
    "title": "title",
    "description": "description",
    "deployers": "Alleged deployer of AI system",
    "developers": "Alleged developer of AI system",
    "harmed": "Alleged harmed or nearly harmed parties",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """One incident and where it came from: its number in the register and its row in the file."""

    number: int
    line: int
    incident: Incident


def read_aiid(text: str | bytes, *, file: str) -> tuple[Imported, ...]:
    """All incidents of the register's CSV, in the order of the file.

    Raises:
        InputError: with every fault of the file, each with its line and column.
    """
    rows = _rows(_decoded(text, file), file)
    reader = _Reader(file)
    imported = tuple(item for line, row in rows if (item := reader.row(line, row)))
    if reader.faults:
        raise InputError(reader.faults)
    return imported


def _decoded(text: str | bytes, file: str) -> str:
    if len(text) > LARGEST:
        raise InputError([Fault(f"The file is larger than {LARGEST:,} bytes.", file, 0, "", "Split it.")])
    try:
        return text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(
            [Fault("The file is not UTF-8 text.", file, line, "", "Save it as UTF-8.")]
        ) from error


def _rows(text: str, file: str) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Each row with the line it ends on; a missing column is told before any row is read."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        present = reader.fieldnames or ()
        missing = [column for column in COLUMNS.values() if column not in present]
        if missing:
            remedy = "Export the table of incidents, not of reports."
            raise InputError([Fault("This column is missing.", file, 1, name, remedy) for name in missing])
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise InputError([Fault(f"This is no CSV: {error}.", file, max(reader.line_num, 1))]) from error


class _Reader:
    """Turns rows into incidents and keeps all that is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.lines: dict[int, int] = {}

    def row(self, line: int, row: dict[str, str | None]) -> Imported | None:
        """One row as an incident; None where it has a fault."""
        before = len(self.faults)
        number = self._number(line, row)
        date = self._date(line, row)
        entities = {name: self._entities(line, row, name) for name in ("deployers", "developers", "harmed")}
        if len(self.faults) > before:
            return None
        try:
            incident = Incident(
                title=self._text(row, "title"),
                description=self._text(row, "description") or None,
                date=date,
                date_precision=Precision.DAY,
                registers=(RegisterId(scheme=REGISTER, id=str(number), url=f"{ADDRESS}{number}"),),
                attribution=LICENCE,
                **entities,
            )
        except ValidationError as error:
            for problem in error.errors():
                column = COLUMNS.get(str(problem["loc"][0]), str(problem["loc"][0]))
                self._fault(line, column, f"{problem['msg']}.")
            return None
        return Imported(number, line, incident)

    def _number(self, line: int, row: dict[str, str | None]) -> int:
        text = self._text(row, "id")
        number = int(text) if text.isascii() and text.isdigit() else 0
        if not number:
            self._fault(line, COLUMNS["id"], f"{text[:40]!r} is no incident number.")
        elif first := self.lines.get(number):
            self._fault(line, COLUMNS["id"], f"Incident {number} was already given in line {first}.")
        self.lines.setdefault(number, line)
        return number

    def _date(self, line: int, row: dict[str, str | None]) -> dt.date | None:
        text = self._text(row, "date")
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self._fault(line, COLUMNS["date"], f"{text[:40]!r} is no date.", "Write it as 2026-01-31.")
            return None

    def _entities(self, line: int, row: dict[str, str | None], name: str) -> tuple[str, ...] | None:
        """The names in a column such as ["uber","waymo"]; None where it is empty: nothing is known."""
        text = self._text(row, name)
        try:
            names = json.loads(text) if text else []
        except (ValueError, RecursionError):
            names = None
        if not isinstance(names, list) or not all(isinstance(item, str) for item in names):
            self._fault(line, COLUMNS[name], "This is no list of names.", 'Write it as ["one", "two"].')
            return None
        return tuple(names) or None

    def _text(self, row: dict[str, str | None], name: str) -> str:
        return (row.get(COLUMNS[name]) or "").strip()

    def _fault(self, line: int, column: str, message: str, remedy: str = "") -> None:
        self.faults.append(Fault(message, self.file, line, column, remedy))
