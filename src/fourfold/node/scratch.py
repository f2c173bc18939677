"""Folders for what is not finished yet: gone afterwards, and after a process that was killed, the next time.

What lies in one may be the whole store in clear, so that none may be left lying about. A process keeps its
own locked; the system lets go of the lock if the process dies, and whoever comes next clears it away.
"""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TOKEN = "[0-9a-f]{8}"  # noqa: S105  a part of a name, no secret


@contextmanager
def scratch(parent: Path, prefix: str, suffix: str = "") -> Iterator[Path]:
    """An empty folder that only its owner may read, with a name of its own between prefix and suffix.

    It may be moved away meanwhile. What a process that was killed left under such a name is removed first.
    """
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _clear(parent, re.compile(re.escape(prefix) + _TOKEN + re.escape(suffix)))
    folder = parent / f"{prefix}{secrets.token_hex(4)}{suffix}"
    folder.mkdir(mode=0o700)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


def _clear(parent: Path, name: re.Pattern[str]) -> None:
    for left in sorted(parent.iterdir()):
        if name.fullmatch(left.name) and left.is_dir() and not left.is_symlink() and _is_nobodys(left):
            shutil.rmtree(left, ignore_errors=True)


def _is_nobodys(folder: Path) -> bool:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
