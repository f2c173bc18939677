"""Backup and restore of a store in PostgreSQL: into an empty database only, whole or not at all."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import first_release_store
import private_postgresql
import psycopg
import pytest
import warm

from fourfold.node.home import Home
from fourfold.node.postgresql import tools

pytestmark = pytest.mark.slow
SECRET = "a long passphrase"


def environment(home: Path, **more: str) -> dict[str, str]:
    passphrase = home.parent / "passphrase"
    passphrase.write_text(SECRET)
    return warm.typed_at(home, passphrase) | more


def started(home: Path, *words: str) -> subprocess.Popen[str]:
    """A command that goes on beside the test, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "fourfold.cli", *words],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(home: Path, *words: str, status: int = 0, **more: str) -> str:
    done = warm.run(*words, cwd=home.parent, env=environment(home, **more))
    assert done.returncode == status, (done.stdout, done.stderr)
    return " ".join((done.stdout + done.stderr).split())


@pytest.fixture(scope="module")
def made(
    postgresql: private_postgresql.Server, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """A node in a database, with a few records; and a backup of it."""
    folder = tmp_path_factory.mktemp("copies")
    home, backup = folder / "node", folder / "node.backup"
    words = ("--name", "Institute A", "--url", "http://127.0.0.1:8471/")
    run(home, "node", "init", *words, "--database", postgresql.make("copies_origin"))
    (folder / "incident.yaml").write_text(
        "kind: incident\nactivity: incident_reporting\nmarking: {tlp: GREEN}\nfields: {title: A car}\n"
    )
    for _ in range(3):
        run(home, "record", "add", str(folder / "incident.yaml"))
    run(home, "node", "backup", str(backup))
    return home, backup


@pytest.fixture
def empty(postgresql: private_postgresql.Server, tmp_path: Path) -> str:
    return postgresql.make(f"copies_{tmp_path.name}"[:60])


def count(address: str, table: str) -> int:
    with psycopg.connect(address) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  a fixed name


def relations(address: str) -> int:
    query = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
    with psycopg.connect(address) as connection:
        found = connection.execute(f"{query} WHERE n.nspname IN ('public', 'fourfold_restoring')")
        return found.fetchone()[0]


def test_a_restored_store_holds_the_same_in_another_database_and_the_old_one_is_left_alone(
    made: tuple[Path, Path], empty: str, tmp_path: Path
) -> None:
    home, backup = made
    old = Home(home).config().database
    before = count(old, "node_event")
    run(tmp_path / "again", "node", "restore", str(backup), "--database", empty)
    assert Home(tmp_path / "again").config().database == empty
    assert count(empty, "node_recordversion") == count(old, "node_recordversion") == 3
    assert count(empty, "node_event") == before + 1
    assert count(old, "node_event") == before
    assert (tmp_path / "again" / "store.dump").exists() is False
    run(tmp_path / "again", "log", "check")
    run(
        tmp_path / "again", "record", "add", str(backup.parent / "incident.yaml")
    )  # keys go on where they were


def test_without_a_database_nothing_is_restored_least_of_all_into_the_old_one(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    home, backup = made
    told = run(tmp_path / "again", "node", "restore", str(backup), status=2)
    assert "never the old one, and name it: --database" in told
    old = Home(home).config().database
    before = count(old, "node_event")
    told = run(tmp_path / "again", "node", "restore", str(backup), "--database", old, status=1)
    assert "This database is not empty" in told
    assert count(old, "node_event") == before
    assert list(tmp_path.glob("again*")) == []


def test_a_database_in_which_somebody_has_one_table_is_not_empty(
    made: tuple[Path, Path], empty: str, tmp_path: Path
) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute("CREATE SCHEMA theirs")
        connection.execute("CREATE TABLE theirs.ledger (n int)")
    told = run(tmp_path / "again", "node", "restore", str(made[1]), "--database", empty, status=1)
    assert "(1 tables, ledger among them)" in told
    assert count(empty, "theirs.ledger") == 0


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql:///x?password=hunter2", "A password does not belong into this file"),
        ("postgresql://db.example/x", "the way there is not protected"),
        ("mysql:///x", "begins with postgresql://"),
    ],
)
def test_the_address_of_a_database_is_checked_as_in_the_settings(
    made: tuple[Path, Path], tmp_path: Path, address: str, told: str
) -> None:
    said = run(tmp_path / "again", "node", "restore", str(made[1]), "--database", address, status=2)
    assert said.startswith("--database: ")
    assert told in said
    assert "hunter2" not in said


def test_a_database_that_cannot_be_reached_is_told(made: tuple[Path, Path], tmp_path: Path) -> None:
    address = f"postgresql:///x?host={tmp_path}"
    told = run(tmp_path / "again", "node", "restore", str(made[1]), "--database", address, status=1)
    assert "The database cannot be opened" in told
    assert list(tmp_path.glob("again*")) == []


def test_a_restore_that_is_killed_leaves_nothing_half_done_and_can_be_begun_again(
    made: tuple[Path, Path], empty: str, tmp_path: Path
) -> None:
    words = ("node", "restore", str(made[1]), "--database", empty)
    chance, seen, home = random.Random(7), set(), tmp_path / "again"
    for _ in range(8):
        with started(home, *words) as process:
            wait_for_mark(process, empty)
            time.sleep(chance.uniform(0, 1.2))
            if process.poll() is not None:
                break
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        seen.add(relations(empty) > 0)
        if home.exists():
            break
    else:
        run(home, *words)
    assert seen, "nothing was killed in the middle"
    assert list(tmp_path.glob("*.restoring")) == []
    assert count(empty, "node_recordversion") == 3
    assert "fourfold_restoring" not in schemas(empty)
    run(home, "log", "check")


