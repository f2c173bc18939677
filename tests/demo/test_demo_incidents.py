"""The demonstration's incidents: real, in our own words, and of every kind that the path needs."""

import csv
import re

from fourfold.demo.incidents import demo_incidents
from fourfold.records.markings import Caveat, Tlp

WORDS = re.compile(r"[^\W_]+")
RUN = 8


def runs(text: str) -> set[tuple[str, ...]]:
    words = WORDS.findall(text.lower())
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def test_there_are_twelve_and_each_has_a_source():
    incidents = demo_incidents()
    assert len(incidents) == 12
    assert len({item.key for item in incidents}) == 12
    assert all(item.incident.registers for item in incidents)


def test_each_carries_the_number_and_the_date_of_the_real_register(shared_data):
    with (shared_data / "incidents" / "aiid_incidents_2026.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["incident_id"]: row for row in csv.DictReader(file)}
    for item in demo_incidents():
        assert rows[item.incident.registers[0].id]["date"] == item.incident.date.isoformat()


def test_no_sentence_is_the_registers(shared_data):
    with (shared_data / "incidents" / "aiid_incidents_2026.csv").open(encoding="utf-8", newline="") as file:
        theirs = {run for row in csv.DictReader(file) for run in runs(row["description"])}
    assert [item.key for item in demo_incidents() if runs(item.incident.description) & theirs] == []


def test_the_path_finds_what_it_needs():
    incidents = demo_incidents()
    assert {item.holder for item in incidents} == {"home", "abroad"}
    assert any(item.incident.analyst_note and item.marking.tlp is Tlp.GREEN for item in incidents)
    assert any(Caveat.NATIONAL_SECURITY in item.marking.caveats and item.slice for item in incidents)
    assert all(
        "Illustrative" in item.incident.analyst_note for item in incidents if item.incident.analyst_note
    )
