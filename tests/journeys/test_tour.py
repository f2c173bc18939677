"""The tour, and what it claims: every step proved, nothing withheld on the wire or on the other's disk."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import warm
from click.testing import Result
from typer.testing import CliRunner

from fourfold.cli.main import app
from fourfold.demo import tour
from fourfold.demo.incidents import demo_incidents
from fourfold.demo.path import APART, PATH, RELEASED, RESTRICTED, Step, files_with, hold
from fourfold.demo.stage import Side, Stage, free_ports, set_up
from fourfold.demo.tour import walk
from fourfold.errors import RefusedError
from fourfold.exchange.requests import SignedRequests
from fourfold.exchange.taxii import MEDIA_TYPE, collection_id
from fourfold.node.keys import NODE_PASSPHRASE
from fourfold.records.signing import Signer


class Heard:
    """A narrator that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.fault: tuple[str, str] | None = None

    def step(self, number: int, title: str) -> None:
        self.said.append(f"{number} {title}")

    def proof(self, line: str) -> None:
        self.said.append(line)

    def failed(self, step: Step, error: Exception) -> None:
        self.fault = (step.name, str(error))


def test_a_step_that_does_not_hold_ends_the_tour_and_is_named(stage: Stage) -> None:
    def good(_: Stage) -> Iterator[str]:
        yield "fine"

    def bad(_: Stage) -> Iterator[str]:
        yield "as far as here"
        hold(1 + 1 == 3, "One and one are not three.")
        yield "never"

    heard = Heard()
    steps = (Step("one", "One", good), Step("two", "Two", bad), Step("three", "Three", good))
    assert not walk(stage, heard, steps)
    assert heard.said == ["1 One", "fine", "2 Two", "as far as here"]
    assert heard.fault == ("two", "One and one are not three.")


class Listener:
    """Stands between a node and whoever calls it, and keeps every byte that passes, both ways."""

    def __init__(self, target: int) -> None:
        self.heard: list[bytes] = []
        self._target = target
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                self._connect(self._socket.accept()[0])

    def _connect(self, caller: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            caller.close()
            return
        ways = ((caller, server), (server, caller))
        threads = [threading.Thread(target=self._pass_on, args=way, daemon=True) for way in ways]
        for thread in threads:
            thread.start()
        threading.Thread(target=self._hang_up, args=(threads, caller, server), daemon=True).start()

    def _hang_up(self, threads: list[threading.Thread], *ends: socket.socket) -> None:
        for thread in threads:
            thread.join()
        for end in ends:
            end.close()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                self.heard.append(data)
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


class Overheard(Side):
    """A side that others reach through a listener."""

    public: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.public or self.port}/"


def overheard(side: Side, port: int) -> Overheard:
    values: dict[str, Any] = {name: value for name, value in vars(side).items() if not name.startswith("_")}
    made = Overheard(**values)
    made.public = port
    return made


def secrets_of_home() -> list[bytes]:
    """Texts that must not leave the first side: all notes, and all of what is kept apart or restricted."""
    texts = []
    for each in demo_incidents():
        if each.holder == "home":
            fields = each.incident
            texts += [fields.analyst_note, fields.contact]
            if each.key in {APART, RESTRICTED}:
                texts += [fields.title, fields.description]
    return [text[:40].encode() for text in texts if text and len(text) > 20]


@dataclass
class Walked:
    """What `fourfold tour` said, the two nodes as it left them, and a listener on every line between them."""

    told: Result
    stage: Stage
    listeners: list[Listener]

    @property
    def wire(self) -> bytes:
        return b"".join(piece for listener in self.listeners for piece in listener.heard)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, ready_store: Callable[[Path], str]) -> Iterator[Walked]:
    """The path, walked once by the command; both nodes serve again afterwards."""
    made = set_up(tmp_path_factory.mktemp("walked"), free_ports())
    for side in made.sides:
        side.database = ready_store(side.home)
    listeners = [Listener(side.port) for side in made.sides]
    made.home = overheard(made.home, listeners[0].port)
    made.abroad = overheard(made.abroad, listeners[1].port)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tour, "set_up", lambda *_folder_and_ports: made)
            told = CliRunner().invoke(app, ["tour", "--folder", str(made.folder)])
        for side in made.sides:
            side.start()
        yield Walked(told, made, listeners)
    finally:
        made.stop()
        for listener in listeners:
            listener.close()


def test_the_tour_proves_every_step_and_exits_with_0(walked: Walked) -> None:
    assert walked.told.exit_code == 0, walked.told.output
    for step in PATH:
        assert step.title in walked.told.output
    assert "Everything holds." in walked.told.output
    assert "\x1b[" not in walked.told.output


def take(stage: Stage) -> None:
    for step in PATH:
        for _ in step.run(stage):
            pass


def test_nothing_withheld_is_on_the_wire_or_on_the_counterparts_disk(walked: Walked) -> None:
    stage, wire = walked.stage, walked.wire
    sent = next(each.incident for each in demo_incidents() if each.key == RELEASED)
    assert sent.title.encode() in wire
    assert sent.description[:40].encode() in wire
    assert files_with(stage.abroad, sent.title.encode())
    secrets = secrets_of_home()
    assert len(secrets) > 5
    for secret in secrets:
        assert files_with(stage.home, secret), secret
        assert secret not in wire
        assert files_with(stage.abroad, secret) == []


CANARY = "canary7f3d9b1e5a2c"
"""Stands in whatever of the last record must not leave: its withheld field, why it is taken back."""


def forms(text: str) -> list[bytes]:
    """A text as it might stand in bytes that were not written to show it: plain, UTF-16, hex, base64."""
    plain = text.encode()
    encoded = [base64.b64encode(bytes(shift) + plain)[4 * bool(shift) : -4] for shift in range(3)]
    return [plain, text.encode("utf-16-le"), plain.hex().encode(), plain.hex().upper().encode(), *encoded]


