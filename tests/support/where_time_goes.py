"""A plugin of pytest that shows where the time of a run goes: `make test-times`.

What counts is the time of the processor, of the test's own process and of those it started and waited for: it
is the same on a busy machine. Whoever runs a test measures; the process that reports adds up.
"""

import resource
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from typing import Any

import pytest
import warm

PHASES = ("setup", "call", "teardown")
MOST = 40
"""How many files, and how many tests, are shown."""

Times = dict[str, float]


class WhereTimeGoes:
    """Measures each phase of each test, and shows the sums in the end."""

    def __init__(self) -> None:
        self._before = 0.0
        self._tests: dict[str, Times] = defaultdict(lambda: dict.fromkeys(PHASES, 0.0))

    def pytest_runtest_logstart(self) -> None:
        self._before = spent()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, Any, Any]:
        """What this phase took travels in its report, from a worker too."""
        now = spent()
        report = yield
        report.processor, self._before = now - self._before, now
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        self._tests[report.nodeid][report.when] += report.processor

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section("processor time (seconds)")
        for title, key, most in (
            ("folder", lambda name: name.rpartition("/")[0], None),
            ("file", lambda name: name.partition("::")[0], MOST),
            ("test", str, MOST),
        ):
            for line in table(title, self._tests, key, most):
                terminalreporter.write_line(line)


def spent() -> float:
    """The processor time of this process so far, and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used) + warm.SPENT[0]


def table(title: str, tests: dict[str, Times], key: Callable[[str], str], most: int | None) -> Iterable[str]:
    """The sums by what `key` makes of a test's name, the greatest first."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * (1 + len(PHASES)))
    for name, times in tests.items():
        place = sums[key(name.partition("[")[0])]
        place[0] += 1
        for number, phase in enumerate(PHASES, 1):
            place[number] += times[phase]
    yield f"\n{'all':>8} " + " ".join(f"{phase:>8}" for phase in PHASES) + f" {'tests':>6}  {title}"
    for name, (count, *phases) in sorted(sums.items(), key=lambda each: -sum(each[1][1:]))[:most]:
        yield " ".join(f"{each:8.2f}" for each in (sum(phases), *phases)) + f" {count:6.0f}  {name}"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(WhereTimeGoes(), "where-time-goes")
