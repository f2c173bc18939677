"""What all tests share: where the real data lies, no network, and on which store the node's tests run.

FOURFOLD_TEST_STORE=postgresql lets everything that opens a node use PostgreSQL, started for the purpose: in
this process, and in those of its own (`own_database`); else it is SQLite.
"""

import itertools
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import effort
import private_postgresql
import pytest
import ready_stores
from django.conf import settings as django_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate
from hypothesis import HealthCheck, Phase, settings

from fourfold.node.boot import boot
from fourfold.node.home import Config, Home, write_config

STORES = ("sqlite", "postgresql")
STORE = os.environ.get("FOURFOLD_TEST_STORE", "sqlite")
ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
ABSENT = "(../shared"
"""Stands in the reason of every test that is skipped because a shared folder is absent."""

SERVER = "FOURFOLD_TEST_SERVER"
"""Set by the run itself, for its workers: the folder of the PostgreSQL that it started."""

_PATIENT: dict[str, Any] = {
    "deadline": None,
    "max_examples": effort.examples(),
    "suppress_health_check": [HealthCheck.too_slow],
}
if effort.PLANTED:
    _PATIENT["phases"] = (Phase.explicit, Phase.generate)
settings.register_profile("searching", **_PATIENT)
settings.register_profile("repeatable", derandomize=True, **_PATIENT)
settings.load_profile("repeatable" if effort.DEEP or effort.PLANTED else "searching")

PBKDF2PasswordHasher.iterations = 1
"""In this process only, and out of reach of any setting: a password of a test is worth no stretching."""

_RUNNING = ExitStack()


def _use_postgresql() -> None:
    """Give Django a node whose store is in a PostgreSQL of its own; each test brings its own node.

    It takes the settings of one node, once in a process: so now, before the conftest of a folder below gives
    it another. A hook would come too late where a run names such a folder.
    """
    if reason := private_postgresql.missing():
        raise pytest.UsageError(f"FOURFOLD_TEST_STORE is postgresql, but {reason}.")
    private_postgresql.empty_what_is_filled()
    address = _server().address(f"fourfold_{os.getpid()}")
    home = Home(Path(_RUNNING.enter_context(tempfile.TemporaryDirectory(prefix="fourfold-tests-"))))
    url = "http://node.example/"
    write_config(home, Config(id="identity--none", name="None", url=url, demo=True, database=address))
    boot(home.path)


def _server() -> private_postgresql.Server:
    """The server of this run: whoever begins a run starts it, its workers use it, each its own databases."""
    if SERVER not in os.environ:
        server = _RUNNING.enter_context(private_postgresql.postgresql())
        _RUNNING.callback(os.environ.pop, SERVER)
        os.environ[SERVER] = str(server.folder)
    return private_postgresql.Server(Path(os.environ[SERVER]))


ready_stores.begin()
ready_stores.fill_in_memory()

if STORE not in STORES:
    raise pytest.UsageError(f"FOURFOLD_TEST_STORE is {STORE!r}; it can be {' or '.join(STORES)}.")
if STORE == "postgresql":
    _use_postgresql()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: real nodes and browsers often wait."""
    return (os.cpu_count() or 1) + 1


def pytest_unconfigure() -> None:
    _RUNNING.close()


def pytest_report_header() -> str:
    return f"store: {STORE}"


@pytest.fixture(scope="session", autouse=True)
def no_permissions() -> None:
    """Django's own permissions, which no node asks, are not written again after each test."""
    if django_settings.configured:
        post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
        post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[private_postgresql.Server]:
    """A PostgreSQL server; a test that needs one skips where it is not installed."""
    if reason := private_postgresql.missing():
        pytest.skip(reason)
    with private_postgresql.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def durable() -> Iterator[private_postgresql.Server]:
    """A PostgreSQL server that keeps what it committed, as `fourfold node check` asks."""
    if reason := private_postgresql.missing():
        pytest.skip(reason)
    with private_postgresql.postgresql("") as server:
        yield server


@pytest.fixture(scope="session")
def own_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """The address of a new database for a node that runs by itself; empty where stores are files."""
    if STORE == "sqlite":
        return lambda: ""
    server, numbers = request.getfixturevalue("durable"), itertools.count()
    return lambda: server.make(f"own_{next(numbers)}")


@pytest.fixture(scope="session")
def ready_store(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    """Make the store of a node that will run by itself; its address, or nothing: it is in the folder."""
    if STORE == "sqlite":
        return ready_stores.place
    server, numbers = request.getfixturevalue("durable"), itertools.count()
    return lambda _: ready_stores.database(server, f"ready_{next(numbers)}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; a test that needs it skips where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the real data folder (../shared/data) is absent")
    return folder


@pytest.fixture(scope="session")
def brief_path() -> Path:
    """The policy brief itself; never copied into the repository."""
    path = SHARED / "brief.txt"
    if not path.is_file():
        pytest.skip("the brief (../shared/brief.txt) is absent")
    return path


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that tries to leave this machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def _skipped(reporter: Any) -> list[Any]:
    """The skipped tests, where all that can be installed should be here (`.ci/run` says so).

    The real data and the brief cannot be installed: what lacks only them may be skipped.
    """
    if not (effort.DEEP and reporter):
        return []
    return [each for each in reporter.stats.get("skipped", []) if ABSENT not in str(each.longrepr)]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if skipped := _skipped(terminalreporter):
        terminalreporter.write_line(f"{len(skipped)} skipped, though all that they need should be here.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == 0 and _skipped(session.config.pluginmanager.get_plugin("terminalreporter")):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
