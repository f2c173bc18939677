"""A backup holds all that a node keeps, the files of records included; and nothing else is unpacked."""

import io
import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fourfold.errors import InputError
from fourfold.node import files
from fourfold.node.actions import back_up as backing_up
from fourfold.node.actions.add_attachment import add_attachment
from fourfold.node.actions.back_up import back_up
from fourfold.node.archive import read_archive
from fourfold.node.home import write_config

CONTENT = b"a log of some red-teaming"


@pytest.fixture
def home(me: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A home whose store is a file, whatever store the tests run on: it is copied as it is."""
    del me  # asked for first, as it brings a home that all tests share
    monkeypatch.setattr(backing_up, "kind_in_use", lambda: "sqlite")
    keys, settings.HOME = settings.HOME.keys, type(settings.HOME)(tmp_path / "home")
    (tmp_path / "home").mkdir()
    settings.HOME.keys.symlink_to(keys)
    write_config(settings.HOME, settings.NODE)
    with closing(sqlite3.connect(settings.HOME.store)) as store:
        store.execute("CREATE TABLE anything (n)")
    return settings.HOME


def altered(backup: Path, out: Path, change: Any) -> Path:
    """The backup with its list and its files changed."""
    with tarfile.open(backup) as archive:
        parts = [(each.name, archive.extractfile(each).read()) for each in archive.getmembers()]
    manifest = json.loads(parts[0][1])
    parts = change(manifest, dict(parts[1:]))
    with tarfile.open(out, "w:") as archive:
        text = json.dumps(manifest).encode()
        for name, content in [("manifest.json", text), *parts.items()]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out


def test_the_files_of_records_and_the_rules_come_with_the_backup(home: Any, tmp_path: Path) -> None:
    kept = add_attachment(io.BytesIO(CONTENT), "red-team.log", None, "analyst")
    home.retention_file.write_text("schema: fourfold.retention/1\nrules: []\n")
    back_up(tmp_path / "node.backup", "operator")
    (tmp_path / "out").mkdir()
    manifest = read_archive(tmp_path / "node.backup", tmp_path / "out")
    name = str(files.place(kept.digest).relative_to(home.path))
    assert {member.name for member in manifest.members} == {
        "node.toml", "keys/node.pem", "store.sqlite3", "retention.yaml", name,
    }  # fmt: skip
    assert (tmp_path / "out" / name).read_bytes() == CONTENT
    assert (tmp_path / "out" / name).stat().st_mode & 0o777 == 0o600


def test_a_restored_node_reads_the_second_factors_of_its_accounts(home: Any, tmp_path: Path) -> None:
    key = home.factors_key()
    try:
        back_up(tmp_path / "node.backup", "operator")
    finally:
        home.factors_file.unlink()  # the folder of keys is shared by all tests
    (tmp_path / "out").mkdir()
    read_archive(tmp_path / "node.backup", tmp_path / "out")
    restored = type(home)(tmp_path / "out")
    assert restored.factors_key() == key
    assert restored.factors_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "name",
    [
        "attachments/ab/../../../escaped",
        "attachments/ab/" + "a" * 64,
        "attachments/" + "ab/" + "ab" * 32,
        "keys/authorized_keys",
        "/etc/passwd",
    ],
)
def test_no_other_name_is_unpacked_and_a_file_stands_under_its_own_digest(
    home: Any, tmp_path: Path, name: str
) -> None:
    add_attachment(io.BytesIO(CONTENT), "red-team.log", None, "analyst")
    back_up(tmp_path / "node.backup", "operator")

    def change(manifest: dict[str, Any], parts: dict[str, bytes]) -> dict[str, bytes]:
        for member in manifest["members"]:
            if member["name"].startswith("attachments/"):
                parts[name] = parts.pop(member["name"])
                member["name"] = name
        return parts

    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="no backup holds"):
        read_archive(altered(tmp_path / "node.backup", tmp_path / "bad.backup", change), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
