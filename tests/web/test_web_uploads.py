"""Files by form: named by the record, never too large, never left lying about, and taken by one form only."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fourfold.node import models
from fourfold.node.archive import digest_of
from fourfold.node.files import place
from fourfold.node.roles import Role
from fourfold.node.web import uploads
from fourfold.records.attachments import MOST

BYTES = b"a log\n" * 1000


@pytest.fixture
def ada(signed_in: Any, settings: Any, tmp_path: Path) -> Client:
    """Somebody who may attach, on a node whose files lie in a folder of this test."""
    settings.HOME = settings.HOME.__class__(tmp_path)
    return signed_in("ada", Role.ANALYST)


def lying(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def send(client: Client, record: str, data: bytes = BYTES, name: str = "car.log") -> Any:
    return client.post(f"/records/{record}/attach/", {"file": SimpleUploadedFile(name, data)}, follow=True)


def test_a_file_is_kept_by_its_digest_and_named_by_the_next_version(
    scene: Any, ada: Any, tmp_path: Path
) -> None:
    record = scene.keep().record
    assert "“car.log” is attached" in send(ada, record).content.decode()
    row = models.RecordVersion.objects.get(latest=True)
    (named,) = row.content().payload["attachments"]
    assert (named["name"], named["size"], row.version) == ("car.log", len(BYTES), 2)
    assert lying(tmp_path) == [place(named["digest"])]
    assert digest_of(place(named["digest"])) == named["digest"]
    page = ada.get(f"/records/{record}/attach/").content.decode()
    assert "Attached already" in page
    assert named["digest"] in page


def test_a_file_that_is_too_large_is_refused_and_nothing_of_it_stays(
    scene: Any, ada: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", len(BYTES) - 1)
    record = scene.keep().record
    assert "larger than a page takes" in send(ada, record).content.decode()
    assert lying(tmp_path) == []
    assert models.RecordVersion.objects.count() == 1
    monkeypatch.setattr(uploads, "LARGEST", len(BYTES))
    assert "is attached" in send(ada, record).content.decode()


def test_no_file_and_no_name_are_told(scene: Any, ada: Any, tmp_path: Path) -> None:
    record = scene.keep().record
    assert "Choose a file." in ada.post(f"/records/{record}/attach/").content.decode()
    assert "at most 200 characters" in send(ada, record, name="x" * 201).content.decode()
    assert lying(tmp_path) == []


def test_a_file_that_the_record_cannot_name_is_not_kept(scene: Any, ada: Any, tmp_path: Path) -> None:
    send(ada, scene.keep().record)
    (named,) = models.RecordVersion.objects.get(latest=True).content().payload["attachments"]
    full = scene.keep(payload={"title": "Full", "attachments": [named] * MOST}).record
    assert "at most 100 items" in send(ada, full, b"one more").content.decode()
    assert lying(tmp_path) == [place(named["digest"])]
    assert models.RecordVersion.objects.get(record=full).version == 1


def test_who_may_not_attach_sends_in_vain(scene: Any, signed_in: Any, ada: Any, tmp_path: Path) -> None:
    del ada
    record = scene.keep().record
    assert send(signed_in("rea", Role.READER), record).status_code == 403
    strict = signed_in("bea", Role.ANALYST)
    strict.handler.enforce_csrf_checks = True
    assert send(strict, record).status_code == 403
    assert lying(tmp_path) == []
    assert models.RecordVersion.objects.count() == 1


def test_a_form_that_asks_for_no_file_keeps_none(scene: Any, ada: Any, tmp_path: Path) -> None:
    del scene
    given = {"f-title": "A car", "marking-tlp": "RED", "marking-audience": "any", "file": BytesIO(BYTES)}
    answer = ada.post("/records/new/", given)
    assert answer.status_code == 302
    assert answer.wsgi_request.FILES == {}
    assert lying(tmp_path) == []
