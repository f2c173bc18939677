"""Importing a register again: what changed in it, what is gone, what was changed here, what is at fault."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from fourfold.activities.incident_reporting.aiid import COLUMNS
from fourfold.node import keeping
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.import_incidents import ImportReport, import_aiid
from fourfold.node.models import RecordVersion
from fourfold.records.markings import Marking, Tlp

pytestmark = pytest.mark.usefixtures("me")


def row(number: int, **changes: str) -> dict[str, str]:
    values = {"id": str(number), "date": "2018-03-18", "title": f"Incident {number}", "description": "Told."}
    return {column: {**values, **changes}.get(name, "") for name, column in COLUMNS.items()}


def table(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS.values()))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def bring(*rows: dict[str, str], numbers: Any = (), update: bool = False) -> ImportReport:
    given = Marking(tlp=Tlp.CLEAR), "public-incidents", numbers, "ada"
    return import_aiid(table(*rows), "a.csv", *given, update=update)


def latest(number: int) -> RecordVersion:
    return RecordVersion.objects.get(
        latest=True, source__startswith=f"AI Incident Database, incident {number} "
    )


def edit(number: int, **fields: str) -> None:
    kept = latest(number).content()
    change_record(kept.id, Changes({**kept.payload, **fields}, kept.marking, kept.slice), "analyst")


def test_a_row_that_did_not_change_is_no_news_however_often_it_comes() -> None:
    bring(row(1), row(2))
    again = bring(row(1), row(2))
    assert (again.added, again.known, again.renewed, again.gone) == ((), 2, (), ())


def test_a_row_that_changed_is_told_and_followed_only_when_that_is_asked() -> None:
    bring(row(1), row(2))
    edit(1, analyst_note="Ours.")
    changed = row(1, title="Another title")
    told = bring(changed, row(2))
    (found,) = told.renewed
    assert (found.number, found.fields, found.edited, told.updated) == (1, ("title",), True, False)
    assert (latest(1).version, latest(1).title) == (2, "Incident 1")
    done = bring(changed, row(2), update=True)
    assert done.updated
    assert (latest(1).version, latest(1).title) == (3, "Another title")
    assert latest(1).content().payload["analyst_note"] == "Ours."
    assert latest(2).version == 1
    assert bring(changed, row(2)).renewed == ()
    assert RecordVersion.objects.filter(latest=True, kind="incident").count() == 2


def test_what_was_changed_here_after_an_update_is_ours_until_the_register_changes_again() -> None:
    bring(row(1))
    bring(row(1, title="Second"), update=True)
    edit(1, title="In our words")
    assert bring(row(1, title="Second")).renewed == ()
    (found,) = bring(row(1, title="Third")).renewed
    assert found.edited
    bring(row(1, title="Third"), update=True)
    assert latest(1).title == "Third"
    assert bring(row(1, title="Third")).renewed == ()


def test_a_field_that_the_register_emptied_goes_with_the_update() -> None:
    bring(row(1))
    bring(row(1, description=""), update=True)
    assert "description" not in latest(1).content().payload


def test_what_is_not_in_the_table_any_more_is_told_but_not_where_a_part_was_asked_for() -> None:
    bring(row(1), row(2))
    gone = latest(2).record
    assert bring(row(1)).gone == (gone,)
    assert bring(row(1), numbers=[1]).gone == ()
    assert bring(row(1), row(2, date="never")).gone == ()
    assert bring(row(1), numbers=[1, 9]).missing == (9,)


def test_good_rows_land_beside_bad_ones_which_wait() -> None:
    done = bring(row(1), row(2, date="never"), row(3))
    assert len(done.added) == 2
    assert len(done.faults) == 1
    assert done.rest == table(row(2, date="never"))
    assert len(bring(row(2)).added) == 1


def test_a_record_that_was_destroyed_does_not_come_back_by_an_import() -> None:
    bring(row(1))
    RecordVersion.objects.update(latest=False, body=b"", title="", folded="", destroyed=latest(1).created)
    again = bring(row(1, title="Changed"), update=True)
    assert (again.added, again.renewed) == ((), ())


def test_the_reported_table_is_imported_once(shared_data: Path) -> None:
    text = (shared_data / "inputs" / "aiid_semicolon_excel_eu.csv").read_bytes()
    given = text, "a.csv", Marking(tlp=Tlp.CLEAR), None, (), "ada"
    assert len(import_aiid(*given).added) == 3
    assert import_aiid(*given).known == 3
    assert keeping.latest(latest(9001).record).title.endswith("1")
