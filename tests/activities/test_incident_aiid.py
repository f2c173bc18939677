"""Reading the AI Incident Database: the real register, and whatever may be wrong with a copy of it."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.activities.incident_reporting.aiid import COLUMNS, Imported, read_aiid
from fourfold.errors import InputError

ROW = {
    "incident_id": "7",
    "date": "2018-03-18",
    "title": "A title",
    "description": "What happened.",
    "Alleged deployer of AI system": '["one"]',
    "Alleged developer of AI system": '["one","two"]',
    "Alleged harmed or nearly harmed parties": "",
}


def as_csv(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def retold(text: str, separator: str) -> str:
    """The same table with another separator."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(csv.reader(io.StringIO(text, newline="")))
    return out.getvalue()


def faults(text: str | bytes) -> list[str]:
    """What is wrong with a table, or with rows of it."""
    try:
        found = read_aiid(text, file="a.csv").faults
    except InputError as refusal:
        found = refusal.faults
    assert found
    return [str(fault) for fault in found]


def read(text: str | bytes) -> tuple[Imported, ...]:
    """The incidents of a table without faults."""
    found = read_aiid(text, file="a.csv")
    assert found.faults == ()
    assert found.rest == b""
    return found.incidents


@pytest.fixture(scope="module")
def register(shared_data: Path) -> bytes:
    return (shared_data / "incidents" / "aiid_incidents_2026.csv").read_bytes()


def test_every_row_of_the_real_register_is_read_as_it_stands(register: bytes) -> None:
    imported = read(register)
    rows = list(csv.DictReader(io.StringIO(register.decode(), newline="")))
    assert len(imported) == len(rows) == 1597
    lines = register.decode().split("\n")
    for item, row in zip(imported, rows, strict=True):
        incident = item.incident
        assert item.number == int(row["incident_id"])
        assert (incident.title, incident.description) == (row["title"].strip(), row["description"].strip())
        assert incident.date == row["date"]
        for name in ("deployers", "developers", "harmed"):
            assert list(getattr(incident, name) or ()) == json.loads(row[COLUMNS[name]] or "[]")
        assert incident.registers[0].url == f"https://incidentdatabase.ai/cite/{item.number}"
        assert "CC BY-SA 4.0" in incident.attribution
        assert lines[item.line - 1].startswith(row["_id"])


def test_of_a_register_that_was_cut_off_the_rows_before_land_and_the_cut_is_told(register: bytes) -> None:
    whole, silent = read(register), 0
    for cut in range(900_000, len(register), 7_919):
        found = read_aiid(register[:cut], file="a.csv")
        part = found.incidents
        assert part[:-1] == whole[: len(part) - 1]
        assert whole[len(part) - 1].incident.title.startswith(part[-1].incident.title)
        assert bool(found.faults) == bool(found.rest)
        silent += not found.faults
    assert silent < 10


def test_an_empty_list_says_nothing_and_a_row_knows_where_it_begins() -> None:
    rows = (ROW | {"description": "two\nlines"}, ROW | {"incident_id": "8"})
    first, second = read(as_csv(*rows))
    assert first.incident.developers == ("one", "two")
    assert first.incident.harmed is None
    assert (first.line, second.line) == (2, 4)


def test_every_fault_of_a_file_is_told_with_its_line_and_column() -> None:
    bad = as_csv(
        ROW,
        ROW | {"date": "yesterday"},
        ROW | {"incident_id": "x", "Alleged deployer of AI system": "uber"},
        ROW | {"incident_id": "8", "title": ""},
        ROW | {"incident_id": "9", "title": "bell \x07", "date": "20180318"},
    )
    told = faults(bad + "10,2018-03-18,too few\r\n" + '11,"open')
    expected = [
        "a.csv:3: incident_id: Incident 7 was already given in line 2.",
        'a.csv:3: date: "yesterday" is no date.',
        'a.csv:4: incident_id: "x" is no incident number.',
        "a.csv:4: Alleged deployer of AI system: This is no list of names.",
        "a.csv:5: title: ",
        'a.csv:6: date: "20180318" is no date.',
        "a.csv:6: title: the character U+0007 is not text.",
        "a.csv:7: The row has 3 cells; the table has 7 columns.",
        "a.csv:8: This is no CSV: ",
    ]
    assert len(told) == len(expected)
    for line, beginning in zip(told, expected, strict=True):
        assert line.startswith(beginning)


@pytest.mark.parametrize("bad", ["2018-02-30", "2018-3-18", "2018", "18/03/2018", ""])
def test_a_date_that_does_not_exist_or_is_written_otherwise_is_a_fault(bad: str) -> None:
    (told,) = faults(as_csv(ROW | {"date": bad}))
    assert told.startswith("a.csv:2: date: ")


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ('{"a": 1}', "no list"),
        ("[1]", "no list"),
        ('["\\ud800"]', "2: Alleged"),
        ("[" * 9_000, "no list"),
        ("[" + "9" * 5_000 + "]", "no list"),
    ],
)
def test_names_are_a_list_of_text(names: str, why: str) -> None:
    (told,) = faults(as_csv(ROW | {"Alleged deployer of AI system": names}))
    assert why in told


