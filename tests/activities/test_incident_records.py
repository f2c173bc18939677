"""Incidents as records, and reading them from a real register."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.activities.incident_reporting import communication, separation
from fourfold.activities.incident_reporting.aiid import COLUMNS, read_aiid
from fourfold.activities.incident_reporting.records import INCIDENT, Incident
from fourfold.errors import InputError
from fourfold.framework import shipped

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


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(InputError) as refusal:
        read_aiid(text, file="a.csv")
    return [str(fault) for fault in refusal.value.faults]


def test_all_incidents_of_the_real_register_are_read(shared_data):
    data = (shared_data / "incidents" / "aiid_incidents_2026.csv").read_bytes()
    imported = read_aiid(data, file="aiid.csv")
    assert len(imported) == 1597
    assert len({item.number for item in imported}) == 1597
    tempe = next(item.incident for item in imported if item.number == 4)
    assert tempe.date.isoformat() == "2018-03-18"
    assert tempe.deployers == ("uber",)
    assert tempe.registers[0].url.endswith("/4")
    assert "CC BY-SA" in tempe.attribution


def test_a_row_keeps_what_it_says_and_an_empty_list_says_nothing():
    (item,) = read_aiid(as_csv(ROW), file="a.csv")
    assert item.incident.developers == ("one", "two")
    assert item.incident.harmed is None
    assert item.line == 2


def test_every_fault_of_a_file_is_told_with_its_line_and_column():
    bad = as_csv(
        ROW,
        ROW | {"date": "yesterday"},
        ROW | {"incident_id": "x", "Alleged deployer of AI system": "uber"},
        ROW | {"incident_id": "8", "title": ""},
    )
    told = faults(bad)
    assert len(told) == 5
    assert told[0].startswith("a.csv:3: incident_id: Incident 7 was already given in line 2")
    assert "a.csv:3: date: 'yesterday' is no date" in told[1]
    assert "a.csv:4: incident_id" in told[2]
    assert "a.csv:4: Alleged deployer" in told[3]
    assert "a.csv:5: title" in told[4]


def test_a_missing_column_is_named():
    row = {key: value for key, value in ROW.items() if key not in {"title", "date"}}
    assert [line.split(": ")[1] for line in faults(as_csv(row))] == ["date", "title"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"", "missing"),
        (as_csv(ROW).replace("A title", '"' + "x" * 200_000 + '"'), "no CSV"),
        (as_csv(ROW) + '7,"open', "no CSV"),
        (as_csv(ROW | {"harmed": ""}).replace("[", "[" * 5000), "no list of names"),
        (b"x" * 50_000_001, "larger"),
    ],
)
def test_a_broken_file_is_refused_with_a_message(data, message):
    assert message in " ".join(faults(data))


def test_a_byte_order_mark_and_line_ends_of_another_system_do_no_harm():
    data = b"\xef\xbb\xbf" + as_csv(ROW | {"description": "two\r\nlines"}).replace("\n", "\r\n").encode()
    (item,) = read_aiid(data, file="a.csv")
    assert item.number == 7


@given(st.dictionaries(st.sampled_from(sorted(COLUMNS.values())), st.text(max_size=30)))
def test_whatever_a_row_holds_it_is_read_or_refused(values):
    try:
        read = read_aiid(as_csv(ROW | values), file="a.csv")
    except InputError as refusal:
        read = refusal.faults
    assert all(item.line for item in read)
    assert read


def test_what_is_internal_is_in_no_default_redaction_rule():
    offered = communication.default_fields()
    assert set(offered) | set(communication.KEPT_AT_HOME) == set(INCIDENT.fields)
    assert not set(offered) & {"analyst_note", "contact"}


@pytest.mark.parametrize("cell", [communication, separation])
def test_each_avenue_stands_in_the_table_of_the_brief(cell):
    assert cell.AVENUE.level in shipped().activities[cell.AVENUE.activity].avenues


def test_the_order_of_the_fields_never_changes():
    # Commitments are made over this order: a field may be added at the end, nothing else.
    assert tuple(Incident.model_fields)[:3] == ("title", "description", "date")
    assert tuple(Incident.model_fields)[-2:] == ("analyst_note", "contact")
    assert len(Incident.model_fields) == 21
