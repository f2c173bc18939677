"""A disk that fills up: a clear alarm, and the same end once there is room again.

The store is a file here, as the limit is on the files of one process; the disk of a PostgreSQL server is not
the node's.
"""

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
    assert "The store of this node failed while it collected from Giver (OperationalError)." in out
    assert "exception=OperationalError" in err
    assert "Traceback" not in err
    taker.launcher = ()
    before = taker.do("end_state")
    assert before["objects"] % 1000 == 0
    assert (before["objects"] < OBJECTS, before["problems"]) == (True, [])
    assert taker.do("collect") == []
    given, taken = giver.do("end_state"), taker.do("end_state")
    assert (taken["objects"], given["answers"], taken["problems"]) == (OBJECTS, OBJECTS, [])
    assert given["logs"][0]["root"] == taken["logs"][-1]["root"]