def typed(side: Side, *words: str) -> Any:
    """What a command says, typed at a side's node."""
    given = (*words, "--home", str(side.home), "--format", "json")
    done = warm.run(*given, cwd=side.home, env=side.environment())
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def with_canary(side: Side, folder: Path) -> str:
    """A record of which one field must not leave, although all the others may."""
    record = {
        "kind": "incident",
        "activity": "incident_reporting",
        "slice": "public-incidents",
        "marking": {"tlp": "GREEN"},
        "fields": {"title": "A lift did not stop", "analyst_note": f"{CANARY}, in Köln"},
    }
    file = folder / f"{CANARY}.json"
    file.write_text(json.dumps(record))
    return typed(side, "record", "add", str(file))["id"]


def ask_for_everything(stage: Stage, record: str, release: str) -> list[int]:
    """Ask the first node, as the counterpart and as nobody, for what is there and what is not."""
    target = stage.home.url.rstrip("/")
    pem = (stage.abroad.home / "keys" / "node.pem").read_bytes()
    secret = Path(stage.abroad.environment()[NODE_PASSPHRASE]).read_bytes().strip()
    me, it = stage.abroad.do("who")["id"], stage.home.do("who")["id"]
    auth = SignedRequests(Signer.from_pem(pem, secret), it, lambda: datetime.now(UTC))  # noqa: TID251  a clock of its own
    mine, accept = collection_id(it, me), {"Accept": MEDIA_TYPE}
    objects = f"{target}/taxii2/fourfold/collections/{mine}/objects/"
    named = [record, release, release.replace("release", "incident"), "incident--x", "%00"]
    paths = [
        f"{target}/taxii2/",
        f"{target}/taxii2/nothing",
        f"{target}/taxii2/fourfold/collections/",
        f"{target}/taxii2/fourfold/collections/{collection_id(it, it)}/objects/",
        f"{objects.removesuffix('objects/')}manifest/",
        *(objects + query for query in ("", "?limit=x", "?added_after=never", "?match%5Bversion%5D=all")),
        *(f"{objects}{name}/" for name in named),
        *(f"{objects}{name}/versions/" for name in named),
        *(f"{target}/{page}" for page in ("records/", f"records/{record}/", "releases/", "events/", "no")),
        *(f"{target}/{page}" for page in (f"releases/{release}/", "evidence/", "inbox/", f"?words={record}")),
        f"{target}/exchange/v1/log",
        f"{target}/exchange/v1/log?from=-1",
        f"{target}/exchange/v1/{record}",
    ]
    bad = (b"", b"{}", b"\xff", json.dumps({"receipts": [record, release]}).encode())
    seen = []
    for who in (auth, None):
        with httpx.Client(auth=who, headers=accept, trust_env=False, timeout=60) as client:
            seen += [client.get(path).status_code for path in paths]
            for place in ("receipts", "cosignature"):
                answers = [client.post(f"{target}/exchange/v1/{place}", content=body) for body in bad]
                seen += [answer.status_code for answer in answers]
    return seen


def test_a_canary_in_a_withheld_field_is_nowhere_else_whatever_is_asked(
    walked: Walked, tmp_path: Path
) -> None:
    stage, (first, _) = walked.stage, walked.listeners
    record = with_canary(stage.home, tmp_path)
    made = stage.home.do("release", record=record)
    assert made["withheld"] == ["analyst_note"]
    for side in (stage.abroad, stage.home, stage.abroad):
        side.do("collect")
    assert any(item["object"] == made["id"] and item["held"] for item in stage.abroad.do("received"))
    before = len(first.heard)
    seen = ask_for_everything(stage, record, made["id"])
    assert {200, 302, 400, 401, 404} <= set(seen) <= {200, 302, 400, 401, 404, 422}
    assert len(first.heard) > before
    exported = tmp_path / "evidence"
    files = stage.home.do("export", folder=str(exported))
    assert any(made["id"][9:17] in file for file in files)
    stage.home.do("take_back", record=record, reason=f"it said {CANARY}")
    for side in (stage.abroad, stage.home):
        side.do("collect")
    wire = walked.wire
    assert files_with(stage.home, CANARY.encode())
    assert "server.log" not in files_with(stage.home, CANARY.encode())
    disk = {file.name for file in stage.abroad.home.rglob("*") if file.is_file()}
    assert {"server.log"} <= disk
    assert any(name.endswith("-wal") for name in disk)
    for form in forms(CANARY):
        assert form not in wire
        assert files_with(stage.abroad, form) == []
        assert [file for file in files if form in (exported / file).read_bytes()] == []


def test_walking_the_path_again_changes_nothing(walked: Walked) -> None:
    stage = walked.stage
    before = [(side.do("counts"), side.do("received"), side.do("agreements")) for side in stage.sides]
    take(stage)
    after = [(side.do("counts"), side.do("received"), side.do("agreements")) for side in stage.sides]
    assert after == before


def test_a_server_ends_cleanly_when_told_and_its_worker_with_it(stage: Stage, tmp_path: Path) -> None:
    side = stage.home
    side.create()
    side.start()
    server = side._server
    side.stop()
    assert server.returncode == 0
    assert (tmp_path / "home" / "server.log").read_text() == ""


def test_a_worker_does_not_outlive_a_server_that_was_killed(stage: Stage) -> None:
    side = stage.home
    side.create()
    side.start()
    side._server.kill()
    side._server.wait()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            side.start()
        except RefusedError:  # the port is held until the worker has noticed
            time.sleep(0.1)
        else:
            return
    pytest.fail("the worker kept the port")
