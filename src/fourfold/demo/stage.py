"""The stage: two nodes on this machine, each with a folder, keys, a server and an operator of its own."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from fourfold import errors
from fourfold.node.home import Home, write_private
from fourfold.node.keys import INSTITUTION_PASSPHRASE, NODE_PASSPHRASE

HOST = "127.0.0.1"
PATIENCE = 60.0
"""Seconds in which a server must answer, and in which it must have stopped."""

Launcher = Callable[["Side", str], Sequence[str]]
"""The command that starts a side's `server` or `operator`."""


class NodeGoneError(errors.FourfoldError):
    """A process of a node ended while it was needed."""


def command(side: "Side", role: str) -> list[str]:
    """How the processes are started."""
    extra = [side.holder] if role == "server" else []
    return [sys.executable, "-m", f"fourfold.demo.{role}", str(side.home), *extra]


@dataclass
class Side:
    """One institution: where its node lives and listens, and its two processes."""

    holder: str
    name: str
    party: str
    facts: dict[str, bool]
    home: Path
    port: int
    demo: bool = False
    sync_seconds: int = 0
    launcher: Launcher = command
    database: str = ""
    workers: int = 1
    _server: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _operator: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where the node is reached."""
        return f"http://{HOST}:{self.port}/"

    def create(self) -> dict[str, str]:
        """Make the node, if it is not there yet."""
        self._passphrases()
        return self.do(
            "create",
            name=self.name,
            url=self.url,
            host=HOST,
            port=self.port,
            demo=self.demo,
            sync_seconds=self.sync_seconds,
            database=self.database,
            workers=self.workers,
            **self.facts,
        )

    def start(self) -> None:
        """Start the server, and wait until it answers.

        Raises:
            RefusedError: the port is taken.
            NodeGoneError: the server ended at once.
        """
        if self._server is not None and self._server.poll() is None:
            return
        if _is_taken(self.port):
            raise errors.RefusedError(
                f"Port {self.port} is in use. Stop what uses it, or choose other ports with --ports."
            )
        with (self.home / "server.log").open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603  our own command
                self.launcher(self, "server"),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._await_answer()

    def do(self, act: str, **arguments: Any) -> Any:
        """Let the operator do something.

        Raises:
            FourfoldError: what the action itself refused.
            NodeGoneError: the operator's process ended.
        """
        if self._operator is None or self._operator.poll() is not None:
            self._operator = subprocess.Popen(  # noqa: S603  our own command
                self.launcher(self, "operator"),
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        answer = self._ask(self._operator, json.dumps({"act": act, "arguments": arguments}))
        if "result" not in answer:
            raise _error(answer["error"], answer["refused"])
        return answer["result"]

    def dismiss(self) -> None:
        """End the operator; it comes back when it is needed."""
        if self._operator is not None:
            with suppress(BrokenPipeError):
                self._operator.stdin.close()
            self._operator.wait(PATIENCE)
            self._operator.stdout.close()
            self._operator = None

    def stop(self) -> None:
        """End both processes; the server finishes what it is doing."""
        self.dismiss()
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGTERM)
            try:
                self._server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
        self._server = None

    def kill(self) -> None:
        """End the server's processes at once, as a power cut would."""
        if self._server is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait(PATIENCE)
            self._server = None

    @property
    def alive(self) -> bool:
        """Whether the server runs."""
        return self._server is not None and self._server.poll() is None

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._server.pid if self._server else 0

    def environment(self) -> dict[str, str]:
        """What the processes are told: where their home and their passphrases are."""
        keep = {name: value for name, value in os.environ.items() if not name.startswith("FOURFOLD_")}
        return keep | {
            NODE_PASSPHRASE: str(self._passphrase_file("node")),
            INSTITUTION_PASSPHRASE: str(self._passphrase_file("institution")),
        }

    def _ask(self, operator: subprocess.Popen[str], line: str) -> dict[str, Any]:
        try:
            operator.stdin.write(line + "\n")
            operator.stdin.flush()
            answer = operator.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            operator.wait()
            operator.stdout.close()
            with suppress(BrokenPipeError):
                operator.stdin.close()
            self._operator = None
            raise NodeGoneError(f"The operator of {self.name} ended (status {operator.returncode}).")
        return json.loads(answer)

    def _await_answer(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not self.alive:
                raise NodeGoneError(f"The server of {self.name} ended. See {self.home / 'server.log'}.")
            with suppress(httpx.HTTPError):
                httpx.get(f"{self.url}taxii2/", trust_env=False, timeout=5)
                return
            time.sleep(0.05)
        raise NodeGoneError(f"The server of {self.name} does not answer. See {self.home / 'server.log'}.")

    def _passphrase_file(self, key: str) -> Path:
        return self.home.parent / "passphrases" / f"{self.holder}-{key}"

    def _passphrases(self) -> None:
        for key in ("institution", "node"):
            if not self._passphrase_file(key).exists():
                write_private(self._passphrase_file(key), secrets.token_urlsafe(24).encode())


@dataclass
class Stage:
    """Both sides: `home`, whose incidents are told abroad, and `abroad`, the counterpart."""

    folder: Path
    home: Side
    abroad: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both, the first first."""
        return self.home, self.abroad

    def stop(self) -> None:
        """End all processes."""
        for side in self.sides:
            side.stop()


def set_up(
    folder: Path,
    ports: tuple[int, int],
    *,
    demo: bool = False,
    sync_seconds: int = 0,
    launcher: Launcher = command,
) -> Stage:
    """The stage in a folder; nothing is started yet."""

    def side(holder: str, port: int, name: str, party: str, **facts: bool) -> Side:
        return Side(
            holder=holder,
            name=name,
            party=party,
            facts=facts,
            home=folder / holder,
            port=_known_port(folder / holder, port),
            demo=demo,
            sync_seconds=sync_seconds,
            launcher=launcher,
        )

    return Stage(
        folder,
        side("home", ports[0], "UK AI Security Institute", "AISI", regulator=False, defence_tie=True),
        side("abroad", ports[1], "EU AI Office", "AIO", regulator=True, defence_tie=True),
    )


def free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on at this moment."""
    with socket.socket() as one, socket.socket() as other:
        one.bind((HOST, 0))
        other.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


def _known_port(home: Path, wanted: int) -> int:
    """The port of a node that is there already; its counterpart knows that one."""
    return Home(home).config().port if Home(home).exists() else wanted


def _error(name: str, said: str) -> errors.FourfoldError:
    """What the operator ran into, as the same kind of error."""
    if name == errors.InputError.__name__:
        return errors.InputError([errors.Fault(said)])
    return getattr(errors, name, errors.RefusedError)(said)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