def test_columns_that_are_missing_or_doubled_are_named() -> None:
    row = {key: value for key, value in ROW.items() if key not in {"title", "date"}}
    told = faults(as_csv(row).replace("description", "incident_id", 1))
    assert [line.split(": ")[1] for line in told] == ["incident_id", "date", "title", "description"]
    assert "twice" in told[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (as_csv(ROW).encode("utf-16"), "a.csv:1: The file is not UTF-8 text."),
        (as_csv(ROW).encode() + "9,é".encode("latin-1"), "a.csv:3: The row is not UTF-8 text."),
        (b"", "missing"),
        (as_csv(ROW).splitlines()[0], "no incident"),
        (as_csv(ROW).replace("A title", '"' + "x" * 200_000 + '"'), "a.csv:2: This is no CSV: field larger"),
        (as_csv(ROW | {"description": "x" * 30_000}), "a.csv:2: description: "),
        (as_csv(ROW).replace("A title", "A\x00title"), "U+0000"),
        (b"x" * 50_000_001, "larger"),
    ],
)
def test_a_broken_file_is_refused_with_a_message(data: str | bytes, message: str) -> None:
    assert message in " ".join(faults(data))


def test_thousands_of_faults_are_told_by_the_hundred_and_counted() -> None:
    told = faults(as_csv(*[ROW | {"date": "never"}] * 300))
    assert len(told) == 101
    assert "And 499 more faults." in told[-1]


@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\r\n", "\n"),
        lambda text: text.replace("\r\n", "\r\n\r\n"),
        lambda text: text.rstrip(),
        lambda text: text + ",,,,,,\r\n" * 3 + " , ,\r\n",
        lambda text: text.replace("\r\n", ",,,\r\n"),
        lambda text: "sep=,\r\n" + text,
        lambda text: "SEP=;\n" + retold(text, ";"),
        lambda text: retold(text, ";"),
        lambda text: retold(text, "\t"),
        lambda text: text.replace("incident_id", " incident_id "),
    ],
)
def test_however_a_spreadsheet_writes_the_table_it_says_the_same(disguise: Callable[[str], str]) -> None:
    text = as_csv(ROW, ROW | {"incident_id": "8"})
    plain = [item.incident for item in read(text)]
    assert [item.incident for item in read(disguise(text).encode())] == plain


@given(st.dictionaries(st.sampled_from(sorted(COLUMNS.values())), st.text(max_size=30)))
def test_whatever_a_row_holds_it_is_read_or_refused_with_its_line(values: dict[str, str]) -> None:
    good = ROW | {"incident_id": "8"}
    found = read_aiid(as_csv(ROW | values, good), file="a.csv")
    assert [item for item in (*found.incidents, *found.faults) if item.line < 2] == []
    assert found.incidents[-1].number == 8 or values.get("incident_id", "").strip() == "8"
    assert bool(found.rest) == bool(found.faults)


def test_good_rows_land_and_those_at_fault_wait_as_they_stand() -> None:
    spoilt = ROW | {"incident_id": "8", "date": "yesterday", "description": "two\nlines"}
    bad = as_csv(spoilt).splitlines(keepends=True)
    text = "sep=,\r\n" + as_csv(ROW) + "".join(bad[1:]) + "9,2018-01-01,A,,,,\r\n" + "short,row\r\n"
    found = read_aiid(text.encode() + b"10,2018-01-01,\xe9,,,,\r\n", file="a.csv")
    assert [item.number for item in found.incidents] == [7, 9]
    header = as_csv(ROW).splitlines(keepends=True)[0].encode()
    assert found.rest == (
        b"sep=,\r\n" + header + "".join(bad[1:]).encode() + b"short,row\r\n10,2018-01-01,\xe9,,,,\r\n"
    )
    again = read_aiid(found.rest.replace(b"yesterday", b"2018-01-02"), file="rest.csv")
    assert [item.number for item in again.incidents] == [8]
    assert len(again.faults) == 2


def test_a_fault_in_a_row_that_nobody_asked_for_is_not_told() -> None:
    table = as_csv(ROW, ROW | {"incident_id": "8", "date": "never"}, ROW | {"incident_id": "x"})
    found = read_aiid(table, file="a.csv", wanted=[7])
    assert ([item.number for item in found.incidents], found.faults) == ([7], ())
    assert read_aiid(table, file="a.csv", wanted=[8]).faults


@pytest.mark.parametrize("name", ["aiid_semicolon_excel_eu.csv", "aiid_sep_line_excel.csv"])
def test_the_reported_tables_of_a_spreadsheet_are_read(shared_data: Path, name: str) -> None:
    found = read((shared_data / "inputs" / name).read_bytes())
    assert [item.number for item in found] == [9001, 9002, 9003]
    assert found[0].incident.deployers == ("firm-a",)


def test_the_registers_list_of_reports_is_told_what_it_is_and_where_the_right_table_is(
    shared_data: Path,
) -> None:
    (told,) = faults((shared_data / "inputs" / "aiid_discover_export.csv").read_bytes())
    assert "list of reports" in told
    assert "incidents.csv in a snapshot: incidentdatabase.ai/research/snapshots" in told
