"""A PostgreSQL of one's own: started in a new folder, reached by a socket in it, gone afterwards.

It listens on no network. PostgreSQL refuses to run as root, so root gives it to the user `postgres`, or to
`nobody`.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USERS = ("postgres", "nobody")
FAST = "fsync=off\nsynchronous_commit=off\nfull_page_writes=off\n"
"""For tests, which end no power: commits need not reach the disk."""


_EMPTY = """
DO $$
DECLARE name text; filled boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOREACH name IN ARRAY ARRAY[{}]::text[] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
END $$
"""


def empty_what_is_filled() -> None:
    """Let Django empty a store of tests by its rows: to cut all tables short takes a tenth of a second."""
    from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: PLC0415  only where it is used

    def statements(_self: object, _style: object, tables: list[str], **_named: object) -> list[str]:
        return [_EMPTY.format(", ".join(f"'{each}'" for each in tables))]

    DatabaseWrapper.ops_class.sql_flush = statements


def missing() -> str:
    """Why there can be none here; empty if there can."""
    return "" if _programs() else "PostgreSQL is not installed (Debian: apt-get install postgresql)"


class Server:
    """A running server; databases are made in it by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def address(self, name: str) -> str:
        """The address of a database in it."""
        return f"postgresql://fourfold@/{name}?host={self.folder}"

    def make(self, name: str, template: str = "template1") -> str:
        """A new database, empty or with all that another has; its address."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.address(name)


@contextmanager
def postgresql(settings: str = FAST) -> Iterator[Server]:
    """Start a server with these lines of postgresql.conf, and stop it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="fourfold-pg-"))
    user = _user()
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        _run(user, "initdb", "-D", str(folder / "data"), "-U", "fourfold", "-A", "trust", "-E", "UTF8", "-N")
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(f"listen_addresses=''\nunix_socket_directories='{folder}'\n{settings}")
        _run(user, "pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "log"), "-w", "start")
        try:
            yield Server(folder)
        finally:
            _run(user, "pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def _run(user: pwd.struct_passwd | None, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as its user; what it said is shown if it fails."""
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    done = subprocess.run(
        [_programs() / program, *arguments],
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        **who,
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr}")


def _user() -> pwd.struct_passwd | None:
    """Whom root gives the server to; None: it runs as whoever started it."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next(known[name] for name in USERS if name in known)


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest first: Debian keeps them out of the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: -int(each.parent.name))
    found = [Path(program).parent for program in (shutil.which("initdb"),) if program]
    return next((each for each in [*debian, *found] if (each / "initdb").exists()), None)
