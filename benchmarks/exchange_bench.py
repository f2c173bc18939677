"""How fast a node takes in, gives out and answers an empty poll, with medallion 3.0.0 beside it.

    python benchmarks/exchange_bench.py [--million 1000000]      or, with all the others: make bench

Nodes are real ones in a temporary folder, each part in a process of its own; requests go through the whole
application (signature, nonce, decision at delivery), without a socket. *In* is verified, stored, receipted
and logged, in pages of 1,000. Every figure stands as objects a second of wall time, and of processor time: on
a busy machine the second is the fair one. medallion is measured with 500 objects, in memory: it is quadratic,
and with some thousands it does not answer any more.
"""

import argparse
import json
import logging
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from real_node import PASSPHRASE, RealNode, introduce, pair

from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.requests import SignedRequests
from fourfold.exchange.taxii import MEDIA_TYPE, Position, TaxiiClient, collection_id
from fourfold.node.home import Home
from fourfold.records.signing import Signer

BASE = "http://127.0.0.1"
OBJECTS, PEER_OBJECTS, POLLS = 10_000, 500, 200
WIRE_PAGES = "pages"


def measured(act: Callable[[], int]) -> dict[str, float]:
    """Objects a second, by the wall and by the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    count = act()
    return {
        "wall": count / (time.perf_counter() - wall),
        "cpu": count / (time.process_time() - cpu),
        "count": count,
    }


def peak() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def booted(home: Path) -> Any:
    """The node's own code, in this process."""
    sys.argv[1:] = [str(home)]
    import node_hand

    return node_hand


def key_of(home: Path) -> Signer:
    return Signer.from_pem(Home(home).node_key.read_bytes(), PASSPHRASE)


def client_for(giver: str, taker_home: Path) -> tuple[TaxiiClient, httpx.Client]:
    """The taker's client of the giver's application in this process."""
    from django.core.wsgi import get_wsgi_application

    from fourfold.node import clock

    auth = SignedRequests(key_of(taker_home), giver, clock.now)
    http = open_client(auth, httpx.WSGITransport(app=get_wsgi_application()))
    return TaxiiClient(Wire(f"{BASE}/", http)), http


def give(giver_home: Path, taker_home: Path, count: int, folder: Path) -> dict[str, Any]:
    """Serve all objects by thousands: the first time (each delivery is noted), and again."""
    hand = booted(giver_home)
    hand.fill(count)
    client, _ = client_for(hand.settings.NODE.id, taker_home)
    shelf = client.collections(f"{BASE}/taxii2/fourfold/")[0]
    folder.mkdir(exist_ok=True)

    def take(keep: bool) -> int:  # noqa: FBT001  of this script only
        found = 0
        for number, page in enumerate(client.pages(shelf, Position())):
            found += len(page.items)
            if keep:
                (folder / f"{number:05}").write_bytes(b",".join(page.items))
        return found

    take_first = measured(lambda: take(keep=True))
    return {"first": take_first, "again": measured(lambda: take(keep=False)), "peak": peak()}


def serve_only(giver_home: Path, taker_home: Path) -> dict[str, Any]:
    """The raw answers, without the client's share: what the server itself takes for a page of a thousand."""
    hand = booted(giver_home)
    client, http = client_for(hand.settings.NODE.id, taker_home)
    shelf = client.collections(f"{BASE}/taxii2/fourfold/")[0]
    url, headers = f"{shelf.url}objects/?limit=1000", {"Accept": MEDIA_TYPE}
    http.get(url, headers=headers)

    def ask() -> int:
        return sum(1000 for _ in range(10) if http.get(url, headers=headers).status_code == 200)

    return {"again": measured(ask)}


def take_in(taker_home: Path, folder: Path) -> dict[str, Any]:
    """Store pages that another node signed, as collecting does."""
    hand = booted(taker_home)
    from fourfold.node import clock
    from fourfold.node.actions.store_received import store_page
    from fourfold.node.keys import node_signer

    peer = hand.models.Peer.objects.get()
    bodies = [b'{"objects":[' + file.read_bytes() + b"]}" for file in sorted(folder.iterdir())]
    answers = iter(bodies)
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=next(answers), headers={"Content-Type": MEDIA_TYPE})
    )
    client = TaxiiClient(Wire(BASE, open_client(None, transport)))
    shelf = client_shelf(peer.institution, hand.settings.NODE.id)
    before = peak()

    def store() -> int:
        stored = 0
        for _ in bodies:
            page = client.objects(shelf, Position())
            stored += store_page(peer, page, node_signer(), clock.now()).stored
        return stored

    return {"in": measured(store), "before": before, "peak": peak()}


