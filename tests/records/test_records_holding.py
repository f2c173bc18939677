"""What is sealed of a record that is kept: it binds to one version, and to each of its fields."""

from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from fourfold.errors import ProofError
from fourfold.framework import Level
from fourfold.records import (
    Kind,
    Marking,
    Record,
    Tlp,
    check_fields,
    check_held,
    holding,
    open_field,
)

SECRET = "5" * 64
NOW = datetime(2026, 11, 25, tzinfo=UTC)


class Note(BaseModel):
    title: str
    text: str | None = None
    number: int | None = None


KIND = Kind("note", "Note", Level.COMMUNICATION, Note)


def record(**changes):
    values = {
        "id": "record--4a3c1e0a-6c0e-4f0e-9a57-5b3c3f1f2a10",
        "kind": "note",
        "activity": "incident_reporting",
        "owner": "identity--1",
        "originators": frozenset({"identity--1"}),
        "version": 1,
        "created": NOW,
        "modified": NOW,
        "marking": Marking(tlp=Tlp.RED),
        "payload": {"title": "A", "text": "B"},
    }
    return Record(**{**values, **changes})


def test_the_version_that_was_sealed_is_recognised_and_no_other():
    given = holding(record(), KIND, SECRET)
    assert check_held(given, record().model_dump_json()) == record()
    for other in (record(payload={"title": "A"}), record(version=2), record(owner="identity--2")):
        with pytest.raises(ProofError, match="not the version"):
            check_held(given, other.model_dump_json())
    for text in ("", "{}", "[1]", "nothing"):
        with pytest.raises(ProofError, match="no record"):
            check_held(given, text)


def test_single_fields_can_be_shown_and_no_other_value_of_them():
    given, payload = holding(record(), KIND, SECRET), record().payload
    shown = [open_field(KIND.fields, payload, SECRET, name) for name in ("title", "number")]
    assert check_fields(given, shown) == ("title", "number")
    assert (shown[1].absent, shown[1].value) == (True, None)
    with pytest.raises(ProofError):
        check_fields(given, [shown[0].model_copy(update={"value": "Z"})])
    with pytest.raises(ProofError, match="Nothing"):
        check_fields(given, [])


def test_two_versions_never_have_one_statement():
    ones = [
        record(),
        record(version=2),
        record(payload={"title": "A"}),
        record(marking=Marking(tlp=Tlp.CLEAR)),
    ]
    assert len({holding(each, KIND, SECRET).digest() for each in ones}) == len(ones)
