"""The path by hand: every command of the tutorial, on two nodes that really serve."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import warm

from fourfold.release import ROWS

ACTIVITY = "incident_reporting"


def test_two_people_walk_the_whole_path_by_commands(hands: Any, tmp_path: Path) -> None:
    hands.begin()
    hands.join()
    founding = hands.both("agreement", "list", "--format", "json")
    assert [each[0]["state"] for each in founding] == ["in-force", "in-force"]
    assert founding[0][0]["digest"] == founding[1][0]["digest"]
    assess(hands)
    agree(hands.a, hands.b)
    tell_and_take_back(hands.a, hands.b)
    prove(hands, tmp_path)


def assess(hands: Any) -> None:
    a, b = hands.a, hands.b
    loads = (("AISI", a), ("AIO", b))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: each[1].run("assessment", "load", "plan.yaml", "--party", each[0]), loads))
    hands.both("assessment", "seal", ACTIVITY)
    assert "both sides have sealed" in a.run("assessment", "reveal", ACTIVITY, status=1)
    hands.both("sync")
    hands.both("assessment", "reveal", ACTIVITY)
    hands.both("sync")
    here, there = hands.both("assessment", "show", ACTIVITY, "--format", "json")
    assert here == there
    assert {part["name"]: part["suggestion"] for part in here["slices"]} == {
        "common registry": "collaboration",
        "definitions of an incident": "coordination",
        "highly sensitive incidents": "separation",
        "incidents reported at home": "communication",
    }
    here, there = hands.both("assessment", "agenda", ACTIVITY, "--format", "json")
    assert here["activities"] == there["activities"]
    a.run("assessment", "agenda", "--out", "agenda.md")
    assert "### incidents reported at home" in (a.folder / "agenda.md").read_text()


def agree(a: Any, b: Any) -> None:
    slices = ("--id", "incidents reported at home=public-incidents")
    a.run("agreement", "draft", ACTIVITY, "--title", "Incidents", *slices, "--out", "draft.yaml")
    digest = a.run("agreement", "propose", "draft.yaml", "--format", "json")["digest"]
    b.run("sync")
    assert "Incidents" in b.run("agreement", "show", digest[:20])
    assert b.run("agreement", "sign", digest[:20], "--format", "json")["state"] == "in-force"
    a.run("sync")


def tell_and_take_back(a: Any, b: Any) -> None:
    record = a.run("record", "add", "incident.yaml", "--format", "json")["id"]
    (seen,) = a.run("release", "preview", record, "--format", "json")["recipients"]
    assert seen["outcome"] == "pass-redacted"
    assert len(seen["rows"]) == len(ROWS)
    made = a.run("release", "make", record, "--format", "json")
    assert made["withheld"] == ["analyst_note"]
    assert b.run("sync", "--format", "json")[0]["stored"] == 1
    (told,) = [each for each in a.run("release", "list", "--format", "json") if each["id"] == made["id"]]
    assert told["state"] == "acknowledged"
    a.run("release", "withdraw", made["id"], "--reason", "too early")
    assert b.run("sync", "--format", "json")[0]["withdrawn"] == 1
    (told,) = [each for each in a.run("release", "list", "--format", "json") if each["id"] == made["id"]]
    assert told["state"] == "withdrawal-confirmed"


def prove(hands: Any, tmp_path: Path) -> None:
    a, b = hands.a, hands.b
    for hand in (b, a, b):
        hand.run("sync")
    hands.both("log", "check")
    assert all(each["holds"] for each in a.run("node", "check", "--format", "json"))
    exported = hands.both("evidence", "export", "evidence", "--format", "json")
    files, others = (each["files"] for each in exported)
    hands.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{a.port}/", trust_env=False)
    nowhere = type(a)(tmp_path, "Anybody", 0)
    paths = [str(a.folder / "evidence" / name) for name in files]
    trusted = [word for fingerprint in hands.fingerprints for word in ("--trust", fingerprint)]
    checks = nowhere.run("verify", *paths, *trusted, "--format", "json")
    assert {each["outcome"] for each in checks} <= {"holds", "open"}
    assert len([each for each in checks if each["outcome"] == "holds"]) > 50
    theirs = [str(b.folder / "evidence" / name) for name in others]
    for log in (a.folder / "evidence" / "log-kept-1.json", b.folder / "evidence" / "log-kept-1.json"):
        assert log.is_file()
    together = nowhere.run("verify", *paths, *theirs, *trusted, "--format", "json")
    assert {each["outcome"] for each in together} <= {"holds", "open"}
    one_byte(nowhere, paths, trusted)
    stranger = nowhere.run("verify", *paths, "--trust", "0000 0000", "--format", "json", status=1)
    assert any(each["outcome"] == "fails" for each in stranger)


def one_byte(nowhere: Any, paths: list[str], trusted: list[str]) -> None:
    """One byte edited in an object, a receipt, a log: the check that fails names the file."""
    for part, member in (("object", "object"), ("receipt", "receipt"), ("log", "leaves")):
        path = next(
            each for each in paths if json.loads(Path(each).read_text())["type"] == f"fourfold-{part}"
        )
        data = Path(path).read_bytes()
        place = data.index(f'"{member}"'.encode()) + 40
        Path(path).write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        checks = nowhere.run("verify", *paths, *trusted, "--format", "json", status=1)
        assert {each["file"] for each in checks if each["outcome"] == "fails"} == {path}
        Path(path).write_bytes(data)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("peer", "list"), 2, "--home"),
        (("sync", "--home", "nowhere"), 2, "fourfold node init"),
        (("node", "init", "--name", "X", "--url", "ftp://x", "--home", "x"), 2, "is no address"),
        (("verify", "nowhere.json"), 2, "nowhere.json"),
        (("demo", "--ports", "80,80"), 2, "two ports"),
    ],
)
def test_a_command_that_cannot_work_says_what_to_do(
    tmp_path: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    done = warm.run(*words, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
