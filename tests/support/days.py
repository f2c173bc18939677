"""The tests on other days: `make test-days`, or `make test-days DAY=leap` for one of them.

What runs in one process runs under `faketime`, once for each day of the table, in that day's time zone. The
clock is put back for each test, so that each of them meets that very moment; a moment that passes (midnight,
a change of clocks) passes just after the body of the test has begun. What several tests share is made a
little before. A test that starts a process (a browser, a server, a store) is left out, and counted.

`--sample` is what `.ci/run` asks for: one case of each test of the files that mention a time, each on one of
the days.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fourfold.node import clock

ROOT = Path(__file__).resolve().parents[2]
ABSENT = "faketime is missing; on Debian: apt-get install faketime"


@dataclass(frozen=True)
class Day:
    """A moment in UTC, and the zone of the machine. `passes`: it is the moment that each test passes."""

    name: str
    moment: str
    zone: str
    passes: bool = False

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.moment).replace(tzinfo=UTC)


DAYS = (
    Day("first", "2027-02-01 00:30", "America/New_York"),  # there it is still January
    Day("ninth", "2026-12-09 20:00", "Asia/Kathmandu"),  # there it is the 10th
    Day("last-but-two", "2027-01-29 12:00", "Pacific/Auckland"),  # a month later there is no such day
    Day("thirtieth", "2026-11-30 10:00", "UTC"),
    Day("leap", "2028-02-29 12:00", "Asia/Kathmandu"),  # a year later there is no such day
    Day("year", "2027-01-01 00:00", "Pacific/Auckland", passes=True),
    Day("year-there", "2027-01-01 05:00", "America/New_York", passes=True),  # the year ends by its clocks
    Day("spring", "2027-03-28 01:00", "Europe/Berlin", passes=True),  # an hour there that is never
    Day("autumn", "2027-10-31 01:00", "Europe/Berlin", passes=True),  # an hour there that comes twice
    Day("far", "2031-08-31 23:00", "Pacific/Auckland"),
)
TIMES = {"datetime", "time", "calendar", "zoneinfo", "clock"}
"""The names of modules that know a time; the last is the home of a node's clock."""

SETTING_UP = timedelta(seconds=20)
"""So long before a moment that passes, a test is set up."""

PASSES_AFTER = timedelta(milliseconds=30)
"""So long after the body of a test has begun, the moment passes."""

BEFORE = {"session": timedelta(minutes=40), "package": timedelta(minutes=30), "module": timedelta(minutes=20)}
"""How long before the moment something is made that several tests share, as in a run of that length."""


class Turned:
    """Turns the clock for each test, and leaves out what starts a process."""

    def __init__(self, day: Day, share: tuple[int, int] | None) -> None:
        self.day, self.share = day, share
        self.ahead = timedelta()
        self.left_out: Counter[str] = Counter()
        self.running = False
        self._guard()

    def turn(self, to: datetime) -> None:
        """It is that moment now, here and in every library: `faketime` reads its setting each time."""
        self.ahead += to - clock.now()
        os.environ["FAKETIME"] = f"{self.ahead.total_seconds():+.6f}"
        os.environ["TZ"] = self.day.zone  # Django sets it as well, once it has settings
        time.tzset()

    @property
    def begin(self) -> datetime:
        return self.day.at - SETTING_UP if self.day.passes else self.day.at

    def _guard(self) -> None:
        start = subprocess.Popen.__init__

        def guarded(process: Any, *args: Any, **kwargs: Any) -> None:
            if self.running:
                pytest.skip("starts a process")
            start(process, *args, **kwargs)

        subprocess.Popen.__init__ = guarded  # type: ignore[method-assign]

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Of a sample, a file that mentions no time is no part."""
        tests = self.share is not None and collection_path.match("test_*.py")
        return True if tests and not mentions_time(collection_path) else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what starts a browser, and what is not in this share of a sample."""
        browser = [each for each in items if each.get_closest_marker("browser")]
        self.left_out.update(_folder(each.nodeid) for each in browser)
        chosen = [each for each in items if each not in browser]
        if self.share is not None:
            chosen = _sampled(chosen, *self.share)
        kept = set(chosen)
        config.hook.pytest_deselected(items=[each for each in items if each not in kept])
        items[:] = chosen

    def pytest_collection_finish(self) -> None:
        """The store that tests copy takes a process to make: now, while one may be started."""
        import ready_stores  # noqa: PLC0415  what it imports is not to be imported before pytest begins

        ready_stores.file()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        self.turn(self.begin)
        self.running = True
        try:
            return (yield)
        finally:
            self.running = False

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        before = BEFORE.get(fixturedef.scope)
        if before is None:
            return (yield)
        present = clock.now()
        self.turn(self.day.at - before)
        try:
            return (yield)
        finally:
            self.turn(present)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        if self.day.passes and clock.now() < self.day.at - PASSES_AFTER:
            self.turn(self.day.at - PASSES_AFTER)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and "starts a process" in str(report.longrepr):
            self.left_out[_folder(report.nodeid)] += 1

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        folders = ", ".join(f"{name} {count}" for name, count in sorted(self.left_out.items()))
        terminalreporter.write_line(
            f"{self.day.name} ({self.day.moment} UTC, {self.day.zone}): left out, as they start a process: "
            f"{self.left_out.total()} ({folders or 'none'})"
        )