def client_shelf(owner: str, me: str) -> Any:
    from fourfold.exchange.taxii import Collection

    wanted = collection_id(owner, me)
    return Collection(wanted, "", can_read=True, url=f"{BASE}/taxii2/fourfold/collections/{wanted}/")


def fill_up(giver_home: Path, count: int) -> dict[str, Any]:
    """A crowd around the objects; apart from what is measured in it."""
    hand = booted(giver_home)
    crowd(hand, count)
    return {"stored": hand.models.ReleaseVersion.objects.count()}


def poll(giver_home: Path, taker_home: Path) -> dict[str, Any]:
    """Ask for what is new where nothing is, with so many objects stored: time in ms, memory in MiB."""
    hand = booted(giver_home)
    client, _ = client_for(hand.settings.NODE.id, taker_home)
    shelf = client.collections(f"{BASE}/taxii2/fourfold/")[0]
    last = hand.models.Peer.objects.get().last_added
    times, began = [], time.process_time()
    for _ in range(POLLS):
        start = time.perf_counter()
        assert client.objects(shelf, Position(added_after=last)).items == ()
        times.append((time.perf_counter() - start) * 1000)
    busy = (time.process_time() - began) * 1000 / POLLS
    early = Position(added_after=last - timedelta(days=1))
    client.objects(shelf, early)
    return {
        "median": statistics.median(times),
        "busy": busy,
        "page": measured(lambda: len(client.objects(shelf, early).items)),
        "peak": peak(),
    }


def crowd(hand: Any, count: int) -> None:
    """Rows of releases that are never asked for, until there are so many: copies of one, by plain SQL."""
    from django.db import connection, transaction

    models = hand.models
    last = models.ReleaseVersion.objects.order_by("sequence").last()
    release = models.Release.objects.get(pk=last.release_id)
    missing = count - models.ReleaseVersion.objects.count()
    if missing <= 0:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for row, changed in ((release, _release), (last, _version)):
            columns = [field for field in row._meta.concrete_fields if field.column != "id" or row is release]
            names = ", ".join(f'"{field.column}"' for field in columns)
            marks = ", ".join(["%s"] * len(columns))
            values = {
                field.column: field.get_db_prep_save(getattr(row, field.attname), connection)
                for field in columns
            }
            cursor.executemany(
                f"INSERT INTO {row._meta.db_table} ({names}) VALUES ({marks})",  # noqa: S608  names of Django's
                (
                    tuple({**values, **changed(last, number, connection)}.values())
                    for number in range(1, missing + 1)
                ),
            )
        models.Peer.objects.update(last_added=last.date_added + timedelta(microseconds=missing))


def _release(_: Any, number: int, __: Any) -> dict[str, Any]:
    return {"id": f"release--{number:036x}", "record": f"record--{number:036x}"}


def _version(last: Any, number: int, connection: Any) -> dict[str, Any]:
    added = connection.ops.adapt_datetimefield_value(last.date_added + timedelta(microseconds=number))
    return {
        "release_id": f"release--{number:036x}",
        "stix_id": f"incident--{number:036x}",
        "sequence": last.sequence + number,
        "date_added": added,
    }


