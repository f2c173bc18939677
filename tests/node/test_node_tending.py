"""The thread that collects outlives whatever goes wrong: a node that is served never stops in silence."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import warm

PATIENCE = 60.0
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A node that collects every second, served; something is in its way."""
    (tmp_path / "passphrase").write_text("a long passphrase")
    url = f"http://127.0.0.1:{free_port()}/"
    run(tmp_path, "node", "init", "--name", "Institute A", "--url", url, "--sync-seconds", "1")
    (tmp_path / "node" / "sync.lock").mkdir()
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "fourfold.cli", "node", "serve"],
            env=environment(tmp_path),
            stdout=log,
            stderr=log,
        ) as server,
    ):
        yield tmp_path
        server.terminate()


def environment(folder: Path) -> dict[str, str]:
    return warm.typed_at(folder / "node", folder / "passphrase")


def run(folder: Path, *words: str) -> None:
    done = warm.run(*words, cwd=folder, env=environment(folder))
    assert done.returncode == 0, done.stderr


def soon(happens: Any) -> bool:
    end = time.monotonic() + PATIENCE
    while not happens() and time.monotonic() < end:
        time.sleep(0.1)
    return bool(happens())


def test_it_goes_on_collecting_once_what_stood_in_its_way_is_gone(home: Path) -> None:
    log, beat = home / "log", home / "node" / "run" / "collected"
    assert soon(lambda: "exception=IsADirectoryError" in log.read_text()), log.read_text()
    assert not beat.exists()
    (home / "node" / "sync.lock").rmdir()
    assert soon(beat.exists), log.read_text()
