"""A backup as a file: what goes in comes out, and nothing else ever does."""

import io
import json
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import InputError, RefusedError
from fourfold.node.archive import MANIFEST, Source, digest_of, read_archive, write_archive
from fourfold.node.home import Home
from fourfold.node.snapshots import SqliteSnapshot, snapshot_of

SOURCE = Source("identity--1", "Own", datetime(2026, 11, 24, tzinfo=UTC), "sqlite")
NAMES = ("node.toml", "store.sqlite3", "keys/node.pem")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    members = {}
    for number, name in enumerate(NAMES):
        members[name] = tmp_path / f"source{number}"
        members[name].write_bytes(bytes([number]) * 3000)
    write_archive(tmp_path / "a.backup", SOURCE, members)
    return tmp_path / "a.backup"


def unpacked(backup: Path, folder: Path) -> Any:
    folder.mkdir()
    return read_archive(backup, folder)


def test_what_went_in_comes_out_and_only_its_owner_reads_either(backup: Path, tmp_path: Path) -> None:
    manifest = unpacked(backup, tmp_path / "out")
    assert (manifest.institution, manifest.made, manifest.store) == ("identity--1", SOURCE.made, "sqlite")
    for number, name in enumerate(NAMES):
        file = tmp_path / "out" / name
        assert file.read_bytes() == bytes([number]) * 3000
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.part"))


def test_nothing_is_overwritten_and_what_cannot_be_written_leaves_nothing(
    backup: Path, tmp_path: Path
) -> None:
    before = digest_of(backup)
    with pytest.raises(InputError, match="exists"):
        write_archive(backup, SOURCE, {"node.toml": backup})
    assert digest_of(backup) == before
    with pytest.raises(InputError, match="Cannot be written"):
        write_archive(tmp_path / "nowhere" / "b.backup", SOURCE, {"node.toml": backup})


@given(st.data())
def test_a_backup_with_any_byte_changed_is_refused_or_means_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flip")
    (folder / "source").write_bytes(b"x" * 900)
    file = folder / "a.backup"
    write_archive(file, SOURCE, {"node.toml": folder / "source"})
    content = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    (folder / "b.backup").write_bytes(bytes(content))
    try:
        unpacked(folder / "b.backup", folder / "out")
    except InputError:
        return
    assert (folder / "out" / "node.toml").read_bytes() == b"x" * 900


@pytest.mark.parametrize("cut", [0, 1, 511, 1024, 3000, 9000])
def test_a_truncated_backup_is_refused(backup: Path, tmp_path: Path, cut: int) -> None:
    (tmp_path / "cut").write_bytes(backup.read_bytes()[:cut])
    with pytest.raises(InputError, match="cut"):
        unpacked(tmp_path / "cut", tmp_path / "out")


def crafted(file: Path, listed: list[dict[str, Any]], write: Callable[[tarfile.TarFile], None]) -> Path:
    manifest = {
        "type": "fourfold-backup",
        "format": 1,
        "institution": "identity--1",
        "name": "Own",
        "made": "2026-11-24T00:00:00Z",
        "store": "sqlite",
        "members": listed,
    }
    with tarfile.open(file, "w:") as archive:
        text = json.dumps(manifest).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
        write(archive)
    return file


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "keys/../../evil", "server.log"])
def test_a_file_outside_of_what_backups_hold_is_never_unpacked(tmp_path: Path, name: str) -> None:
    listed = [{"name": name, "size": 0, "digest": "sha256:" + 64 * "0"}]
    file = crafted(tmp_path / "x", listed, lambda archive: archive.addfile(tarfile.TarInfo(name)))
    with pytest.raises(InputError, match="no backup holds"):
        unpacked(file, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_link_in_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")

    def link(archive: tarfile.TarFile) -> None:
        info = tarfile.TarInfo("node.toml")
        info.type, info.linkname = tarfile.SYMTYPE, str(tmp_path / "secret")
        archive.addfile(info)

    listed = [{"name": "node.toml", "size": 0, "digest": "sha256:" + 64 * "0"}]
    with pytest.raises(InputError):
        unpacked(crafted(tmp_path / "x", listed, link), tmp_path / "out")


def test_the_copy_of_a_store_is_of_one_moment_while_it_is_written_to(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with closing(sqlite3.connect(home.store)) as store:
        store.executescript("PRAGMA journal_mode=WAL; CREATE TABLE a (n); CREATE TABLE b (n);")
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(home.store, timeout=30)) as store:
            number = 0
            while not stop.is_set():
                with store:
                    store.execute("INSERT INTO a VALUES (?)", (number,))
                    store.execute("INSERT INTO b VALUES (?)", (number,))
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            SqliteSnapshot().write(home, tmp_path / f"copy{number}")
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"copy{number}")) as copy:
            counts = [copy.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("a", "b")]  # noqa: S608  two fixed names
        assert counts[0] == counts[1]


def test_a_store_of_another_kind_is_not_backed_up_as_if_it_were_known() -> None:
    with pytest.raises(RefusedError, match="own tools"):
        snapshot_of("oracle")
