"""How much is tried: a good part of it by `make test`, all by `.ci/run`.

What is drawn by chance is drawn anew by each `make test`, so that many light runs see what one deep one does;
`.ci/run` draws the same each time.
"""

import os
import random
from collections.abc import Sequence
from typing import TypeVar

FULL_RUN = "FOURFOLD_ALL_TESTS"
"""Set by `.ci/run`: all that can be installed is here, chance is the same each time, and all is tried."""

PLANTED = bool(os.environ.get("FOURFOLD_TEST_PLANTED"))
"""Set where a fault was planted: chance is the same each time, and the first failure is enough."""

DEEP = bool(os.environ.get(FULL_RUN)) and not PLANTED
EVERYTHING = DEEP and os.environ.get("FOURFOLD_TEST_STORE", "sqlite") == "sqlite"
"""The run on PostgreSQL asks about the store; what is drawn is drawn in full in the other."""

EXAMPLES = 100
_LIGHT = 3
_STRIDE = 5

T = TypeVar("T")


def examples(deep: int = EXAMPLES) -> int:
    """How many examples Hypothesis tries; `deep` in a deep run."""
    return deep if EVERYTHING else deep // _LIGHT


def drawn(things: Sequence[T]) -> Sequence[T]:
    """All of them in a deep run; else a third, drawn anew, and the same in all processes of a run."""
    chance = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID"))
    return things if DEEP else chance.sample(things, -(-len(things) // _LIGHT))


def visited(states: Sequence[T]) -> Sequence[T]:
    """The states that are visited: all in a deep run, else each fifth, and the last."""
    return states if EVERYTHING else [*states[::_STRIDE], states[-1]]
