"""A clock that jumps: a clear alarm, and nothing lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from real_node import RealNode, introduce, pair

pytestmark = pytest.mark.slow


@pytest.fixture
def nodes(tmp_path: Path, ready_store: Callable[[Path], str]) -> Iterator[tuple[RealNode, RealNode]]:
    giver, taker = pair(tmp_path)
    giver.database, taker.database = ready_store(giver.home), ready_store(taker.home)
    introduce(giver, taker)
    yield giver, taker
    giver.kill()


def test_a_clock_that_jumps_loses_nothing_and_what_is_dated_ahead_is_an_alarm(
    nodes: tuple[RealNode, RealNode],
) -> None:
    giver, taker = nodes
    giver.serve()
    for hours in (0, 2, 0, -2):
        giver.do("write", count=5, name=f"at {hours}", hours=hours)
        assert taker.do("collect") == []
    taken = taker.do("end_state")
    assert taken["held_as"] == {"stored": 15, "quarantined": 5}
    assert taken["reasons"] == ["", "from-the-future"]
    assert giver.do("end_state")["answers"] == 20
    assert taken["logs"][-1]["size"] == 20