def mentions_time(file: Path) -> bool:
    """Whether a file imports a module that knows a time."""
    nodes = list(ast.walk(ast.parse(file.read_bytes())))
    imports = [each for each in nodes if isinstance(each, ast.Import | ast.ImportFrom)]
    names = {alias.name for each in imports for alias in each.names}
    return not TIMES.isdisjoint(names | {each.module for each in imports if isinstance(each, ast.ImportFrom)})


def _sampled(items: list[pytest.Item], index: int, days: int) -> list[pytest.Item]:
    """The first case of each test, if this is the day of that test among so many days."""
    first = {each.nodeid.partition("[")[0]: each for each in reversed(items)}
    return [each for name, each in reversed(first.items()) if zlib.crc32(name.encode()) % days == index]


def _folder(nodeid: str) -> str:
    return nodeid.partition("::")[0].rpartition("/")[0]


def _sleep(seconds: float) -> None:
    """Sleep by waiting: the sleep of Python fails where `faketime` leaves the monotonic clock alone."""
    threading.Event().wait(seconds)


def within(day: Day, share: tuple[int, int] | None, rest: list[str]) -> int:
    """Run pytest in this process, whose clock can be turned."""
    time.sleep = _sleep
    return pytest.main(["--hypothesis-seed=0", "-q", "--tb=short", *rest], plugins=[Turned(day, share)])


def one(day: Day, arguments: list[str]) -> int:
    """Run pytest on that day, in a process of its own."""
    environ = {**os.environ, "FAKETIME_NO_CACHE": "1"}
    environ.pop("FOURFOLD_ALL_TESTS", None)  # it forbids to skip
    command = ["faketime", "-m", "--exclude-monotonic", "-f", "+0", sys.executable, __file__, "--within"]
    return subprocess.run([*command, day.name, *arguments], cwd=ROOT, env=environ, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run the days that were asked for; say which failed.

    Returns:
        int: the status of the process.
    """
    known = {each.name: each for each in DAYS}
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--day", choices=known, action="append")
    parser.add_argument("--sample", action="store_true", help="few tests, each on one of the days")
    parser.add_argument("--within", choices=known, help=argparse.SUPPRESS)
    parser.add_argument("--share", type=int, nargs=2, help=argparse.SUPPRESS)
    given, rest = parser.parse_known_args(arguments)
    if given.within:
        return within(known[given.within], given.share, rest)
    if shutil.which("faketime") is None:
        print(ABSENT)
        return 1
    days = given.day or list(known)
    shares = [["--share", str(index), str(len(days))] if given.sample else [] for index in range(len(days))]
    failed = [day for day, share in zip(days, shares, strict=True) if one(known[day], [*share, *rest]) != 0]
    print(f"Not true on: {', '.join(failed)}." if failed else "True on every one of these days.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
