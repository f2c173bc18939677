"""What the framework makes of answers, kept by the digest of what it was computed from."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import cache
from threading import Lock
from typing import Generic, TypeVar

from fourfold.canon import digest
from fourfold.framework import Assessment, Framework, Level, Slice, assess, shipped

Result = TypeVar("Result")


class Kept(Generic[Result]):
    """The latest results by digest, a bounded number of them; safe to use from several threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._results: OrderedDict[str, Result] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, compute: Callable[[], Result]) -> Result:
        """The kept result, or a new one."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        result = compute()
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._limit:
                self._results.popitem(last=False)
        return result


_ASSESSMENTS: Kept[Assessment] = Kept(2_000)


@cache
def framework() -> Framework:
    """The framework that this node decides by."""
    return shipped()


def assessment(slices: Iterable[Slice], reading: str | None = None) -> Assessment:
    """The assessment of an activity; computed once for the same framework, reading and answers."""
    parts = tuple(slices)
    return _ASSESSMENTS.get(_key(parts, reading), lambda: assess(framework(), parts, reading))


def alone(part: Slice, party: str) -> Level | None:
    """The level that one party's answers would suggest if nobody else were asked."""
    own = Slice(part.name, {party: part.answers.get(party, {})})
    return assessment([own]).whole.suggestion


def _key(parts: tuple[Slice, ...], reading: str | None) -> str:
    said = [
        [
            part.name,
            [
                [party, {name: sorted(values) for name, values in answers.items()}]
                for party, answers in part.answers.items()
            ],
        ]
        for part in parts
    ]
    return digest([framework().digest, reading or "", said])
