"""The command `fourfold` for a shell, done by the Python that waits (`warm`); it needs little itself."""

import array
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SERVING = (["node", "serve"], ["demo"], ["tour"])
"""How commands begin that are started as ever: they are stopped by a signal."""


def ask(
    address: str, words: Sequence[str], env: Mapping[str, str], cwd: str, streams: tuple[int, int, int]
) -> tuple[int, float]:
    """Let the waiting process run a command with these streams; its exit status, and its processor time."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(address)
        asking.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", streams))])
        asking.sendall(json.dumps([list(words), dict(env), cwd]).encode())
        asking.shutdown(socket.SHUT_WR)
        status, spent = asking.makefile().read().split()
        return int(status), float(spent)


def command(address: str, real: str) -> None:
    """What was typed, to its end; `real` is the command itself."""
    words = sys.argv[1:]
    if any(words[: len(each)] == each for each in SERVING):
        os.execv(real, [real, *words])  # noqa: S606  the command itself
    sys.exit(ask(address, ["-m fourfold.cli", *words], os.environ, str(Path.cwd()), (0, 1, 2))[0])


def write(file: Path, address: str, real: Path) -> None:
    """Write it as a program."""
    places = f"{str(Path(__file__).parent)!r}); from warm_command import command"
    body = f"import sys; sys.path.insert(0, {places}; command({address!r}, {str(real)!r})"
    file.write_text(f"#!{sys.executable} -IS\n{body}\n")
    file.chmod(0o755)
