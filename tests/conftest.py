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

import private_postgresql
import pytest
from hypothesis import HealthCheck, settings

from fourfold.node.boot import boot
from fourfold.node.home import Config, Home, write_config

STORES = ("sqlite", "postgresql")
STORE = os.environ.get("FOURFOLD_TEST_STORE", "sqlite")
ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
ABSENT = "(../shared"
"""Stands in the reason of every test that is skipped because a shared folder is absent."""

FULL_RUN = "FOURFOLD_ALL_TESTS"
"""Set by `.ci/run`: all that can be installed is here, and chance is the same each time."""

_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("searching", **_PATIENT)
settings.register_profile("repeatable", derandomize=True, **_PATIENT)
settings.load_profile("repeatable" if os.environ.get(FULL_RUN) else "searching")


def pytest_configure(config: pytest.Config) -> None:
    """Before any test file is read: Django takes the settings of one node, once in a process."""
    if STORE not in STORES:
        raise pytest.UsageError(f"FOURFOLD_TEST_STORE is {STORE!r}; it can be {' or '.join(STORES)}.")
    if STORE == "sqlite":
        return
    if reason := private_postgresql.missing():
        raise pytest.UsageError(f"FOURFOLD_TEST_STORE is postgresql, but {reason}.")
    running = ExitStack()
    config.add_cleanup(running.close)
    server = running.enter_context(private_postgresql.postgresql())
    folder = running.enter_context(tempfile.TemporaryDirectory(prefix="fourfold-tests-"))
    _boot(Path(folder), server.address("fourfold"))


def pytest_report_header() -> str:
    return f"store: {STORE}"


def _boot(folder: Path, database: str) -> None:
    given = Config(id="identity--none", name="None", url="http://node.example/", demo=True, database=database)
    write_config(Home(folder), given)
    boot(folder)


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
    if not (os.environ.get(FULL_RUN) and reporter):
        return []
    return [each for each in reporter.stats.get("skipped", []) if ABSENT not in str(each.longrepr)]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if skipped := _skipped(terminalreporter):
        terminalreporter.write_line(f"{len(skipped)} skipped, though all that they need should be here.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == 0 and _skipped(session.config.pluginmanager.get_plugin("terminalreporter")):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
