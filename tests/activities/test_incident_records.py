"""Incidents as records: what a field may say, and what it may not."""

import json
import re
from importlib.resources import files

import pytest
from pydantic import ValidationError

from fourfold.activities import AVENUES, Avenue
from fourfold.activities.incident_reporting import communication
from fourfold.activities.incident_reporting.records import INCIDENT, Incident, RegisterId, Severity
from fourfold.canon import canonical_bytes
from fourfold.framework import Level, shipped
from fourfold.release import Stub


@pytest.mark.parametrize("when", ["2026", "2026-02", "2024-02-29", "2026-02-28T23:59:59Z", "unknown"])
def test_a_date_says_just_as_much_as_is_known(when: str) -> None:
    assert Incident(title="t", date=when, submission=when).date == when


@pytest.mark.parametrize(
    "given",
    [
        "2026-02-28T09:00:00Z",
        "2026-02-28T09:00:00.000Z",
        "2026-02-28T09:00:00.1234567890Z",
        "2026-02-28t09:00:00z",
        "2026-02-28T10:00:00+01:00",
        "2026-02-27T21:30:00.999-11:30",
    ],
)
def test_a_moment_of_rfc_3339_is_kept_in_one_way(given: str) -> None:
    assert Incident(title="t", date=given).date == "2026-02-28T09:00:00Z"


@pytest.mark.parametrize(
    "when",
    [
        "",
        "0000",
        "2026-13",
        "2026-2",
        "2026-02-29",
        "2026-02-30",
        "2026-02-28T24:00:00Z",
        "2026-02-28T10:00:00",
        "2026-02-28T10:00:00+25:00",
        "0001-01-01T00:00:00+23:59",  # before there are years
        "2026-02-30T10:00:00.000Z",
        "2026-02-28 10:00:00Z",
        "20260228",
        "2026-W09-6",
        "٢٠٢٦",
        "2026\n",
        "yesterday",
    ],
)
def test_what_is_no_date_or_could_be_written_in_two_ways_is_refused(when: str) -> None:
    with pytest.raises(ValidationError):
        Incident(title="t", date=when)


def test_what_is_not_known_is_absent_and_what_is_known_to_be_none_is_empty() -> None:
    nothing_known = Incident(title="t").model_dump(mode="json", exclude_none=True)
    assert nothing_known == {"title": "t"}
    nobody_harmed = Incident(title="t", harmed=()).model_dump(mode="json", exclude_none=True)
    assert nobody_harmed == {"title": "t", "harmed": []}


def test_severities_of_several_schemes_stand_side_by_side() -> None:
    given = (
        Severity(scheme="OECD", value="serious incident", assessor="AISI"),
        Severity(scheme="national scale", value="3"),
    )
    assert Incident(title="t", severity=given).severity == given


@pytest.mark.parametrize("bad", ["a\x1b[2Jb", "a\x00", "\x85", "half \ud800"])
@pytest.mark.parametrize("field", ["title", "description", "analyst_note", "deployers"])
def test_text_holds_nothing_that_a_terminal_would_obey(field: str, bad: str) -> None:
    value = (bad,) if field == "deployers" else bad
    with pytest.raises(ValidationError):
        Incident.model_validate({"title": "t", field: value})


@pytest.mark.parametrize("bad", ["ftp://example.org", "javascript:alert(1)", "https://", "https://a b"])
def test_an_address_is_one_of_the_web(bad: str) -> None:
    with pytest.raises(ValidationError):
        RegisterId(scheme="s", id="1", url=bad)


def test_a_record_returns_from_its_canonical_bytes_as_it_was() -> None:
    given = Incident(
        title="Zwei Zeilen\nand an “accent”",
        date="2024-05",
        countries=("GB", "FR"),
        registers=(RegisterId(scheme="s", id="1"),),
        severity=(),
    )
    plain = given.model_dump(mode="json", exclude_none=True)
    assert Incident.model_validate(json.loads(canonical_bytes(plain))) == given


def test_the_order_of_the_fields_is_the_one_that_commitments_were_made_over() -> None:
    # A field may be added at the end, and nothing else: openings of earlier releases would fail.
    expected = (
        "title description date first_known awareness determination submission receipt countries harm_types "
        "severity systems deployers developers harmed response sources registers attribution analyst_note "
        "contact attachments"
    )
    assert INCIDENT.fields == tuple(expected.split())
    assert INCIDENT.level is Level.COMMUNICATION


def test_what_is_internal_is_in_no_default_redaction_rule() -> None:
    offered = communication.default_fields()
    assert set(offered) | set(communication.KEPT_AT_HOME) == set(INCIDENT.fields)
    assert not set(offered) & {"analyst_note", "contact", "attachments"}


def test_the_listed_avenues_are_cells_of_the_brief_each_once() -> None:
    cells = [(avenue.activity, avenue.level) for avenue in AVENUES]
    assert cells == [
        ("incident_reporting", Level.COLLABORATION),
        ("incident_reporting", Level.COORDINATION),
        ("incident_reporting", Level.COMMUNICATION),
        ("incident_reporting", Level.SEPARATION),
    ]
    brief = shipped()
    for avenue in AVENUES:
        assert avenue.idea(brief).title
        assert brief.passages[avenue.idea(brief).passage].ref.startswith("table 1, incident reporting")


@pytest.mark.parametrize("avenue", AVENUES)
def test_every_avenue_has_a_guide_beside_it(avenue: Avenue) -> None:
    guide = files("fourfold.activities") / avenue.activity / f"{avenue.level}.md"
    assert guide.read_text(encoding="utf-8").startswith("# ")


def test_the_guide_to_separation_names_all_that_a_stub_shows() -> None:
    guide = (files("fourfold.activities.incident_reporting") / "separation.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(`(\w+)`\)", guide)) == set(Stub.__annotations__)
