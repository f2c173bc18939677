"""`fourfold node upgrade` on a store of the first release: a copy as it was, the steps, and nothing twice."""

import sqlite3
from contextlib import closing
from pathlib import Path

import first_release_store
import pytest
import warm
from django.db.migrations.executor import MigrationExecutor

from fourfold.node.boot import migrate, pending

SECRET = "a long passphrase"


def run(home: Path, *words: str, status: int = 0) -> str:
    passphrase = home.parent / "passphrase"
    passphrase.write_text(SECRET)
    done = warm.run("node", *words, cwd=home.parent, env=warm.typed_at(home, passphrase))
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def migrations(store: Path) -> set[str]:
    with closing(sqlite3.connect(store)) as opened:
        rows = opened.execute("SELECT name FROM django_migrations WHERE app = 'node'").fetchall()
    return {name for (name,) in rows}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The home of a node whose store has the form of the first release."""
    home = tmp_path / "node"
    nobody = "127.0.0.1:1"  # where surely no other program answers in its place
    run(home, "init", "--name", "Institute A", "--url", "http://127.0.0.1:8471/", "--listen", nobody)
    first_release_store.bring(home)
    assert migrations(home / "store.sqlite3") == {"0001_first"}
    return home


def test_an_old_store_is_copied_brought_forward_and_told_about(old: Path, tmp_path: Path) -> None:
    copy = tmp_path / "before.sqlite3"
    told = run(old, "upgrade", "--copy", str(copy))
    assert "Taken: node.0002_labels" in told
    assert migrations(copy) == {"0001_first"}
    assert copy.stat().st_mode & 0o777 == 0o600
    assert len(migrations(old / "store.sqlite3")) > 1
    assert "already" in run(old, "upgrade")
    assert "ok" in run(old, "check")


def test_where_the_copy_cannot_be_made_nothing_is_changed(old: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("something else")
    assert "none is overwritten" in run(old, "upgrade", "--copy", str(there), status=2)
    assert "Cannot be written" in run(old, "upgrade", "--copy", str(tmp_path / "no" / "such"), status=2)
    assert migrations(old / "store.sqlite3") == {"0001_first"}
    assert there.read_text() == "something else"


def test_a_store_in_its_present_form_is_opened_without_a_step(me, monkeypatch) -> None:
    del me  # asked for, so that there is a node
    taken = []
    monkeypatch.setattr(MigrationExecutor, "migrate", lambda *given, **_: taken.append(given))
    migrate()
    assert (pending(), taken) == ((), [])
