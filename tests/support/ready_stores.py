"""Stores in their present form, for nodes of tests that run by themselves: made once, then copied.

To make one by all steps since the first release takes seconds. That `fourfold node init` takes them itself is
shown where nothing is ready: by the pages of the documentation, and by whoever cuts the power on the way.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from private_postgresql import Server

from fourfold.node.home import Config, Home, write_config

_NAME = "ready"
_MAKE = """
import pathlib, sys
from fourfold.node.boot import boot, migrate
boot(pathlib.Path(sys.argv[1]))
import ready_stores
ready_stores.fill()
migrate()
"""


class _NoSteps(dict[str, None]):
    """Every app is without steps: its tables are made from its models."""

    def __contains__(self, app: object) -> bool:
        return True

    def __missing__(self, app: str) -> None:
        return None


def fill() -> None:
    """Give the store that is open the form that the models have, and note all steps as taken.

    That steps and models come to the same is shown by `test_node_migrating`.
    """
    settings.MIGRATION_MODULES = _NoSteps()
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    settings.MIGRATION_MODULES = {}
    call_command("migrate", fake=True, verbosity=0, interactive=False)


def place(home: Path) -> str:
    """Put an empty store, in its present form, where a node will be made; it is in no database."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(_file(), Home(home).store)
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
