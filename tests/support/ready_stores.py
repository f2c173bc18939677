"""Stores in their present form: one is made in a run, and copied for every node and process of its tests.

That `fourfold node init` makes its own is shown where nothing is ready: by the pages of the documentation,
and by whoever cuts the power on the way.
"""

import atexit
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from django.db.backends.sqlite3.creation import DatabaseCreation
from private_postgresql import Server

from fourfold.node.home import Config, Home, write_config

FOLDER = "FOURFOLD_TEST_READY"
"""Set by the run itself, for all its processes: where the file lies, once somebody has needed it."""

_NAME = "ready"
_MAKE = """
import pathlib, sys
from fourfold.node.boot import boot, migrate
boot(pathlib.Path(sys.argv[1]))
migrate()
"""


def place(home: Path) -> str:
    """Put an empty store, in its present form, where a node will be made; it is in no database."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copy(file(), Home(home).store)  # with its mode: it is its user's alone
    return ""


def database(server: Server, name: str) -> str:
    """A new database with such a store; its address."""
    return server.make(name, template=_database(server))


def file() -> Path:
    """The file that others copy."""
    found = begin() / "store.sqlite3"
    with found.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            shutil.copy(_made("").store, found)
    return found


def begin() -> Path:
    """The folder of this run, for whoever begins it and for all that it starts; gone at its end."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="fourfold-ready-")
        atexit.register(shutil.rmtree, os.environ[FOLDER])
    return Path(os.environ[FOLDER])


def fill_in_memory() -> None:
    """Let the store that the tests of a process share begin as a copy; Django then finds nothing to do."""
    empty = DatabaseCreation._create_test_db

    def filled(self: DatabaseCreation, *given: object, **named: object) -> str:
        name = empty(self, *given, **named)
        kept = sqlite3.connect(name, uri=True)  # as long as it is open, the store in memory is there
        atexit.register(kept.close)
        with sqlite3.connect(file()) as ready:
            ready.backup(kept)
        return name

    DatabaseCreation._create_test_db = filled


@cache
def _database(server: Server) -> str:
    _made(server.make(_NAME))
    return _NAME


def _made(address: str) -> Home:
    """The home of nobody's node, with its store."""
    home = Home(Path(tempfile.mkdtemp(prefix="fourfold-ready-")))
    atexit.register(shutil.rmtree, home.path)
    write_config(
        home,
        Config(id="identity--none", name="None", url="http://node.example/", demo=True, database=address),
    )
    words = [sys.executable, "-c", _MAKE, str(home.path)]
    subprocess.run(words, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    return home
