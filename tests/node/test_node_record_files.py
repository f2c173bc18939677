"""Files from which records are kept: every fault at its line, all of them at once."""

from pathlib import Path
from typing import Any

import pytest

from fourfold.cli.record_file import changes_in, new_in
from fourfold.errors import InputError
from fourfold.node.actions.add_record import add_record
from fourfold.records.markings import Tlp

FILE = """\
kind: incident
activity: incident_reporting
slice: public-incidents
marking: {tlp: GREEN}
fields:
  title: A car
  date: "2026-11-01"
field_markings:
  date: {tlp: RED, rel_to: []}
"""


def faults_of(text: str, tmp_path: Path, kept: Any = add_record) -> list[tuple[int, str]]:
    file = tmp_path / "incident.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as raised, new_in(file) as given:
        kept(given, "analyst")
    return [(fault.line, fault.field) for fault in raised.value.faults]


def test_a_file_is_kept_and_changed_as_it_says(me: Any, tmp_path: Path) -> None:
    file = tmp_path / "incident.yaml"
    file.write_text(FILE)
    with new_in(file) as given:
        row = add_record(given, "analyst")
    assert (row.title, row.slice, row.content().field_markings["date"].tlp) == (
        "A car",
        "public-incidents",
        Tlp.RED,
    )
    with changes_in(file) as wanted:
        assert wanted.payload == row.content().payload


def test_all_faults_of_the_envelope_come_at_once_with_their_lines(me: Any, tmp_path: Path) -> None:
    wrong = FILE.replace("tlp: GREEN", "tlp: GREN").replace("rel_to: []", "rel_to: [Nobody]") + "stub: true\n"
    assert faults_of(wrong.replace("kind: incident", "kind: 3"), tmp_path) == [
        (1, "kind"),
        (4, "marking.tlp"),
        (9, "field_markings.date.rel_to"),
        (10, "stub"),
    ]


def test_all_faults_of_the_fields_come_at_once_with_their_lines(me: Any, tmp_path: Path) -> None:
    wrong = FILE.replace("2026-11-01", "2026-13-01").replace("  title: A car\n", "  titel: A car\n")
    assert faults_of(wrong, tmp_path) == [(5, "title"), (6, "titel"), (7, "date")]


def test_a_file_without_a_marking_is_refused(me: Any, tmp_path: Path) -> None:
    assert faults_of(FILE.replace("marking: {tlp: GREEN}\n", ""), tmp_path)[0][1] == ""
