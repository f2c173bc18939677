"""Reading incidents from the AI Incident Database's public CSV (one row for each incident).

Spreadsheets write it in many ways: separated by commas, semicolons or tabs, with a line `sep=` before it,
with empty rows and columns behind it. A row at fault does not stand in the way of the others.
"""

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
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
SNAPSHOTS = "incidentdatabase.ai/research/snapshots"
_SEPARATORS = ",;\t|"
_SEP = re.compile(r"sep=(.)[\r\n]*", re.IGNORECASE)
_REPORTS = ("incident id", "report number")
"""Columns of the register's other table, which has a row for each report."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile("[1-9][0-9]{0,8}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """One incident and where it came from: its number in the register, and where its row begins."""

    number: int
    line: int
    incident: Incident


@dataclass(frozen=True, slots=True)
class Table:
    """What a table gave: incidents, what is wrong with other rows, and those rows as they stand.

    `rest` is a table of its own, to be put right and read again; empty where all is well. `numbers` are those
    of its rows; `whole`: they are all that are in it.
    """

    incidents: tuple[Imported, ...]
    faults: tuple[Fault, ...]
    rest: bytes
    numbers: frozenset[int]
    whole: bool


def read_aiid(text: str | bytes, *, file: str, wanted: Collection[int] = ()) -> Table:
    """The incidents of the register's CSV, in the order of the file; only those `wanted`, if any are named.

    Raises:
        InputError: it is no such table: too large, other columns, no incident at all.
    """
    faults = Faults(file)
    lines = _Lines(_decoded(text, file), faults)
    reader = _Reader(faults, frozenset(wanted))
    imported = tuple(item for line, row in lines.rows() if (item := reader.row(line, row)))
    if not imported and not faults and not wanted:
        faults.add(None, "The file holds no incident.", "Check that this is the register's table.")
        faults.raise_any()
    bad = sorted(lines.bad | reader.bad)
    return Table(
        imported,
        tuple(faults.told()),
        lines.rest(bad),
        frozenset(reader.lines),
        not lines.bad and reader.named,
    )


def _decoded(text: str | bytes, file: str) -> str:
    """The text; bytes that are none stay in it as halves of characters: only their rows are at fault."""
    if len(text) > LARGEST:
        raise InputError([Fault(f"The file is larger than {LARGEST:,} bytes.", file, 0, "", "Split it.")])
    found = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    return found.removeprefix("\ufeff")


class _Lines:
    """The lines of a table: which separator they have, the rows in them, and those that are at fault."""

    def __init__(self, text: str, faults: Faults) -> None:
        self.lines = list(io.StringIO(text, newline=""))
        self.faults = faults
        self.bad: set[int] = set()
        self.ends: dict[int, int] = {}
        said = _SEP.fullmatch(self.lines[0]) if self.lines else None
        self.begin = 1 if said else 0
        self.separator = said[1] if said else _separator(self.lines[:1])

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row with the line it begins on; where it stops being CSV, the reading ends with a fault."""
        reader = csv.reader(self.lines[self.begin :], strict=True, delimiter=self.separator)
        begins = self.begin + 1
        try:
            header = _trimmed([cell.strip() for cell in next(reader, [])])
            _check_header(header, begins, self.faults)
            self.header = reader.line_num + self.begin
            begins = self.header + 1
            for cells in reader:
                self.ends[begins] = reader.line_num + self.begin
                yield from self._row(begins, header, cells)
                begins = self.ends[begins] + 1
        except csv.Error as error:
            self.faults.add_fault(Fault(f"This is no CSV: {error}.", self.faults.file, begins))
            self.bad.add(begins)
            self.ends[begins] = len(self.lines)

    def rest(self, bad: Sequence[int]) -> bytes:
        """The table of the rows at fault, as they stand."""
        if not bad:
            return b""
        cut = [line for begin in bad for line in self.lines[begin - 1 : self.ends[begin]]]
        return "".join(self.lines[: self.header] + cut).encode("utf-8", "surrogateescape")

    def _row(self, line: int, header: list[str], cells: list[str]) -> Iterator[tuple[int, Row]]:
        """A row that has as many cells as the table has columns; one without any content is none."""
        cells = cells[: len(header)] + _trimmed(cells[len(header) :])
        if not any(cell.strip() for cell in cells):
            return
        if _SURROGATE.search("".join(cells)):
            self._fault(line, "The row is not UTF-8 text.", "Save the file as UTF-8.")
        elif len(cells) != len(header):
            message = f"The row has {len(cells)} cells; the table has {len(header)} columns."
            self._fault(line, message, "Check its separators and quotes.")
        else:
            yield line, dict(zip(header, cells, strict=True))

    def _fault(self, line: int, message: str, remedy: str) -> None:
        self.bad.add(line)
        self.faults.add_fault(Fault(message, self.faults.file, line, "", remedy))


def _separator(first: Sequence[str]) -> str:
    """What stands between the columns: that by which most of the register's columns are found."""
    known = set(COLUMNS.values())

    def found(separator: str) -> int:
        cells = next(csv.reader(first, delimiter=separator), [])
        return len(known & {cell.strip() for cell in cells})

    return max(_SEPARATORS, key=found)


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _check_header(header: list[str], line: int, faults: Faults) -> None:
    """A table without the columns that are needed, or with one of them twice, is not read any further."""
    if _SURROGATE.search("".join(header)):
        faults.add_fault(Fault("The file is not UTF-8 text.", faults.file, line, "", "Save it as UTF-8."))
        faults.raise_any()
    where = f"The table of incidents is incidents.csv in a snapshot: {SNAPSHOTS}."
    plain = {name.lower().replace("_", " ") for cell in header for name in re.split("[,;\t|]", cell)}
    if plain >= set(_REPORTS):
        message = "This is the register's list of reports: it has a row for each report, not each incident."
        faults.add_fault(Fault(message, faults.file, line, "", where))
        faults.raise_any()
    for name in COLUMNS.values():
        if header.count(name) != 1:
            message = "This column is missing." if name not in header else "This column stands here twice."
            faults.add_fault(Fault(message, faults.file, line, name, where))
    faults.raise_any()


class _Reader:
    """Turns rows into incidents and keeps all that is wrong with them."""

    def __init__(self, faults: Faults, wanted: frozenset[int]) -> None:
        self.faults, self.wanted = faults, wanted
        self.lines: dict[int, int] = {}
        self.bad: set[int] = set()
        self.sound = self.named = True

    def row(self, line: int, row: Row) -> Imported | None:
        """One row as an incident; None where it has a fault, or is not wanted."""
        text = _text(row, "id")
        if self.wanted and not (_NUMBER.fullmatch(text) and int(text) in self.wanted):
            return None
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
            self.named = False
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
        self.bad.add(line)
        self.faults.add_fault(Fault(message, self.faults.file, line, column, remedy))


def _text(row: Row, name: str) -> str:
    return row[COLUMNS[name]].strip()
