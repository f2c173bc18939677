"""Backup and restore as in docs/how-to/recover.md, on two nodes that serve: nothing is lost in silence."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fourfold.node.home import Home
from fourfold.planning import example_plan

ACTIVITY = "incident_reporting"

CHANGE = """\
import os, pathlib, sys
from fourfold.node.boot import boot
boot(pathlib.Path(os.environ["FOURFOLD_HOME"]))
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.keeping import latest
before = latest(sys.argv[1]).content()
payload = {**before.payload, "title": sys.argv[2]}
change_record(before.id, Changes(payload, before.marking, before.slice, before.field_markings), "tester")
"""
"""What a page will do, while no command changes a record."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def agreed(hands_of_file: Any) -> Any:
    """Both have joined, assessed and agreed; each test leaves them so that they go on."""
    hands = hands_of_file
    hands.begin()
    hands.join()
    a, b = hands.a, hands.b
    for hand, party in ((a, "AISI"), (b, "AIO")):
        (hand.folder / "plan.yaml").write_text(example_plan())
        hand.run("assessment", "load", "plan.yaml", "--party", party)
    hands.both("assessment", "seal", ACTIVITY)
    hands.both("sync")
    hands.both("assessment", "reveal", ACTIVITY)
    hands.both("sync")
    slices = ("--id", "incidents reported at home=public-incidents")
    a.run("agreement", "draft", ACTIVITY, "--title", "Incidents", *slices, "--out", "draft.yaml")
    digest = a.run("agreement", "propose", "draft.yaml", "--format", "json")["digest"]
    b.run("sync")
    b.run("agreement", "sign", digest[:20])
    a.run("sync")
    return hands


def tell(sender: Any) -> tuple[str, str]:
    record = sender.run("record", "add", "incident.yaml", "--format", "json")["id"]
    return record, sender.run("release", "make", record, "--format", "json")["id"]


def change(sender: Any, record: str, title: str) -> dict[str, Any]:
    subprocess.run([sys.executable, "-c", CHANGE, record, title], env=sender.environment, check=True)
    made: dict[str, Any] = sender.run("release", "make", record, "--format", "json")
    return made


def synced(hand: Any, status: int = 0) -> dict[str, Any]:
    (row,) = hand.run("sync", "--format", "json", status=status)
    return dict(row)


def failing(hand: Any) -> list[str]:
    found = hand.run("node", "check", "--format", "json", status=1)
    return [each["check"] for each in found if not each["holds"]]


def sequences(home: Path) -> set[int]:
    address = Home(home).config().database
    opened = psycopg.connect(address) if address else sqlite3.connect(home / "store.sqlite3")
    with closing(opened) as store:
        return {row[0] for row in store.execute("SELECT sequence FROM node_releaseversion")}


@pytest.fixture
def fresh(own_database: Callable[[], str]) -> Callable[[], list[str]]:
    """What is typed for a new store, where stores are databases."""

    def words() -> list[str]:
        address = own_database()
        return ["--database", address] if address else []

    return words


def test_a_node_that_lost_what_it_had_received_collects_it_again(
    agreed: Any, fresh: Callable[[], list[str]], tmp_path: Path
) -> None:
    a, b = agreed.a, agreed.b
    backup = str(tmp_path / "b.backup")
    b.run("node", "backup", backup)
    _, release = tell(a)
    tell(a)
    b.run("sync")
    a.run("release", "withdraw", release, "--reason", "too early")
    b.run("sync")
    b.stop()
    (b.folder / "node").rename(b.folder / "lost")
    b.run("node", "restore", backup, *fresh())
    b.serve()
    found = synced(b)
    assert (found["stored"], found["withdrawn"], found["problem"]) == (1, 1, "")
    a.run("sync")
    agreed.both("node", "check")


def test_a_node_that_lost_everything_since_its_backup_goes_on_and_says_what_is_missing(
    agreed: Any, fresh: Callable[[], list[str]], tmp_path: Path
) -> None:
    a, b = agreed.a, agreed.b
    record, _ = tell(a)
    assert synced(b)["stored"] == 1
    a.run("sync")
    backup = str(tmp_path / "a.backup")
    digest = a.run("node", "backup", backup, "--format", "json")["digest"]
    assert "exists" in a.run("node", "backup", backup, status=2)
    tell(a)
    assert change(a, record, "A car stopped late")["version"] == 2
    assert synced(b)["stored"] == 2
    lost = restored(a, backup, digest, fresh)
    assert failing(a) == ["epochs"]
    fresh = a.run("record", "add", "incident.yaml", "--format", "json")["id"]
    assert "restored from a backup" in " ".join(a.run("release", "make", fresh, status=1).split())
    found = synced(a)
    assert found["problem"] == ""
    there = synced(b, status=1)
    assert "holds 2 that Institute A does not know any more" in there["problem"]
    assert failing(a) == ["what Office B holds of us"]
    goes_on(a, b, record, lost, tmp_path)


def restored(a: Any, backup: str, digest: str, fresh: Callable[[], list[str]]) -> Path:
    """The node's folder is gone; the backup takes its place, but never another's."""
    a.stop()
    home, lost, new = a.folder / "node", a.folder / "lost", fresh()
    assert "exists" in a.run("node", "restore", backup, *new, status=2)
    home.rename(lost)
    assert "another file" in a.run("node", "restore", backup, *new, "--digest", "sha256:0", status=2)
    whole = Path(backup).read_bytes()
    for damaged in (whole[:-20_000] + b"x" * 20_000, whole[: len(whole) // 2]):
        Path(backup + "2").write_bytes(damaged)
        a.run("node", "restore", backup + "2", *new, status=2)
    if new:
        needed = " ".join(a.run("node", "restore", backup, status=2).split())
        assert "never the old one, and name it: --database" in needed
        old = Home(lost).config().database
        in_use = " ".join(a.run("node", "restore", backup, "--database", old, status=1).split())
        assert "This database is not empty" in in_use
        assert sequences(lost)
    assert not home.exists()
    assert [each.name for each in a.folder.iterdir() if "restoring" in each.name] == []
    a.run("node", "restore", backup, *new, "--digest", digest)
    assert [Home(home).config().database] == (new[1:] or [""])
    a.serve()
    return lost


def goes_on(a: Any, b: Any, record: str, lost: Path, tmp_path: Path) -> None:
    """What comes now is new: no number, no version and no log entry is issued twice."""
    assert change(a, record, "A car stopped too late")["version"] > 2
    row = synced(b, status=1)
    assert (row["stored"], row["refused"]) == (1, 0)
    new = sequences(a.folder / "node") - sequences(lost)
    assert new
    assert min(new) > max(sequences(lost))
    for hand, name in ((a, "a"), (b, "b")):
        hand.run("log", "check")
        folder = tmp_path / f"evidence-{name}"
        hand.run("evidence", "export", str(folder))
        files = [str(file) for file in folder.iterdir()]
        assert any("-2.json" in file for file in files)
        checks = hand.run("verify", *files, "--format", "json")
        assert {each["outcome"] for each in checks} == {"holds", "open"}
