"""Real nodes for tests that need several processes: made in a folder, introduced, started, killed.

one, other = pair(folder)            keys and agreements, by the library
one.create(); one.meet(other, ...)   rows, by the node's own code in a process of its own (node_hand.py)
one.serve()                          `fourfold node serve`
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import ready_stores
import warm

from fourfold.agreements import (
    AgreementText,
    Direction,
    Party,
    PartyFacts,
    SignedAgreement,
    SliceTerms,
    countersign,
    sign,
)
from fourfold.canon import digest, new_id
from fourfold.framework import Level
from fourfold.node.home import Config, Home, write_config
from fourfold.node.keys import write_key
from fourfold.records.identity import SignedDelegation, delegate, institution_id
from fourfold.records.markings import Tlp
from fourfold.records.signing import Signer

HAND = Path(__file__).with_name("node_hand.py")
PASSPHRASE = b"correct horse battery"
PATIENCE = 60.0
FIELDS = {"incident": ("title", "description")}


@dataclass
class RealNode:
    """One node: its folder, its keys, and the process that serves it."""

    name: str
    home: Path
    database: str = ""
    workers: int = 1
    port: int = field(default_factory=lambda: free_port())  # noqa: PLW0108  it is defined below
    institution: Signer = field(default_factory=Signer.generate)
    node: Signer = field(default_factory=Signer.generate)
    launcher: tuple[str, ...] = ()
    _server: subprocess.Popen[bytes] | None = None

    @property
    def id(self) -> str:
        return institution_id(self.institution.key)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def delegation(self) -> SignedDelegation:
        now = datetime.now(UTC)  # noqa: TID251  outside of any node: no clock of one
        return delegate(self.institution, self.node.key, now - timedelta(days=30), now + timedelta(days=365))

    def party(self) -> Party:
        facts = PartyFacts(regulator=False, defence_tie=False)
        return Party(id=self.id, name=self.name, institution_key=self.institution.key, facts=facts)

    def create(self) -> None:
        """The folder, the keys and the store."""
        home = Home(self.home)
        if not self.database:
            ready_stores.place(self.home)
        write_key(home.node_key, self.node, PASSPHRASE)
        (self.home / "passphrase").write_bytes(PASSPHRASE)
        config = Config(
            id=self.id,
            name=self.name,
            url=self.url,
            port=self.port,
            sync_seconds=0,
            database=self.database,
            workers=self.workers,
        )
        write_config(home, config)
        self.do("create", key=self.institution.key, delegation=self.delegation.model_dump_json())

    def meet(self, other: "RealNode", agreement: SignedAgreement) -> None:
        """Know a counterpart and an agreement with it."""
        self.do(
            "meet",
            id=other.id,
            name=other.name,
            key=other.institution.key,
            node_key=other.node.key,
            delegation=other.delegation.model_dump_json(),
            url=other.url,
            agreement=agreement.model_dump_json(),
        )

    @property
    def environment(self) -> dict[str, str]:
        keep = {name: value for name, value in os.environ.items() if not name.startswith("FOURFOLD_")}
        return {**keep, "FOURFOLD_PASSPHRASE_FILE": str(self.home / "passphrase")}

    def start(self, act: str, **arguments: Any) -> subprocess.Popen[str]:
        """Begin something, in a process group of its own."""
        return subprocess.Popen(
            [*self.launcher, sys.executable, str(HAND), str(self.home), act, json.dumps(arguments)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def do(self, act: str, **arguments: Any) -> Any:
        """Do something, to its end; what it answers."""
        out, err, status = self._done(act, arguments)
        if status:
            raise RuntimeError(f"{act} at {self.name} ended with {status}: {err[-2000:]}")
        return json.loads(out.splitlines()[-1])

    def _done(self, act: str, arguments: dict[str, Any]) -> tuple[str, str, int]:
        if self.launcher:
            with self.start(act, **arguments) as process:
                return *process.communicate(), process.returncode
        words = (str(self.home), act, json.dumps(arguments))
        done = warm.run(*words, cwd=self.home, env=self.environment, program=str(HAND))
        return done.stdout, done.stderr, done.returncode

    def serve(self) -> None:
        """Start the server, and wait until it answers."""
        with (self.home / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    *self.launcher,
                    sys.executable,
                    "-m",
                    "fourfold.cli",
                    "node",
                    "serve",
                    "--home",
                    str(self.home),
                ],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.await_answer()

    def await_answer(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._server is None or self._server.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}taxii2/", trust_env=False, timeout=5)
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"{self.name} does not answer: {(self.home / 'server.log').read_text()[-2000:]}")

    def kill(self) -> None:
        """End the server and its workers at once, as a power cut would."""
        if self._server is not None:
            kill_group(self._server)
            self._server = None

    def stop(self) -> None:
        """End the server in order; at once, if it takes too long."""
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
            self._server = None


def kill_group(process: subprocess.Popen[Any]) -> None:
    """End a process that leads a group, and all in the group, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pair(folder: Path) -> tuple[RealNode, RealNode]:
    """Two nodes that are to meet; nothing is made yet."""
    return RealNode("Giver", folder / "giver"), RealNode("Taker", folder / "taker")


def introduce(one: RealNode, other: RealNode) -> None:
    """Make both nodes, with an agreement on incident reporting in force between them."""
    agreement = agreement_between(one, other)
    for node, counterpart in ((one, other), (other, one)):
        node.create()
        node.meet(counterpart, agreement)


def agreement_between(one: RealNode, other: RealNode, *more: SliceTerms) -> SignedAgreement:
    """An agreement in force on incident reporting, with whatever slices are added."""
    now = datetime.now(UTC)  # noqa: TID251  outside of any node: no clock of one
    text = AgreementText(
        id=new_id("agreement"),
        number=1,
        predecessor=None,
        title="Incident reporting",
        parties=(one.party(), other.party()),
        slices=(
            SliceTerms(
                id="public-incidents",
                activity="incident_reporting",
                name="Public incidents",
                level=Level.COMMUNICATION,
                kinds=frozenset({"incident"}),
                ceiling=Tlp.AMBER,
                directions=tuple(Direction(sender=each.id, fields=FIELDS) for each in (one, other)),
            ),
            *more,
        ),
        framework=digest("framework"),
        valid_from=now - timedelta(days=1),
        review_by=now + timedelta(days=300),
    )
    return countersign(sign(text, one.institution), other.institution)
