"""A disk that fills up, a clock that jumps: a clear alarm, and the same end once it is put right."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from real_node import RealNode, introduce, pair
from soak_size import soak

pytestmark = pytest.mark.slow

OBJECTS = soak(short=2_000, full=30_000)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[RealNode, RealNode]]:
    giver, taker = pair(tmp_path)
    introduce(giver, taker)
    yield giver, taker
    giver.kill()


def test_a_disk_that_is_full_stops_a_collection_whole_and_it_goes_on_where_it_was(
    nodes: tuple[RealNode, RealNode],
) -> None:
    giver, taker = nodes
    giver.do("fill", count=OBJECTS)
    giver.serve()
    size = (taker.home / "store.sqlite3").stat().st_size
    taker.launcher = ("prlimit", f"--fsize={size + 3_000_000}")
    with taker.start("collect") as collecting:
        out, err = collecting.communicate()
    assert collecting.returncode, out
    assert "the store" in err.lower()
    assert "Traceback" not in err
    taker.launcher = ()
    before = taker.do("end_state")
    assert before["objects"] % 1000 == 0
    assert (before["objects"] < OBJECTS, before["problems"]) == (True, [])
    assert taker.do("collect") == []
    given, taken = giver.do("end_state"), taker.do("end_state")
    assert (taken["objects"], given["answers"], taken["problems"]) == (OBJECTS, OBJECTS, [])
    assert given["logs"][0]["root"] == taken["logs"][-1]["root"]


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
