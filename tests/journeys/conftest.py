"""A stage that is always cleared, whatever happened on it; and people at the keyboards of two real nodes."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import warm
from playwright.sync_api import Browser, expect, sync_playwright

from fourfold.demo.stage import Stage, free_ports, set_up
from fourfold.planning import example_plan

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
expect.set_options(timeout=60_000)  # as the pages wait: a busy machine is no fault
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, for one file of tests; its loop would be in the way of others."""
    if CHROMIUM is None:
        pytest.skip("Chromium is absent (apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Hand:
    """A person at one node's keyboard."""

    folder: Path
    name: str
    port: int
    server: subprocess.Popen[bytes] | None = None
    store: list[str] = field(default_factory=list)
    """What is typed where the store is to be a database."""

    def run(self, *words: str, status: int = 0) -> Any:
        """Type a command; what it answers, as data where it is JSON."""
        done = warm.run(*words, cwd=self.folder, env=self.environment)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return json.loads(done.stdout) if "json" in words else done.stdout + done.stderr

    @property
    def environment(self) -> dict[str, str]:
        return warm.typed_at(self.folder / "node", self.folder / "passphrase") | {"PATH": "/usr/bin:/bin"}

    def init(self) -> str:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "passphrase").write_text("a long passphrase")
        (self.folder / "plan.yaml").write_text(example_plan())
        (self.folder / "incident.yaml").write_text(INCIDENT)
        url = f"http://127.0.0.1:{self.port}/"
        words = ("--name", self.name, "--url", url, "--sync-seconds", "0", "--format", "json")
        return self.run("node", "init", *words, *self.store)["institution_fingerprint"]

    def serve(self) -> None:
        words = [sys.executable, "-m", "fourfold.cli", "node", "serve"]
        self.server = subprocess.Popen(words, env=self.environment, stdout=subprocess.PIPE)
        assert b"serves at" in self.server.stdout.readline()

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(60)
            self.server.stdout.close()
            self.server = None


@dataclass
class Hands:
    """Two people, each at the keyboard of a node."""

    a: Hand
    b: Hand
    fingerprints: list[str] = field(default_factory=list)

    def both(self, *words: str) -> list[Any]:
        """Both type the same command at the same time."""
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda hand: hand.run(*words), (self.a, self.b)))

    def begin(self) -> None:
        """Both make their nodes, and serve."""
        with ThreadPoolExecutor(2) as pool:
            self.fingerprints = list(pool.map(Hand.init, (self.a, self.b)))
            list(pool.map(Hand.serve, (self.a, self.b)))

    def join(self) -> None:
        """One invites, the other joins; the founding agreement is in force on both sides."""
        fingerprint, other = self.fingerprints
        self.a.run("peer", "invite", "--out", "invitation.json")
        invitation = str(self.a.folder / "invitation.json")
        self.b.run("peer", "join", invitation, "--fingerprint", other, status=1)
        self.b.run("peer", "join", invitation, "--fingerprint", fingerprint, "--out", "reply.json")
        self.a.run("peer", "accept", str(self.b.folder / "reply.json"), "--fingerprint", other)
        self.both("sync")

    def stop(self) -> None:
        self.a.stop()
        self.b.stop()


@pytest.fixture
def hands(tmp_path: Path, ready_store: Callable[[Path], str]) -> Iterator[Hands]:
    yield from at_keyboards(tmp_path, ready_store)


@pytest.fixture(scope="module")
def hands_of_file(
    tmp_path_factory: pytest.TempPathFactory, ready_store: Callable[[Path], str]
) -> Iterator[Hands]:
    """The same two people in all tests of a file, one after the other."""
    yield from at_keyboards(tmp_path_factory.mktemp("hands"), ready_store)


def at_keyboards(folder: Path, ready_store: Callable[[Path], str]) -> Iterator[Hands]:
    one, two = free_ports()
    pair = Hands(Hand(folder / "a", "Institute A", one), Hand(folder / "b", "Office B", two))
    for hand in (pair.a, pair.b):
        hand.store = in_database(ready_store(hand.folder / "node"))
    yield pair
    pair.stop()


def in_database(address: str) -> list[str]:
    """What is typed for a store in this database; nothing where there is none."""
    return ["--database", address] if address else []


@pytest.fixture
def stage(tmp_path: Path, ready_store: Callable[[Path], str]) -> Iterator[Stage]:
    made = set_up(tmp_path, free_ports())
    for side in made.sides:
        side.database = ready_store(side.home)
        side.workers = 2 if side.database else 1
    yield made
    for side in made.sides:
        side.kill()
    made.stop()
