"""Either end is killed at random while much is collected; the end is the same as without."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from real_node import RealNode, introduce, kill_group, pair
from soak_size import soak

pytestmark = pytest.mark.slow

OBJECTS = soak(short=2_000, full=100_000)
KILLS = soak(short=3, full=20)
LONGEST = 1.5
"""Seconds from the beginning of a collection to the kill, at most."""


@pytest.fixture
def nodes(tmp_path: Path, ready_store: Callable[[Path], str]) -> Iterator[tuple[RealNode, RealNode]]:
    giver, taker = pair(tmp_path)
    giver.database, taker.database = ready_store(giver.home), ready_store(taker.home)
    introduce(giver, taker)
    yield giver, taker
    giver.kill()


def test_a_collection_that_is_killed_again_and_again_ends_as_if_it_never_was(
    nodes: tuple[RealNode, RealNode],
) -> None:
    giver, taker = nodes
    giver.do("fill", count=OBJECTS)
    gone = giver.do("withdraw_some", every=OBJECTS // 3)
    giver.serve()
    chance = random.Random(20)
    killed = [disturb(giver, taker, chance) for _ in range(KILLS)]
    assert sum(killed) > KILLS // 2, "too few kills came while something was going on"
    for _ in range(2):
        assert taker.do("collect") == []
    given, taken = giver.do("end_state"), taker.do("end_state")
    assert (given["problems"], taken["problems"]) == ([], [])
    assert taken["held_as"] == {"stored": OBJECTS - gone, "withdrawn": gone}
    assert (taken["waiting"], given["answers"]) == (0, taken["receipts"])
    ours, theirs = given["logs"][0], taken["logs"][-1]
    assert (ours["ours"], theirs["ours"]) == (True, False)
    assert (ours["root"], ours["size"]) == (theirs["root"], theirs["size"])
    assert ours["cosigned"]


def disturb(giver: RealNode, taker: RealNode, chance: random.Random) -> bool:
    """Kill one of the two in the middle of a collection; whether it was still going on."""
    collecting = taker.start("collect")
    assert collecting.stdout.readline() == "begins\n", collecting.stderr.read()
    time.sleep(chance.uniform(0, LONGEST))
    going_on = collecting.poll() is None
    if chance.random() < 0.5:
        kill_group(collecting)
    else:
        giver.kill()
        giver.serve()
    collecting.communicate()
    return going_on
