"""What one counterpart may cost in one sync: a budget, spent as the exchange goes on.

Nobody who is asked can be made to hurry, so whoever asks stops: what has come is kept, the next counterpart
has its turn, and the rest comes at the next sync.
"""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from fourfold.errors import ExchangeError

_SOON = 0.001  # seconds: what is given to a line whose time is over, as 0 would mean no limit to some


@dataclass(frozen=True, slots=True)
class Budget:
    """The most of each: seconds, requests (a page is one), bytes of answers, objects looked at."""

    seconds: float = 300.0
    requests: int = 5_000
    bytes: int = 1 << 30
    objects: int = 100_000


BOUNDLESS = Budget(math.inf, sys.maxsize, sys.maxsize, sys.maxsize)
"""For who stands before it and can break it off: a command of a person."""


class SpentError(ExchangeError):
    """The budget of this sync is spent; nothing is wrong with what came before."""


class Meter:
    """What has been spent of a budget; `clock` counts seconds, and never goes back."""

    def __init__(self, budget: Budget, clock: Callable[[], float] = time.monotonic) -> None:
        self._budget, self._clock, self._share = budget, clock, 1.0
        self._began = clock()
        self._spent = {"requests": 0, "bytes": 0, "objects": 0}

    @contextmanager
    def only(self, share: float) -> Iterator[None]:
        """Until the end of the block, this share of the whole budget is all there is."""
        before, self._share = self._share, share
        try:
            yield
        finally:
            self._share = before

    def left(self) -> float:
        """Seconds that are left; 0: none."""
        return max(self._budget.seconds * self._share - (self._clock() - self._began), 0.0)

    def check(self) -> None:
        """Whether there is time left.

        Raises:
            SpentError: none.
        """
        if not self.left():
            raise SpentError(_sentence("seconds", self._budget.seconds))

    def spend(self, **amounts: int) -> None:
        """Spend some of what the budget names.

        Raises:
            SpentError: it was more than was left, or the time is over.
        """
        self.check()
        for name, amount in amounts.items():
            self._spent[name] += amount
            most = getattr(self._budget, name)
            if self._spent[name] > most * self._share:
                raise SpentError(_sentence(name, most))


def hurry(client: httpx.Client, meter: Meter) -> None:
    """Let no line of an HTTP client be waited for longer than there is time left, its header fields included.

    A timeout of httpx counts anew with each byte: whoever sends one byte a minute would hold it for ever.
    """
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001  httpx names no way
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend, meter)  # noqa: SLF001  the same reason as above


class _Stream(httpcore.NetworkStream):
    """A line whose waits end with the budget."""

    def __init__(self, stream: httpcore.NetworkStream, meter: Meter) -> None:
        self._stream, self._meter = stream, meter

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _least(timeout, self._meter))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _least(timeout, self._meter))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *given: Any, **named: Any) -> httpcore.NetworkStream:
        named["timeout"] = _least(named.get("timeout"), self._meter)
        return _Stream(self._stream.start_tls(*given, **named), self._meter)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens such lines."""

    def __init__(self, backend: httpcore.NetworkBackend, meter: Meter) -> None:
        self._backend, self._meter = backend, meter

    def connect_tcp(self, *given: Any, **named: Any) -> httpcore.NetworkStream:
        named["timeout"] = _least(named.get("timeout"), self._meter)
        return _Stream(self._backend.connect_tcp(*given, **named), self._meter)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


def _least(timeout: float | None, meter: Meter) -> float:
    left = max(meter.left(), _SOON)
    return left if timeout is None else min(timeout, left)


def _sentence(name: str, most: float) -> str:
    return (
        f"More is waiting there than one sync takes ({most:,.0f} {name}; see `budget_{_SETTING[name]}` in "
        "node.toml). What came is kept; the next sync goes on from there."
    )


_SETTING = {"seconds": "seconds", "requests": "requests", "bytes": "mebibytes", "objects": "objects"}
