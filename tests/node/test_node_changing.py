"""Changing a record: versions, and a second person where something is guarded less."""

from collections.abc import Callable
from typing import Any

import pytest

from fourfold.errors import InputError, NotFoundError, RefusedError
from fourfold.node import models
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.kinds import kinds_by_acts
from fourfold.records.markings import Caveat, Marking, Tlp

Keep = Callable[..., models.RecordVersion]
GREEN = Marking(tlp=Tlp.GREEN)


def changes(**values: Any) -> Changes:
    base = {"payload": {"title": "A car"}, "marking": GREEN, "slice": "public-incidents"}
    return Changes(**{**base, **values})


def test_a_change_is_a_new_version_and_the_old_one_stays(incident: Keep) -> None:
    row = incident(payload={"title": "A car"})
    after = change_record(row.record, changes(payload={"title": "A bus"}), "editor")
    assert (after.version, after.title, after.latest) == (2, "A bus", True)
    row.refresh_from_db()
    assert (row.content().payload["title"], row.latest) == ("A car", False)
    assert models.Event.objects.filter(tag=models.Tag.RECORD_CHANGED).count() == 1


def test_the_same_content_again_changes_nothing(incident: Keep) -> None:
    row = incident(payload={"title": "A car"})
    assert change_record(row.record, changes(), "editor").pk == row.pk
    assert models.RecordVersion.objects.count() == 1


@pytest.mark.parametrize(
    "looser",
    [
        {"marking": Marking(tlp=Tlp.CLEAR)},
        {"marking": Marking(tlp=Tlp.GREEN)},
        {"slice": "public-incidents"},
    ],
)
def test_whatever_guards_less_needs_a_second_person_and_is_noted(
    agreed: Any, incident: Keep, looser: dict[str, Any]
) -> None:
    del agreed
    tight = {
        "marking": Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON})),
        "slice": "sensitive-incidents",
    }
    row = incident(payload={"title": "A car"}, **tight)
    wanted = changes(**{**tight, **looser})
    for second in (None, "", "editor"):
        with pytest.raises(RefusedError, match="second person"):
            change_record(row.record, wanted, "editor", second)
    assert change_record(row.record, wanted, "editor", "officer").version == 2
    event = models.Event.objects.get(tag=models.Tag.RECORD_LOOSENED)
    assert (event.actor, event.subject) == ("officer", row.record)


def test_tightening_needs_nobody(incident: Keep) -> None:
    row = incident(payload={"title": "A car"})
    assert change_record(row.record, changes(marking=Marking(tlp=Tlp.AMBER)), "editor").version == 2


def test_what_does_not_fit_the_kind_is_refused_with_every_fault(me: Any, incident: Keep) -> None:
    del me
    row = incident()
    with pytest.raises(InputError) as raised:
        change_record(row.record, changes(payload={"colour": "red", "date": "yesterday"}), "editor")
    assert {fault.field for fault in raised.value.faults} == {"title", "date", "colour"}
    with pytest.raises(InputError):
        add_record(NewRecord("accident", "incident_reporting", {}, GREEN), "analyst")
    assert models.RecordVersion.objects.count() == 1


def test_nobody_makes_assessments_or_agreements_by_hand(me: Any) -> None:
    del me
    for kind in sorted(kinds_by_acts()):
        with pytest.raises(RefusedError, match="not by hand"):
            add_record(NewRecord(kind, "founding", {}, GREEN), "analyst")
    with pytest.raises(NotFoundError):
        change_record("record--none", changes(), "editor")
