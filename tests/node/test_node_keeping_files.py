"""Keeping a file: its name and type are asked first, and nothing is kept of one whose are none."""

import io
import os
from pathlib import Path
from typing import Any

import pytest

from fourfold.errors import InputError
from fourfold.node.actions.add_attachment import add_attachment
from fourfold.node.home import Home
from fourfold.node.models import File

NO_NAMES = ["a\\b.txt", "x" * 201, "a\nb", "a\x00b", "", os.fsdecode(b"b\xfcro.txt")]
NO_TYPES = ["text", "a b/c", "x" * 201]


@pytest.fixture
def folder(me: Any, settings: Any, tmp_path: Path) -> Path:
    del me  # asked for first, as it brings a home that all tests share
    settings.HOME = Home(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "media_type", "field"),
    [*((name, None, "name") for name in NO_NAMES), *(("a.txt", each, "media_type") for each in NO_TYPES)],
)
def test_nothing_is_kept_of_a_file_whose_name_or_type_is_none(
    folder: Path, name: str, media_type: str | None, field: str
) -> None:
    with pytest.raises(InputError) as raised:
        add_attachment(io.BytesIO(b"secret"), name, media_type, "ada")
    assert [fault.field for fault in raised.value.faults] == [field]
    assert all(fault.remedy for fault in raised.value.faults)
    assert not File.objects.exists()
    assert not list(folder.rglob("*"))


def test_a_file_is_kept_under_its_own_name_with_its_size_and_digest(folder: Path) -> None:
    kept = add_attachment(io.BytesIO(b"secret"), "of/Büro.TXT", "Text/Plain", "ada")
    assert (kept.name, kept.media_type, kept.size) == ("Büro.TXT", "text/plain", 6)
    assert kept.digest == File.objects.get().pk
    assert folder.joinpath("attachments", kept.digest[7:9], kept.digest[7:]).read_bytes() == b"secret"
