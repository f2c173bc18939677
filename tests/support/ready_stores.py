"""Stores in their present form, for nodes of tests that run by themselves: made once, then copied.

That `fourfold node init` makes its own is shown where nothing is ready: by the pages of the documentation,
and by whoever cuts the power on the way.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from private_postgresql import Server

from fourfold.node.home import Config, Home, write_config

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
    shutil.copy(_file(), Home(home).store)  # with its mode: it is its user's alone
    return ""


def database(server: Server, name: str) -> str:
    """A new database with such a store; its address."""
    return server.make(name, template=_database(server))


@cache
def _file() -> Path:
    return _made("").store


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
