"""The demonstration's incidents: real, in our own words, and of every kind that the path needs."""

import csv
import re
from pathlib import Path

import pytest

from fourfold.demo.incidents import DemoIncident, demo_incidents, read_incidents
from fourfold.errors import InputError
from fourfold.records.markings import Caveat, Tlp

WORDS = re.compile(r"[^\W_]+")
RUN = 8
SAME_EVENT = {
    "tempe": "Tempe",
    "benefits": "childcare",
    "grades": "Ofqual",
    "detroit": "Detroit",
    "bereavement": "Air Canada",
    "citations": "Avianca",
    "helpline": "Tessa",
    "robotaxi": "Cruise",
    "shops": "Rite Aid",
    "videocall": "Arup",
    "sourcecode": "Samsung",
    "espionage": "Claude Code",
}
"""A word for each incident that must stand in the register's entry of that number too."""


def runs(text: str) -> set[tuple[str, ...]]:
    words = WORDS.findall(text.lower())
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


@pytest.fixture(scope="module")
def register(shared_data: Path) -> dict[str, dict[str, str]]:
    path = shared_data / "incidents" / "aiid_incidents_2026.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["incident_id"]: row for row in csv.DictReader(file)}


def described(item: DemoIncident) -> str:
    """All that we say of an incident in sentences."""
    return " ".join(filter(None, [item.incident.title, item.incident.description, item.incident.response]))


def test_there_are_twelve_each_told_in_two_to_four_sentences_with_a_public_source() -> None:
    incidents = demo_incidents()
    assert [item.key for item in incidents] == list(SAME_EVENT)
    for item in incidents:
        assert 2 <= len(re.findall(r"\.(?:\s|$)", item.incident.description)) <= 4, item.key
        assert any(source.url for source in item.incident.sources), item.key


def test_each_number_is_that_of_the_same_event_in_the_register(register: dict[str, dict[str, str]]) -> None:
    for item in demo_incidents():
        row = register[item.incident.registers[0].id]
        assert SAME_EVENT[item.key] in row["title"] + row["description"]


def test_no_run_of_words_is_taken_from_the_register(register: dict[str, dict[str, str]]) -> None:
    theirs = {run for row in register.values() for run in runs(row["title"]) | runs(row["description"])}
    assert [item.key for item in demo_incidents() if runs(described(item)) & theirs] == []


def test_the_path_finds_what_it_needs() -> None:
    incidents = demo_incidents()
    assert {item.holder for item in incidents} == {"home", "abroad"}
    assert any(item.incident.analyst_note and item.marking.tlp is Tlp.GREEN for item in incidents)
    (apart,) = [item for item in incidents if item.slice == "sensitive-incidents"]
    assert Caveat.NATIONAL_SECURITY in apart.marking.caveats


def test_what_is_made_up_says_so() -> None:
    notes = [item.incident.analyst_note for item in demo_incidents() if item.incident.analyst_note]
    contacts = [item.incident.contact for item in demo_incidents() if item.incident.contact]
    assert len(notes) >= 3
    assert all(note.startswith("Illustrative.") for note in notes)
    assert all("illustrative" in contact for contact in contacts)


def test_every_fault_of_such_a_file_is_told() -> None:
    text = """
format: other
incidents:
  - {key: a, holder: home, aiid: 4, marking: {tlp: CLEAR}, title: t}
  - {key: a, holder: nobody, aiid: four, marking: {tlp: WHITE}, title: t, date: 2018-02-30}
  - {key: b, holder: home, marking: {tlp: CLEAR}, title: t, colour: red}
"""
    with pytest.raises(InputError) as refusal:
        read_incidents(text, file="i.yaml")
    told = [str(fault) for fault in refusal.value.faults]
    for beginning in (
        "i.yaml:2: format: ",
        "i.yaml:5: incidents[1].holder: ",
        "i.yaml:5: incidents[1].aiid: ",
        "i.yaml:5: incidents[1].marking.tlp: ",
        "i.yaml:5: incidents[1].date: ",
        'i.yaml:6: incidents[2].colour: The key "colour" is unknown',
        'i.yaml:6: incidents[2]: The key "aiid" is missing',
    ):
        assert any(line.startswith(beginning) for line in told), (beginning, told)


def test_a_key_can_be_given_once() -> None:
    row = "  - {key: a, holder: home, aiid: 4, marking: {tlp: CLEAR}, title: t}\n"
    with pytest.raises(InputError, match="was already given in line 3"):
        read_incidents("format: fourfold-demo-incidents/1\nincidents:\n" + row * 2, file="i.yaml")
