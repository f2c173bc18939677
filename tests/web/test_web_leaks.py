"""What is withheld, destroyed or not accepted is on no page, in no list, search, file or event."""

import io
import zipfile
from typing import Any

import pytest

from fourfold.node import models

CANARY = "canary-5d1f"
"""As in conftest: it stands in the withheld field of every record of the scene."""


@pytest.fixture
def pages(scene: Any, paths: Any, web: Any) -> dict[str, str]:
    scene.fill()
    return {path: web.get(path).content.decode() for path in paths()}


def test_a_withheld_field_is_shown_on_the_owners_pages_of_the_record_and_nowhere_else(
    pages: dict[str, str],
) -> None:
    showing = {path for path, page in pages.items() if CANARY in page}
    assert showing == {
        f"/records/{each}/{form}"
        for each in models.RecordVersion.objects.values_list("record", flat=True)
        for form in ("", "change/")
    }


def test_what_was_withdrawn_by_its_owner_is_named_on_no_page(pages: dict[str, str]) -> None:
    assert [path for path, page in pages.items() if "Will be destroyed" in page] == []
    tombstone = models.Received.objects.get(state="withdrawn", revoked=False)
    assert tombstone.object in pages["/inbox/?state=withdrawn"]
    assert "its content destroyed here" in pages[f"/inbox/{tombstone.pk}/"]


def test_what_was_not_accepted_stands_with_its_reason_and_without_its_content(pages: dict[str, str]) -> None:
    refused = models.Received.objects.get(state="quarantined")
    assert b"Forged" in bytes(refused.wire)
    assert [path for path, page in pages.items() if "Forged" in page] == []
    assert "signed by a key" in pages["/inbox/?state=quarantined"]
    assert "signed by a key" in pages[f"/inbox/{refused.pk}/"]


def test_a_search_finds_nothing_by_a_withheld_word(scene: Any, web: Any) -> None:
    scene.fill()
    for path in ("/records/", "/releases/", "/"):
        page = web.get(path, {"words": CANARY}).content.decode()
        assert "<tbody" not in page
    assert "<tbody" in web.get("/records/", {"words": "told"}).content.decode()


def test_the_files_to_take_away_hold_what_passed_and_nothing_withheld(scene: Any, web: Any) -> None:
    scene.fill()
    answer = web.post(f"/evidence/{scene.peer.pk}/files/")
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Told abroad" in content
    assert CANARY.encode() not in content
    assert models.Event.objects.filter(tag=models.Tag.EVIDENCE_EXPORTED, peer=scene.peer).count() == 1


def test_events_name_ids_and_no_content(pages: dict[str, str]) -> None:
    for title in ("Told abroad", "Kept at home", "Came in", "too early"):
        assert title not in pages["/events/"]
    assert models.Release.objects.first().pk in pages["/events/"]


def test_a_release_page_shows_which_fields_were_withheld_and_by_which_row(pages: dict[str, str]) -> None:
    release = models.Release.objects.get(state="acknowledged")
    page = pages[f"/releases/{release.pk}/"]
    assert "Analyst note" in page
    assert "row 2:" in page
    assert "The agreement does not let this field pass." in page
