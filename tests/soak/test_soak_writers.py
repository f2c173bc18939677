"""Two writers and a poller on a node with two processes: nothing is missed, and the logs hold."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from real_node import RealNode, introduce, pair
from soak_size import soak

from fourfold.canon import digest_bytes
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.requests import SignedRequests
from fourfold.exchange.taxii import Position, TaxiiClient
from fourfold.node import clock

pytestmark = pytest.mark.slow

OBJECTS = soak(short=500, full=10_000)


@pytest.fixture
def nodes(tmp_path: Path, ready_store: Callable[[Path], str]) -> Iterator[tuple[RealNode, RealNode]]:
    giver, taker = pair(tmp_path)
    giver.database, giver.workers = ready_store(giver.home), 2
    introduce(giver, taker)
    giver.serve()
    yield giver, taker
    giver.stop()


def test_a_poller_misses_nothing_of_what_two_writers_release(nodes: tuple[RealNode, RealNode]) -> None:
    giver, taker = nodes
    writers = [giver.start("write", count=OBJECTS // 2, name=name) for name in ("one", "two")]
    seen: list[bytes] = []
    with open_client(SignedRequests(taker.node, giver.id, clock.now)) as http:
        client = TaxiiClient(Wire(giver.url, http))
        shelf = client.collections(client.discovery().api_roots[0])[0]
        last = None
        while True:
            running = any(writer.poll() is None for writer in writers)
            for page in client.pages(shelf, Position(added_after=last)):
                seen.extend(page.items)
                last = page.last or last
            if not running:
                break
            time.sleep(0.01)
    for writer in writers:
        assert writer.wait() == 0, writer.communicate()
        writer.communicate()
    assert len(seen) == OBJECTS
    assert len({digest_bytes(item) for item in seen}) == OBJECTS
    state = giver.do("end_state")
    assert (state["released"], state["problems"]) == (OBJECTS, [])
    assert [log["size"] for log in state["logs"]] == [OBJECTS]
