"""Lists of 200,000 rows for readers of all, all short of RED, a tenth and nothing: milliseconds, in one run.

A tenth is one activity of ten; nothing is what an account without a grant reads here. "All" reads without any
filter, as commands do and pages did before readers had clearances: the others are held against it. CPU time
of this process, best of several rounds.

    .venv/bin/python benchmarks/reading_bench.py [ROWS]
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
ROUNDS = 7
PEER, TERMS = "identity--other", f"sha256:{1:064x}"
SLACK, ALWAYS = 1.5, 30.0
"""A list of a reader may take so many times as long as that of all, and so many milliseconds in any case."""


def opened() -> None:
    """A node in a folder of its own, with nothing in it."""
    from fourfold.node.boot import boot, migrate
    from fourfold.node.home import Config, Home, write_config

    folder = Path(tempfile.mkdtemp(prefix="fourfold-bench-"))
    os.umask(0o077)
    write_config(Home(folder), Config(id="identity--bench", name="Bench", url="http://127.0.0.1:1/"))
    boot(folder)
    migrate()


def fill() -> list[str]:
    """Records of ten activities, each with an event, a release, something received, and receipts of both."""
    from fourfold.canon import new_id
    from fourfold.framework import shipped
    from fourfold.node import clock
    from fourfold.node.bulk import insert
    from fourfold.node.models import Event, RecordVersion
    from fourfold.node.models.reading import keep_compartment
    from fourfold.records.markings import Tlp
    from fourfold.release import Compartment

    activities, now = list(shipped().activities)[:10], clock.now()
    numbers = [keep_compartment(Compartment(Tlp.AMBER, frozenset(), each)) for each in activities]
    for start in range(0, ROWS, 10_000):
        records, events = [], []
        for number in range(start, min(start + 10_000, ROWS)):
            at, place, id_ = now - timedelta(seconds=ROWS - number), number % 10, new_id("record")
            records.append(
                {
                    "record": id_, "version": 1, "kind": "incident", "activity": activities[place],
                    "slice": "", "title": f"Incident {number} at the works", "tlp": "AMBER",
                    "folded": f"incident {number} at the works", "body": body(id_, activities[place], number),
                    "digest": f"sha256:{number:064x}", "created": at, "modified": at, "author": "a",
                    "source": "", "latest": True, "wants_stub": False, "destroyed": None,
                    "compartment": numbers[place],
                }
            )  # fmt: skip
            events.append(
                {
                    "at": at, "tag": "record:added", "actor": "a", "peer": None, "subject": id_, "reason": "",
                    "salt": "s", "compartment": numbers[place],
                }
            )  # fmt: skip
        keys = insert(RecordVersion, records)
        insert(Event, events)
        exchanged(keys, records)
    return activities


def body(record: str, activity: str, number: int) -> bytes:
    """The record itself, as the list reads its marking there."""
    moment = "2026-11-30T12:00:00.000000Z"
    given = {
        "id": record, "kind": "incident", "activity": activity, "owner": "identity--bench",
        "originators": ["identity--bench"], "version": 1, "created": moment, "modified": moment,
        "marking": {"tlp": "AMBER"}, "payload": {"title": f"Incident {number} at the works"},
    }  # fmt: skip
    return json.dumps(given).encode()


def counterpart() -> None:
    """Somebody to exchange with, under some agreement."""
    from fourfold.node import clock
    from fourfold.node.models import Agreement, Peer
    from fourfold.records.signing import Signer

    now, key = clock.now(), Signer.generate().key
    Peer.objects.create(
        institution=PEER, name="Other", institution_key=key, node_key=key, delegation=b"{}", joined=now
    )
    Agreement.objects.create(
        digest=TERMS, agreement="agreement--1", number=1, title="Terms", text=b"{}", created=now
    )


def exchanged(keys: list[int], records: list[dict[str, Any]]) -> None:
    """What was released of some records, as much that came, and the receipts for both."""
    from fourfold.node.bulk import insert
    from fourfold.node.models import ReceiptIn, ReceiptOut, Received, Release, ReleaseVersion

    rows: dict[Any, list[dict[str, Any]]] = {Release: [], ReleaseVersion: [], Received: []}
    for key, record in zip(keys, records, strict=True):
        release = record["record"].replace("record", "release")
        common = {"kind": "incident", "compartment": record["compartment"]}
        rows[Release].append(
            {
                "id": release, "peer": PEER, "record": record["record"], "state": "acknowledged",
                "created": record["modified"], "withdrawal_reason": "", "notice": "", **common,
            }
        )  # fmt: skip
        rows[ReleaseVersion].append(
            {
                "release": release, "version": 1, "peer": PEER, "source": key, "agreement": TERMS,
                "slice": "", "stix_id": release, "stix_type": "incident", "modified": record["modified"],
                "revoked": False, "wire": b"{}", "digest": record["digest"], "body": b"{}",
                "label": "", "secret": "",
                "sequence": key, "date_added": record["modified"] + timedelta(microseconds=key),
                "passed": "[]", "withheld": "[]", "reasons": "[]", "compartment": record["compartment"],
            }
        )  # fmt: skip
        rows[Received].append(
            {
                "peer": PEER, "object": release, "stix_id": release, "version": 1, "activity": "",
                "slice": "", "title": record["title"], "folded": record["folded"], "agreement_digest": TERMS,
                "state": "stored", "reason": "", "revoked": False, "wire": b"{}", "digest": record["digest"],
                "leaf": "", "date_added": "", "received": record["modified"], **common,
            }
        )  # fmt: skip
    inserted = {model: insert(model, given) for model, given in rows.items()}
    for model, name, of in (
        (ReceiptIn, "release_version", ReleaseVersion),
        (ReceiptOut, "received", Received),
    ):
        at = "received" if model is ReceiptIn else "created"
        also = {"reason": ""} if model is ReceiptIn else {"delivered": records[0]["modified"]}
        insert(
            model,
            [
                {
                    "peer": PEER, "body": b"{}", "digest": record["digest"], "outcome": "stored", name: key,
                    at: record["modified"], **also,
                }
                for key, record in zip(inserted[of], records, strict=True)
            ],
        )  # fmt: skip


def lists() -> dict[str, Callable[[], object]]:
    """The pages that list much, as their views build them."""
    from fourfold.node.models import RecordVersion
    from fourfold.node.web.queries.events import events_view
    from fourfold.node.web.queries.evidence import evidence_view
    from fourfold.node.web.queries.inbox import inbox_view
    from fourfold.node.web.queries.listing import Asked, count_of
    from fourfold.node.web.queries.records import records_view
    from fourfold.node.web.queries.releases import releases_view

    def records(**asked: str) -> Callable[[], object]:
        return lambda: records_view(Asked("/records/", asked))

    return {
        "records, newest": records(),
        "records, page 100": records(page="100"),
        "records, by title": records(sort="title"),
        "records, found by a word": records(words="199"),
        "records, by label": records(tlp="AMBER"),
        "records, by a label of none": records(tlp="GREEN"),
        "records, found by no word": records(words="submarine"),
        "releases, newest": lambda: releases_view(Asked("/releases/", {})),
        "releases, by a state of all": lambda: releases_view(Asked("/releases/", {"state": "acknowledged"})),
        "releases, by a state of none": lambda: releases_view(Asked("/releases/", {"state": "refused"})),
        "inbox, newest": lambda: inbox_view(Asked("/inbox/", {})),
        "inbox, found by no word": lambda: inbox_view(Asked("/inbox/", {"words": "submarine"})),
        "evidence": evidence_view,
        "events, newest": lambda: events_view(Asked("/events/", {}), links=True),
        "how many records": lambda: count_of(RecordVersion.readable.filter(latest=True)),
    }


def best(work: Callable[[], object], readers: Iterable[Any]) -> list[float]:
    """Milliseconds for each reader, in the best of the rounds; in turns, as no machine is always as quick."""
    from fourfold.node.models.reading import reading_as

    rounds = []
    for _ in range(ROUNDS):
        took = []
        for who in readers:
            with reading_as(who):
                start = time.process_time()
                work()
                took.append((time.process_time() - start) * 1000)
        rounds.append(took)
    return [min(each) for each in zip(*rounds, strict=True)]


def main() -> int:
    opened()
    from fourfold.node.models.reading import Reader
    from fourfold.records.markings import Tlp
    from fourfold.release import EVERYBODY, EVERYTHING_SHORT_OF_RED, Clearance, Clearances

    counterpart()
    one = fill()[3]
    tenth = Clearance(Tlp.AMBER, frozenset(), frozenset({one}))
    readers = {
        "all": None,
        "short of RED": Reader(Clearances(frozenset({EVERYBODY, EVERYTHING_SHORT_OF_RED}))),
        "a tenth": Reader(Clearances(frozenset({EVERYBODY, tenth}))),
        "nothing": Reader(Clearances(frozenset({EVERYBODY}))),
    }
    print(f"{ROWS:,} rows{'':<20}" + "".join(f"{name:>16}" for name in readers))
    slow = 0
    for name, work in lists().items():
        took = best(work, readers.values())
        worse = max(took[1:]) > max(took[0] * SLACK, ALWAYS)
        slow += worse
        print(f"{name:<30}" + "".join(f"{each:>13.1f} ms" for each in took) + ("  TOO SLOW" if worse else ""))
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
