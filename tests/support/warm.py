"""Commands in processes of their own that need not start Python first.

A Python that has read all code already waits. For each command it makes a copy of itself (fork), which
becomes that command: with its own arguments, environment, folder and streams. What serves, is to be killed or
runs under another program is started as ever.

As a program it is the one that waits: `warm.py SOCKET MODULE ...`, until its input ends.
"""

import array
import atexit
import importlib
import io
import json
import os
import runpy
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from select import select
from typing import Any

from warm_command import ask

OWN = (
    *("fourfold.activities", "fourfold.agreements", "fourfold.cli.main", "fourfold.exchange.nodes"),
    *("fourfold.exchange.taxii", "fourfold.log", "fourfold.node.home", "fourfold.planning"),
    *("fourfold.protocols", "fourfold.release"),
)
"""Of our own code, what needs no settings of a node."""

LIBRARIES = (
    *("cryptography.x509", "qrcode", "requests"),
    *("django.contrib.auth.hashers", "django.core.management", "django.db.backends.sqlite3.base"),
    *("django.db.backends.sqlite3.schema", "django.db.migrations.executor", "django.db.models"),
    *("django.forms", "django.template.defaulttags", "django.urls", "django.views", "httpx"),
    *("prometheus_client", "psycopg"),
)
COMMANDS = (*OWN, *LIBRARIES)
"""What has been read where one of our own commands begins."""

TESTS = (*LIBRARIES, "pydantic", "pytest")
"""What has been read where a run of tests begins, on whatever code of ours."""

SPENT = [0.0]
"""The processor time of what was run so far, in seconds."""


def run(
    *words: str,
    cwd: Path,
    env: Mapping[str, str],
    given: str = "",
    program: str = "-m fourfold.cli",
    modules: tuple[str, ...] = COMMANDS,
) -> subprocess.CompletedProcess[str]:
    """One command to its end: its exit status, and what it printed.

    `program`: a module ("-m fourfold.cli"), or the path of a file; `modules`: what has been read before.
    """
    with (
        tempfile.TemporaryFile("w+") as said_in,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        said_in.write(given)
        said_in.seek(0)
        streams = (said_in.fileno(), out.fileno(), err.fileno())
        status, spent = ask(address(modules), [program, *words], dict(env), str(cwd), streams)
        SPENT[0] += spent
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(words, status, out.read(), err.read())


def typed_at(home: Path, passphrase: Path) -> dict[str, str]:
    """The environment of whoever types at a node; one file holds the passphrase of both its keys."""
    secrets = ("FOURFOLD_PASSPHRASE_FILE", "FOURFOLD_INSTITUTION_PASSPHRASE_FILE")
    return {"PATH": os.environ["PATH"], "FOURFOLD_HOME": str(home), **dict.fromkeys(secrets, str(passphrase))}


@cache
def address(modules: tuple[str, ...] = COMMANDS) -> str:
    """Where the waiting process of this run listens that has read these modules; it ends with the run."""
    folder = Path(tempfile.mkdtemp(prefix="fourfold-warm-"))
    place = str(folder / "socket")
    waiting = subprocess.Popen(
        [sys.executable, __file__, place, *modules],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "80"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert waiting.stdout.readline() == b"ready\n"

    def end() -> None:
        waiting.stdin.close()
        waiting.wait()
        shutil.rmtree(folder)

    atexit.register(end)
    return place


def _wait(address: str, modules: Sequence[str]) -> None:
    for each in modules:
        importlib.import_module(each)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select([listening, 0], [], [], 1)
            _reap()
            if 0 in ready:
                return
            if listening in ready:
                _begin(listening)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _begin(listening: socket.socket) -> None:
    """One command: a copy that waits for another copy, and answers with its status."""
    asking, _ = listening.accept()
    if os.fork():
        asking.close()
        return
    listening.close()
    _, rights, _, _ = asking.recvmsg(1, socket.CMSG_SPACE(3 * 4))
    streams = array.array("i", rights[0][2])
    request = json.loads(asking.makefile().read())
    child = os.fork()
    if not child:
        asking.close()
        _become(streams, *request)
    _, status, used = os.wait4(child, 0)
    answer = f"{os.waitstatus_to_exitcode(status)} {used.ru_utime + used.ru_stime}"
    asking.sendall(answer.encode())
    os._exit(0)


def _become(streams: Sequence[int], words: list[str], env: dict[str, str], cwd: str) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), "utf-8")
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8")
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", "backslashreplace")
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(cwd)
    sys.path[:0] = [each for each in env.get("PYTHONPATH", "").split(os.pathsep) if each]
    status = _status(words)
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def _status(words: list[str]) -> int:
    """Run a program as Python does; its exit status."""
    program, sys.argv[1:] = words[0], words[1:]
    try:
        if program.startswith("-m "):
            runpy.run_module(program.removeprefix("-m "), run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, str(Path(program).parent))
            sys.argv[0] = program
            runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        return _code(end.code)
    except BaseException:  # noqa: BLE001  as Python itself does at the end of a program
        traceback.print_exc()
        return 1
    finally:
        atexit._run_exitfuncs()
    return 0


def _code(code: Any) -> int:
    if code is None or isinstance(code, int):
        return code or 0
    sys.stderr.write(f"{code}\n")
    return 1


if __name__ == "__main__":
    _wait(sys.argv[1], sys.argv[2:])
