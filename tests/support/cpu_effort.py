"""What something costs, without regard to how fast the machine is or what else it does."""

from collections.abc import Callable
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any

COUNT = 200_000


def effort(action: Callable[[], Any], *, tries: int = 1) -> float:
    """The CPU time of an action and its processes, the least of some tries, measured by that of counting."""
    return min(_seconds(action) / _seconds(_count) for _ in range(tries))


def _seconds(action: Callable[[], Any]) -> float:
    began = _used()
    action()
    return _used() - began


def _used() -> float:
    used = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _count() -> None:
    number = 0
    while number < COUNT:
        number += 1