def wait_for_mark(process: subprocess.Popen[str], address: str) -> None:
    """Until the restore has begun with the database."""
    while process.poll() is None and "fourfold_restoring" not in schemas(address):
        time.sleep(0.02)


def schemas(address: str) -> set[str]:
    with psycopg.connect(address) as connection:
        return {name for (name,) in connection.execute("SELECT nspname FROM pg_namespace")}


def test_two_restores_into_one_database_do_not_mix(
    made: tuple[Path, Path], empty: str, tmp_path: Path
) -> None:
    words = ("node", "restore", str(made[1]), "--database", empty)
    both = [started(tmp_path / name, *words) for name in ("one", "two")]
    ends = []
    for process in both:
        out, err = process.communicate()
        ends.append((process.returncode, " ".join((out + err).split())))
    assert sorted(status for status, _ in ends) == [0, 1], ends
    (said,) = [said for status, said in ends if status]
    assert "Another process restores" in said or "not empty" in said
    assert count(empty, "node_recordversion") == 3


def test_where_pg_dump_is_missing_older_or_fails_it_is_told_and_no_file_is_left(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    home, _ = made
    said = "pg_dump: error: aborting because of server version mismatch"
    fake = tmp_path / "bin" / "pg_dump"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    fake.chmod(0o755)
    path = f"{fake.parent}:{os.environ['PATH']}"
    told = run(home, "node", "backup", str(tmp_path / "b.backup"), status=1, PATH=path)
    assert "server version mismatch" in told
    assert "install the client programs of the newer version" in told
    assert [each.name for each in tmp_path.iterdir()] == ["bin"]
    assert list(home.glob("backup-*")) == []


def test_a_program_that_is_nowhere_is_told_with_where_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tools, "_DEBIAN", tmp_path)
    with pytest.raises(tools.RefusedError, match=r"apt-get install postgresql-client"):
        tools.program("pg_dump")
    for version in ("9", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "pg_dump").touch()
    assert tools.program("pg_dump") == tmp_path / "17" / "bin" / "pg_dump"


def test_a_backup_is_of_one_moment_while_records_come_in(
    made: tuple[Path, Path], postgresql: private_postgresql.Server, empty: str, tmp_path: Path
) -> None:
    """A record, its event and the leaf of the private log are there together or not at all."""
    home, _ = made
    backup, incident = tmp_path / "busy.backup", str(made[1].parent / "incident.yaml")
    writer = started(home, "record", "add", *[incident], "--format", "json")
    run(home, "node", "backup", str(backup))
    writer.communicate()
    run(tmp_path / "again", "node", "restore", str(backup), "--database", empty)
    run(tmp_path / "again", "log", "check")


def test_an_upgrade_keeps_the_database_as_it_was(
    made: tuple[Path, Path], postgresql: private_postgresql.Server, tmp_path: Path
) -> None:
    home, address = tmp_path / "node", postgresql.make("copies_upgrade")
    run(home, "node", "init", "--name", "A", "--url", "http://127.0.0.1:8471/", "--database", address)
    first_release_store.bring(home)
    copy, there = tmp_path / "before.dump", tmp_path / "there"
    there.write_text("something else")
    assert "none is overwritten" in run(home, "node", "upgrade", "--copy", str(there), status=2)
    assert "Taken: node.0002_labels" in run(home, "node", "upgrade", "--copy", str(copy))
    assert copy.stat().st_mode & 0o777 == 0o600
    before = postgresql.make("copies_before")
    tools.restore(copy, before)
    names = "SELECT name FROM django_migrations WHERE app = 'node'"
    with psycopg.connect(before) as connection:
        assert connection.execute(names).fetchall() == [("0001_first",)]
    assert count(before, "node_node") == 1


def test_a_store_in_a_file_is_moved_into_a_database_row_by_row(empty: str, tmp_path: Path) -> None:
    home, backup = tmp_path / "node", tmp_path / "node.backup"
    run(home, "node", "init", "--name", "Institute Ä", "--url", "http://127.0.0.1:8471/")
    incident = tmp_path / "incident.yaml"
    incident.write_text(
        "kind: incident\nactivity: incident_reporting\nmarking: {tlp: GREEN}\n"
        "fields: {title: 'Ein Zug, 列車'}\n"
    )
    for _ in range(2):
        run(home, "record", "add", str(incident))
    run(home, "account", "add", "ada", "--role", "analyst", "--password-file", str(tmp_path / "passphrase"))
    run(home, "node", "backup", str(backup))
    run(tmp_path / "moved", "node", "restore", str(backup), "--database", empty)
    assert not (tmp_path / "moved" / "store.sqlite3").exists()
    ours = run(home, "record", "list", "--format", "json")
    assert run(tmp_path / "moved", "record", "list", "--format", "json") == ours
    assert "Ein Zug" in ours
    assert count(empty, "auth_user") == 1
    run(tmp_path / "moved", "log", "check")
    run(tmp_path / "moved", "record", "add", str(incident))
    assert count(empty, "node_recordversion") == 3
