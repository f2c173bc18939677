"""The path by hand: every command of the tutorial, on two nodes that really serve."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from fourfold.demo.stage import free_ports
from fourfold.planning import example_plan

ACTIVITY = "incident_reporting"
INCIDENT = """\
kind: incident
activity: incident_reporting
slice: public-incidents
marking: {tlp: GREEN}
fields:
  title: A car did not stop
  description: It was night.
  analyst_note: This stays at home.
"""


@dataclass
class Hand:
    """A person at one node's keyboard."""

    folder: Path
    name: str
    port: int
    server: subprocess.Popen[bytes] | None = None

    def run(self, *words: str, status: int = 0) -> Any:
        """Type a command; what it answers, as data where it is JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "fourfold.cli", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return json.loads(done.stdout) if "json" in words else done.stdout + done.stderr

    @property
    def environment(self) -> dict[str, str]:
        secret = str(self.folder / "passphrase")
        return {
            "PATH": "/usr/bin:/bin",
            "FOURFOLD_HOME": str(self.folder / "node"),
            "FOURFOLD_PASSPHRASE_FILE": secret,
            "FOURFOLD_INSTITUTION_PASSPHRASE_FILE": secret,
        }

    def init(self) -> str:
        self.folder.mkdir()
        (self.folder / "passphrase").write_text("a long passphrase")
        (self.folder / "plan.yaml").write_text(example_plan())
        (self.folder / "incident.yaml").write_text(INCIDENT)
        url = f"http://127.0.0.1:{self.port}/"
        words = ("--name", self.name, "--url", url, "--sync-seconds", "0", "--format", "json")
        return self.run("node", "init", *words)["institution_fingerprint"]

    def serve(self) -> None:
        words = [sys.executable, "-m", "fourfold.cli", "node", "serve"]
        self.server = subprocess.Popen(words, env=self.environment, stdout=subprocess.PIPE)
        assert b"serves at" in self.server.stdout.readline()

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(20)
            self.server.stdout.close()
            self.server = None


@pytest.fixture
def hands(tmp_path: Path) -> Iterator[tuple[Hand, Hand]]:
    one, two = free_ports()
    both = Hand(tmp_path / "a", "Institute A", one), Hand(tmp_path / "b", "Office B", two)
    yield both
    for hand in both:
        hand.stop()


def both(hands: tuple[Hand, Hand], *words: str) -> list[Any]:
    """Both type the same command at the same time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda hand: hand.run(*words), hands))


def test_two_people_walk_the_whole_path_by_commands(hands: tuple[Hand, Hand], tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        fingerprints = list(pool.map(Hand.init, hands))
        list(pool.map(Hand.serve, hands))
    join(hands, *fingerprints)
    assess(hands)
    agree(*hands)
    tell_and_take_back(*hands)
    prove(hands, fingerprints, tmp_path)


def join(hands: tuple[Hand, Hand], fingerprint: str, other: str) -> None:
    a, b = hands
    a.run("peer", "invite", "--out", "invitation.json")
    invitation = str(a.folder / "invitation.json")
    b.run("peer", "join", invitation, "--fingerprint", other, status=1)
    b.run("peer", "join", invitation, "--fingerprint", fingerprint, "--out", "reply.json")
    a.run("peer", "accept", str(b.folder / "reply.json"), "--fingerprint", other)
    both(hands, "sync")
    founding = both(hands, "agreement", "list", "--format", "json")
    assert [each[0]["state"] for each in founding] == ["in-force", "in-force"]
    assert founding[0][0]["digest"] == founding[1][0]["digest"]


def assess(hands: tuple[Hand, Hand]) -> None:
    a, b = hands
    loads = (("AISI", a), ("AIO", b))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: each[1].run("assessment", "load", "plan.yaml", "--party", each[0]), loads))
    both(hands, "assessment", "seal", ACTIVITY)
    assert "both sides have sealed" in a.run("assessment", "reveal", ACTIVITY, status=1)
    both(hands, "sync")
    both(hands, "assessment", "reveal", ACTIVITY)
    both(hands, "sync")
    here, there = both(hands, "assessment", "show", ACTIVITY, "--format", "json")
    assert here == there
    assert {part["name"]: part["suggestion"] for part in here["slices"]} == {
        "common registry": "collaboration",
        "definitions of an incident": "coordination",
        "highly sensitive incidents": "separation",
        "incidents reported at home": "communication",
    }


def agree(a: Hand, b: Hand) -> None:
    slices = ("--id", "incidents reported at home=public-incidents")
    a.run("agreement", "draft", ACTIVITY, "--title", "Incidents", *slices, "--out", "draft.yaml")
    digest = a.run("agreement", "propose", "draft.yaml", "--format", "json")["digest"]
    b.run("sync")
    assert "Incidents" in b.run("agreement", "show", digest[:20])
    assert b.run("agreement", "sign", digest[:20], "--format", "json")["state"] == "in-force"
    a.run("sync")


def tell_and_take_back(a: Hand, b: Hand) -> None:
    record = a.run("record", "add", "incident.yaml", "--format", "json")["id"]
    (seen,) = a.run("release", "preview", record, "--format", "json")["recipients"]
    assert seen["outcome"] == "pass-redacted"
    assert len(seen["rows"]) == 12
    made = a.run("release", "make", record, "--format", "json")
    assert made["withheld"] == ["analyst_note"]
    assert b.run("sync", "--format", "json")[0]["stored"] == 1
    (told,) = [each for each in a.run("release", "list", "--format", "json") if each["id"] == made["id"]]
    assert told["state"] == "acknowledged"
    a.run("release", "withdraw", made["id"], "--reason", "too early")
    assert b.run("sync", "--format", "json")[0]["withdrawn"] == 1
    (told,) = [each for each in a.run("release", "list", "--format", "json") if each["id"] == made["id"]]
    assert told["state"] == "withdrawal-confirmed"


def prove(hands: tuple[Hand, Hand], fingerprints: list[str], tmp_path: Path) -> None:
    a, b = hands
    for hand in (b, a, b):
        hand.run("sync")
    both(hands, "log", "check")
    assert all(each["holds"] for each in a.run("node", "check", "--format", "json"))
    exported = both(hands, "evidence", "export", "evidence", "--format", "json")
    files, others = (each["files"] for each in exported)
    for hand in hands:
        hand.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{a.port}/", trust_env=False)
    nowhere = Hand(tmp_path, "Anybody", 0)
    paths = [str(a.folder / "evidence" / name) for name in files]
    trusted = [word for fingerprint in fingerprints for word in ("--trust", fingerprint)]
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


def one_byte(nowhere: Hand, paths: list[str], trusted: list[str]) -> None:
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
    done = subprocess.run(
        [sys.executable, "-m", "fourfold.cli", *words],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