def medallion(folder: Path) -> dict[str, Any]:
    """The same of medallion, in memory, with few objects: in, out by thousands, an empty poll."""
    import medallion as server

    logging.getLogger("medallion").setLevel(logging.CRITICAL)
    objects = json.loads(b"[" + min(folder.iterdir()).read_bytes() + b"]")[:PEER_OBJECTS]
    shelf = {"id": "91a7b528-80eb-42ed-a74d-c6fbd5a26116", "title": "c", "can_read": True, "can_write": True}
    root = {
        "information": {"title": "r", "versions": [MEDIA_TYPE], "max_content_length": 1 << 30},
        "status": [],
        "collections": [
            {**shelf, "media_types": ["application/stix+json;version=2.1"], "objects": [], "manifest": []}
        ],
    }
    data = {
        "/discovery": {"title": "d", "default": f"{BASE}/api/", "api_roots": [f"{BASE}/api/"]},
        "api": root,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(data, file)
        file.flush()
        config = {
            "backend": {
                "module": "medallion.backends.memory_backend",
                "module_class": "MemoryBackend",
                "filename": file.name,
            },
            "users": {"user": "pass"},
            "taxii": {"max_page_size": 1000},
        }
        for part in ("users", "taxii", "backend"):
            server.set_config(server.application_instance, part, config)
    server.register_blueprints(server.application_instance)
    url = f"{BASE}/api/collections/{shelf['id']}/objects/"
    headers = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
    transport = httpx.WSGITransport(app=server.application_instance)
    with httpx.Client(transport=transport, auth=("user", "pass"), headers=headers, timeout=600) as http:

        def hand_in() -> int:
            answer = http.post(url, content=json.dumps({"objects": objects}).encode()).json()
            return int(answer["success_count"])

        def take() -> int:
            return len(http.get(url, params={"limit": "1000"}).json()["objects"])

        taken, given = measured(hand_in), measured(take)
        times = []
        for _ in range(5):
            start = time.perf_counter()
            assert not http.get(url, params={"added_after": "2999-01-01T00:00:00Z"}).json().get("objects")
            times.append((time.perf_counter() - start) * 1000)
    return {"in": taken, "again": given, "median": statistics.median(times)}


PARTS = {
    "give": give,
    "serve_only": serve_only,
    "take_in": take_in,
    "fill_up": fill_up,
    "poll": poll,
    "medallion": medallion,
}


def part(name: str, node: RealNode | None, *arguments: Any) -> dict[str, Any]:
    """One part, in a process of its own."""
    words = [sys.executable, __file__, "--part", name, *map(str, arguments)]
    environment = node.environment if node else None
    done = subprocess.run(words, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def row(name: str, found: dict[str, float]) -> None:
    print(f"{name:<58}{found['wall']:>10,.0f}{found['cpu']:>12,.0f}")


def main(million: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        giver, taker = pair(Path(folder))
        introduce(giver, taker)
        pages = Path(folder) / WIRE_PAGES
        out = part("give", giver, giver.home, taker.home, OBJECTS, pages)
        raw = part("serve_only", giver, giver.home, taker.home)
        taken = part("take_in", taker, taker.home, pages)
        peer = part("medallion", None, pages)
        few = part("poll", giver, giver.home, taker.home)
        stored = part("fill_up", giver, giver.home, million)["stored"]
        many = part("poll", giver, giver.home, taker.home)
    print(f"{'objects a second':<58}{'wall':>10}{'processor':>12}")
    row(f"in: verified, stored, receipted, logged ({OBJECTS:,})", taken["in"])
    row(f"   medallion, stored only ({PEER_OBJECTS})", peer["in"])
    row("out, 1,000 a page, server alone", raw["again"])
    row("out, 1,000 a page, with the client's work", out["again"])
    row("out, 1,000 a page, first time (each delivery is noted)", out["first"])
    row(f"   medallion ({PEER_OBJECTS})", peer["again"])
    print()
    for count, found in ((OBJECTS, few), (stored, many)):
        print(
            f"{count:>9,} stored: empty poll {found['median']:.1f} ms at the median"
            f" ({found['busy']:.1f} of the processor); a page {found['page']['wall']:,.0f} objects a second"
            f" ({found['page']['cpu']:,.0f}); {found['peak']:.0f} MiB at most"
        )
    print(f"{PEER_OBJECTS:>9,} stored: empty poll of medallion {peer['median']:.1f} ms at the median")
    print(f"memory of taking in {OBJECTS:,}: {taken['before']:.0f} MiB before, {taken['peak']:.0f} at most")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--million", type=int, default=1_000_000, help="objects stored at the empty poll")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        name, *rest = given.part
        answer = PARTS[name](*[int(each) if each.isdigit() else Path(each) for each in rest])
        print(json.dumps(answer))
    else:
        main(given.million)
