"""PostgreSQL's own programs: pg_dump writes a copy of a database, pg_restore brings one back.

They read the same address as the node, which holds no password; that stands in a password file or a service.
They never ask for one. A program reads servers of its own version and older ones, not newer ones.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from fourfold.errors import RefusedError

DUMP, RESTORE = "pg_dump", "pg_restore"
_DEBIAN = Path("/usr/lib/postgresql")
_LOCK_WAIT = "30s"
_MOST_SAID = 500


def dump(address: str, tables: Sequence[str], file: Path) -> None:
    """Write these tables as they are at one moment, in pg_dump's custom format; the database may be in use.

    A table is named with its schema, as PostgreSQL's patterns are written.

    Raises:
        RefusedError: pg_dump is not here, is older than the server, or failed.
    """
    wanted = [f"--table={table}" for table in tables]
    _run(DUMP, address, "--format=custom", f"--file={file}", f"--lock-wait-timeout={_LOCK_WAIT}", *wanted)


def restore(file: Path, address: str) -> None:
    """Bring a copy back into a database, whole or not at all.

    Raises:
        RefusedError: pg_restore is not here, cannot read the copy, or failed; the database is as it was.
    """
    _run(RESTORE, address, "--single-transaction", "--exit-on-error", str(file))


def program(name: str) -> Path:
    """Where one of PostgreSQL's programs is: on the path, else where Debian keeps them, the newest first.

    Raises:
        RefusedError: nowhere.
    """
    if found := shutil.which(name):
        return Path(found)
    kept = [each for each in _DEBIAN.glob(f"*/bin/{name}") if each.parts[-3].isdecimal()]
    if kept:
        return max(kept, key=lambda each: int(each.parts[-3]))
    raise RefusedError(
        f"{name} is not on this machine. Install PostgreSQL's client programs of the server's version "
        f"(Debian: apt-get install postgresql-client), or put the folder of {name} into PATH."
    )


def _run(name: str, address: str, *arguments: str) -> None:
    command = [program(name), f"--dbname={address}", "--no-password", "--no-owner", "--no-privileges"]
    done = subprocess.run(  # noqa: S603  PostgreSQL's own program; the address was checked, and no shell reads it
        [*command, *arguments],
        env={**os.environ, "LC_ALL": "C"},  # what it says is looked through for what to do
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise RefusedError(_told(name, done.stderr))


def _told(name: str, said: str) -> str:
    """What a person reads when a program failed: what it said, and what to do where that is known."""
    line = " ".join(said.split())[:_MOST_SAID].rstrip(".")
    for pattern, remedy in _REMEDIES:
        if re.search(pattern, said):
            return f"{name} failed: {line}. {remedy}"
    return f"{name} failed: {line}. Nothing was kept of it."


_NEWER = (
    "A program reads servers and copies of its own version and older ones: install the client programs of "
    "the newer version (Debian: apt-get install postgresql-client-VERSION), and put them first in PATH."
)
_REMEDIES = (
    ("server version mismatch|unsupported version", _NEWER),
    (
        "unrecognized configuration parameter",
        "The copy was written by a newer PostgreSQL than this server: restore it into one of that version.",
    ),
    (
        "no password supplied|password authentication failed",
        "Put the password into a password file that the address names (?passfile=FILE), or use a service.",
    ),
    ("lock timeout|lock_timeout", "Another command changes the database; do it again once that has ended."),
    ("No space left", "The disk is full: make room, then do it again."),
)
