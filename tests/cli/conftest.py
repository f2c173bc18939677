"""Running the command: in this process, or as users do, in its own."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import warm

from fourfold.cli.main import run

SOURCE = Path(__file__).resolve().parents[2] / "src"


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        return self.err.splitlines()


def call(*arguments: object) -> Result:
    """One command in this process, as a terminal of 80 columns would see it."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as stop:
        run([str(argument) for argument in arguments])
    out.flush()
    err.flush()
    code = stop.value.code
    assert isinstance(code, int)
    return Result(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCE), "COLUMNS": "80", "NO_COLOR": "1"}


def start(*arguments: object) -> subprocess.Popen[str]:
    """One command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "fourfold.cli", *map(str, arguments)],
        env=environment(),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def command(*arguments: object, given: str = "") -> Result:
    """One command in a process of its own, to its end."""
    done = warm.run(*map(str, arguments), cwd=Path.cwd(), env=environment(), given=given)
    return Result(done.returncode, done.stdout, done.stderr)


def python(code: str, *arguments: object) -> str:
    """What a small program prints."""
    words = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(words, env=environment(), text=True, capture_output=True, check=True).stdout


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(name="call")
def call_fixture():
    return call


@pytest.fixture(name="start")
def start_fixture():
    return start


@pytest.fixture(name="command")
def command_fixture():
    return command


@pytest.fixture(name="python")
def python_fixture():
    return python
