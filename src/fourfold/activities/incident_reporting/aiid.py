"""Reading incidents from the AI Incident Database's public CSV (one row for each incident)."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from fourfold.activities.incident_reporting.records import Incident, RegisterId
from fourfold.canon import Faults, shown
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
_NUMBER = re.compile("[1-9][0-9]{0,8}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """One incident and where it came from: its number in the register, and where its row begins."""

    number: int
    line: int
    incident: Incident


def read_aiid(text: str | bytes, *, file: str) -> tuple[Imported, ...]:
    """All incidents of the register's CSV, in the order of the file.

    Raises:
        InputError: with every fault of the file, each with its line and column; beyond a hundred counted.
    """
    faults = Faults(file)
    reader = _Reader(faults)
    rows = _rows(_decoded(text, file), faults)
    imported = tuple(item for line, row in rows if (item := reader.row(line, row)))
    if not imported and not faults:
        faults.add(None, "The file holds no incident.", "Check that this is the register's table.")
    faults.raise_any()
    return imported


def _decoded(text: str | bytes, file: str) -> str:
    if len(text) > LARGEST:
        raise InputError([Fault(f"The file is larger than {LARGEST:,} bytes.", file, 0, "", "Split it.")])
    try:
        return (text.decode("utf-8") if isinstance(text, bytes) else text).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(
            [Fault("The file is not UTF-8 text.", file, line, "", "Save it as UTF-8.")]
        ) from error


def _rows(text: str, faults: Faults) -> Iterator[tuple[int, Row]]:
    """Each row with the line it begins on; where the text stops being CSV, the reading ends with a fault."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        header = next(reader, [])
        _check_header(header, faults)
        begins = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                yield begins, dict(zip(header, cells, strict=True))
            elif cells:  # an empty line is no row
                message = f"The row has {len(cells)} cells; the table has {len(header)} columns."
                faults.add_fault(Fault(message, faults.file, begins, "", "Check its commas and quotes."))
            begins = reader.line_num + 1
    except csv.Error as error:
        faults.add_fault(Fault(f"This is no CSV: {error}.", faults.file, begins))


def _check_header(header: list[str], faults: Faults) -> None:
    """A table without the columns that are needed, or with one of them twice, is not read any further."""
    for name in COLUMNS.values():
        if header.count(name) != 1:
            message = "This column is missing." if name not in header else "This column stands here twice."
            remedy = "Export the table of incidents, not of reports."
            faults.add_fault(Fault(message, faults.file, 1, name, remedy))
    faults.raise_any()


class _Reader:
    """Turns rows into incidents and keeps all that is wrong with them."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.lines: dict[int, int] = {}
        self.sound = True

    def row(self, line: int, row: Row) -> Imported | None:
        """One row as an incident; None where it has a fault."""
        self.sound = True
        number = self._number(line, row)
        date = self._date(line, row)
        deployers, developers, harmed = (
            self._entities(line, row, name) for name in ("deployers", "developers", "harmed")
        )
        try:
            incident = Incident(
                title=_text(row, "title"),
                description=_text(row, "description") or None,
                date=date,
                deployers=deployers,
                developers=developers,
                harmed=harmed,
                registers=(RegisterId(scheme=REGISTER, id=str(number), url=f"{ADDRESS}{number}"),),
                attribution=LICENCE,
            )
        except ValidationError as error:
            for problem in error.errors():
                column = COLUMNS.get(str(problem["loc"][0]), str(problem["loc"][0]))
                self._fault(line, column, f"{problem['msg'].removeprefix('Value error, ')}.")
            return None
        return Imported(number, line, incident) if self.sound else None

    def _number(self, line: int, row: Row) -> int:
        text = _text(row, "id")
        if not _NUMBER.fullmatch(text):
            self._fault(line, COLUMNS["id"], f"{shown(text)} is no incident number.")
            return 0
        number = int(text)
        if first := self.lines.get(number):
            message = f"Incident {number} was already given in line {first}."
            self._fault(line, COLUMNS["id"], message, "Keep one of them.")
        self.lines.setdefault(number, line)
        return number

    def _date(self, line: int, row: Row) -> str | None:
        text = _text(row, "date")
        if _DATE.fullmatch(text):
            return text
        self._fault(line, COLUMNS["date"], f"{shown(text)} is no date.", "Write it as 2026-01-31.")
        return None

    def _entities(self, line: int, row: Row, name: str) -> tuple[str, ...] | None:
        """The names in a column such as ["uber","waymo"]; None where it is empty: nothing is known."""
        text = _text(row, name)
        try:
            names = json.loads(text) if text else []
        except (ValueError, RecursionError):
            names = None
        if not isinstance(names, list) or not all(isinstance(item, str) for item in names):
            self._fault(line, COLUMNS[name], "This is no list of names.", 'Write it as ["one", "two"].')
            return None
        return tuple(names) or None

    def _fault(self, line: int, column: str, message: str, remedy: str = "") -> None:
        self.sound = False
        self.faults.add_fault(Fault(message, self.faults.file, line, column, remedy))


def _text(row: Row, name: str) -> str:
    return row[COLUMNS[name]].strip()
