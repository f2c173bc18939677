"""Noninterference on the wire: two worlds that differ only in what a counterpart may not see answer it alike.

Both worlds begin with one store. The same visible things happen in both, at the same moments and with the
same random numbers; in one of them hidden things happen in between. Whatever the counterpart then asks, it
gets the same bytes: objects, manifests, versions, pages, counts, errors, answers to receipts, the log.
"""

import json
import random
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import own_stores
import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fourfold.canon import canonical, digest_bytes
from fourfold.errors import FourfoldError
from fourfold.exchange.http import open_client
from fourfold.exchange.nodes import receipts_body
from fourfold.exchange.receipts import Receipt, sign_receipt
from fourfold.exchange.requests import SignedRequests
from fourfold.exchange.stix import stix_id
from fourfold.exchange.taxii import MEDIA_TYPE, collection_id
from fourfold.node import clock, ledger, models
from fourfold.node.actions.accept_receipts import accept_receipts
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.correct_release import correct_release
from fourfold.node.actions.end_agreement import end_agreement
from fourfold.node.actions.give_consent import give_consent
from fourfold.node.actions.hand_out import hand_out
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.seal_record import seal_record
from fourfold.node.actions.stub_record import stub_record
from fourfold.node.actions.withdraw import withdraw
from fourfold.records.markings import Caveat, Marking, Tlp

GREEN = Marking(tlp=Tlp.GREEN)
APART = "sensitive-incidents"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def base(institutions: Any, chained: Path, tmp_path_factory: Any, django_db_blocker: Any) -> Iterator[Any]:
    """A node with two counterparts, an agreement with each; its store is copied for every world."""
    with django_db_blocker.unblock():
        network = sys.modules["several_nodes"].Network(
            institutions[0], chained, tmp_path_factory.mktemp("base")
        )
        yield network
        network.end()


class Fate:
    """The clock and the randomness of a world: the same for the same step, whatever happened before it."""

    def __init__(self, start: Any) -> None:
        self.start = self.now = start
        self.numbers = random.Random(0)

    def step(self, name: str, minutes: float) -> None:
        self.now = self.start + timedelta(minutes=minutes)
        self.numbers = random.Random(name)

    def uuid4(self) -> uuid.UUID:
        return uuid.UUID(int=self.numbers.getrandbits(128), version=4)

    def token_hex(self, length: int) -> str:
        return self.numbers.randbytes(length).hex()


@contextmanager
def fated(start: Any) -> Iterator[Fate]:
    fate = Fate(start)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: fate.now)
        patch.setattr(ledger, "now", lambda: fate.now)
        patch.setattr(canonical, "uuid", fate)
        patch.setattr(canonical, "secrets", fate)
        yield fate


class World:
    """One world: the node, and what stays in mind between its steps."""

    def __init__(self, network: Any, node: Any) -> None:
        self.node = node
        self.other, _, self.third = network.nodes
        self.seen: list[str] = []
        self.hidden: list[str] = []
        self.done: set[str] = set()

    @property
    def observer(self) -> models.Peer:
        return self.node.peer(self.other)

    @property
    def another(self) -> models.Peer:
        return self.node.peer(self.third)


# What the counterpart may see.
def v_release(world: World) -> None:
    record = world.node.keep(f"Seen {len(world.seen)}", payload={"analyst_note": "Kept."})
    release_record(record, world.observer, "analyst")
    world.seen.append(record)


def v_update(world: World) -> None:
    change_record(world.seen[0], Changes({"title": "Seen anew"}, GREEN, "public-incidents"), "analyst")
    release_record(world.seen[0], world.observer, "analyst")


def v_withdraw(world: World) -> None:
    for each in models.Release.objects.filter(record=world.seen[-1], peer=world.observer):
        hand_out(world.observer, [each.latest().pk])  # what nobody was handed is withdrawn unseen
        withdraw(each.id, "", "analyst")


def v_stub(world: World) -> None:
    stub_record(world.node.keep("Apart", slice=APART), world.observer, "officer")


def v_receipt(world: World) -> None:
    acknowledge(world, world.observer, world.other)


VISIBLE: tuple[Callable[[World], None], ...] = (
    v_release, v_release, v_receipt, v_update, v_stub, v_release, v_withdraw, v_release,
)  # fmt: skip


# What it may not see.
def h_keep(world: World) -> None:
    world.hidden.append(world.node.keep("Hidden", Marking(tlp=Tlp.AMBER)))


def h_release_to_another(world: World) -> None:
    h_keep(world)
    release_record(world.hidden[-1], world.another, "analyst")


def h_refused(world: World) -> None:
    record = world.node.keep("Hidden", Marking(tlp=Tlp.RED))
    world.hidden.append(record)
    release_record(record, world.observer, "analyst")


def h_change(world: World) -> None:
    tighter = Marking(tlp=Tlp.RED, caveats=frozenset({Caveat.ORCON}))
    change_record(world.hidden[-1], Changes({"title": "Hidden anew"}, tighter, APART), "analyst")


def h_approve(world: World) -> None:
    approve_release(world.hidden[-1], world.observer, "officer")


def h_consent(world: World) -> None:
    give_consent(world.hidden[-1], world.observer, clock.now() + timedelta(days=3), "liaison")


def h_withdraw(world: World) -> None:
    for each in models.Release.objects.filter(peer=world.another, kind="incident"):
        withdraw(each.id, "", "analyst")


def h_stub_for_another(world: World) -> None:
    stub_record(world.node.keep("Hidden", slice=APART), world.another, "officer")


def h_seal_before_another(world: World) -> None:
    seal_record(world.node.keep("Hidden", slice=APART), world.another, "officer")


def h_share_seen_with_another(world: World) -> None:
    release_record(world.seen[0], world.another, "analyst")


def h_correct(world: World) -> None:
    released = models.Release.objects.filter(peer=world.another, record__in=world.hidden)
    correct_release(released[0].record, "wrong", "officer")


def h_receipt_of_another(world: World) -> None:
    acknowledge(world, world.another, world.third)


def h_another_looks(world: World) -> None:
    for path in (f"objects/?limit={2}", "manifest/"):
        ask(world, world.third, f"{shelf(world, world.third)}{path}")


def h_end_with_another(world: World) -> None:
    rows = models.Agreement.objects.filter(parties__institution=world.third.id, founding=False)
    end_agreement(rows.get().digest, "", "liaison")


def h_account(world: World) -> None:
    add_account(f"user{len(world.hidden)}", "correct horse battery staple", [], "operator")


HIDDEN: tuple[Callable[[World], None], ...] = (
    h_keep, h_release_to_another, h_refused, h_change, h_approve, h_consent, h_withdraw, h_stub_for_another,
    h_seal_before_another, h_share_seen_with_another, h_correct, h_receipt_of_another, h_another_looks,
    h_end_with_another, h_account,
)  # fmt: skip


def acknowledge(world: World, peer: models.Peer, node: Any) -> None:
    """A counterpart's receipts for everything that it has from here."""
    del world
    for row in models.ReleaseVersion.objects.filter(peer=peer, release__state="shared", revoked=False):
        receipt = Receipt(
            owner=row.content().owner, recipient=peer.institution, object=row.release_id, version=row.version,
            digest=row.digest, outcome="stored", at=clock.now(),
        )  # fmt: skip
        accept_receipts(peer, [sign_receipt(receipt, node.keys.node).wire])


def shelf(world: World, node: Any) -> str:
    return f"taxii2/fourfold/collections/{collection_id(world.node.id, node.id)}/"


def ask(world: World, node: Any, path: str, body: bytes | None = None) -> tuple[int, Any, bytes]:
    """What a counterpart is answered: status, headers, body."""
    auth = SignedRequests(node.keys.node, world.node.id, clock.now)
    with open_client(auth, httpx.WSGITransport(app=get_wsgi_application())) as http:
        path = path.replace("[", "%5B").replace("]", "%5D")
        url, headers = f"{world.node.keys.url}{path}", {"Accept": f"{MEDIA_TYPE}, application/json"}
        found = http.get(url, headers=headers) if body is None else http.post(url, content=body)
    return found.status_code, sorted(found.headers.items()), found.content


def observed(world: World) -> list[Any]:
    """Everything that the counterpart can ask for, with what it is answered."""
    other, mine = world.other, shelf(world, world.other)
    with world.node:
        everything = models.ReleaseVersion.objects.filter(peer=world.observer).order_by("pk")
        ids = list(dict.fromkeys(row.stix_id for row in everything))
        unknown = [stix_id("incident", f"release--{NOBODY}"), f"fourfold-stub--{NOBODY}", "incident--1"]
        paths = ["taxii2/", "taxii2/fourfold/", "taxii2/fourfold/collections/", mine, f"{mine}manifest/"]
        paths += [
            f"{mine}objects/{query}" for query in ("", "?limit=1", "?limit=3", "?match%5Bversion%5D=all")
        ]
        paths += [f"{mine}objects/?match[type]={kind}" for kind in ("incident", "fourfold-stub", "report")]
        paths += [f"{mine}objects/?next=AAAA", f"{mine}objects/?added_after=2020-01-01T00:00:00Z&limit=2"]
        paths += [f"{mine}objects/{id_}/{rest}" for id_ in [*ids, *unknown] for rest in ("", "versions/")]
        paths += [f"{shelf(world, world.third)}{rest}" for rest in ("", "objects/", "manifest/")]
        paths += [f"{mine}objects/{hidden}/" for hidden in hidden_ids(world)]
        paths += [
            "exchange/v1/log?from=0",
            "exchange/v1/log?from=3",
            "exchange/v1/log?from=999",
            "exchange/v1/x",
        ]
        answers = [ask(world, other, path) for path in paths if not path.endswith("//")]
        answers += pages(world, mine)
        receipt = Receipt(
            owner=world.node.id, recipient=other.id, object=f"release--{NOBODY}", version=1,
            digest=digest_bytes(b""), outcome="stored", at=clock.now(),
        )  # fmt: skip
        wire = sign_receipt(receipt, other.keys.node).wire
        answers.append(ask(world, other, "exchange/v1/receipts", receipts_body([wire])))
        answers.append(ask(world, other, "exchange/v1/cosignature", b"nothing"))
    return answers


def pages(world: World, mine: str) -> list[Any]:
    """All pages of one object each, by their cursors."""
    found, query = [], "?limit=1"
    for _ in count():
        found.append(ask(world, world.other, f"{mine}objects/{query}"))
        following = json.loads(found[-1][2] or b"{}").get("next")
        if not following:
            return found
        query = f"?limit=1&next={following}"
    raise AssertionError("unreachable")


def hidden_ids(world: World) -> list[str]:
    """Three ids of what was released to another; where there are fewer, ids that name nothing."""
    rows = models.ReleaseVersion.objects.filter(peer=world.another).exclude(release__kind="draft_agreement")
    known = list(dict.fromkeys(rows.values_list("stix_id", flat=True)))[:3]
    return known + [f"incident--{NOBODY}"] * (3 - len(known))


def live(base: Any, folder: Path, hidden: list[tuple[int, int]], done: set[str] | None = None) -> list[Any]:
    """A world in which hidden things happen before visible ones; what the counterpart is told at its end."""
    several, one = sys.modules["several_nodes"], base.nodes[1]
    store = folder / f"{uuid.uuid4()}.sqlite3"  # noqa: TID251  a name for a file of this test
    base.copy(1, store)
    node = several.Node(one.keys, base, own_stores.connect(store))
    world = World(base, node)
    with fated(START.at) as fate, node:
        for place, step in enumerate(VISIBLE):
            for number, (before, act) in enumerate(hidden):
                if before == place:
                    fate.step(f"hidden {place} {number}", place + 0.1 + number / 100)
                    _try(HIDDEN[act], world)
            fate.step(f"visible {place}", place + 0.9)
            step(world)
        fate.step("asking", len(VISIBLE))
        found = observed(world)
    if done is not None:
        done |= world.done
    node.connection.close()
    own_stores.drop(store)
    return found


def _try(act: Callable[[World], None], world: World) -> None:
    """A hidden act that is refused is hidden too."""
    try:
        act(world)
        world.done.add(act.__name__)
    except (FourfoldError, IndexError):
        return


class START:
    """When all worlds begin: after the base was made."""

    at: datetime


@pytest.fixture(scope="module")
def plain(base: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The world in which nothing hidden happens."""
    START.at = clock.now() + timedelta(seconds=5)
    return live(base, tmp_path_factory.mktemp("plain"), [])


def test_the_visible_world_is_not_empty_and_the_same_when_lived_again(
    base: Any, plain: list[Any], tmp_path: Path
) -> None:
    assert live(base, tmp_path, []) == plain
    bodies = b"".join(body for _, _, body in plain)
    assert bodies.count(b'"type":"incident"') > 20
    assert b"fourfold-stub" in bodies
    assert {status for status, _, _ in plain} == {200, 400, 404}


@hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    hidden=st.lists(
        st.tuples(st.integers(0, len(VISIBLE) - 1), st.integers(0, len(HIDDEN) - 1)), min_size=1, max_size=12
    )
)
def test_whatever_is_hidden_changes_no_byte_of_any_answer(
    base: Any, plain: list[Any], tmp_path: Path, hidden: list[tuple[int, int]]
) -> None:
    assert live(base, tmp_path, hidden) == plain


def test_all_of_it_at_once_changes_no_byte_either(base: Any, plain: list[Any], tmp_path: Path) -> None:
    done: set[str] = set()
    everything = [(act * len(VISIBLE) // len(HIDDEN), act) for act in range(len(HIDDEN))]
    assert live(base, tmp_path, [*everything, *((7, act) for act in range(len(HIDDEN)))], done) == plain
    assert done == {act.__name__ for act in HIDDEN} - {"h_refused"}


def test_a_withheld_value_changes_nothing_but_the_commitment_to_it(
    base: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: list[Any]
) -> None:
    del plain  # asked for, so that all worlds begin at one moment

    def told(note: str) -> list[Any]:
        def release(world: World) -> None:
            record = world.node.keep("Seen", payload={"analyst_note": note, "contact": note[:9][::-1]})
            release_record(record, world.observer, "analyst")

        monkeypatch.setitem(globals(), "VISIBLE", (release,))
        return live(base, tmp_path, [])

    short, long = told("x"), told("A much longer note. " * 50)
    assert [status for status, _, _ in short] == [status for status, _, _ in long]
    assert [len(body) for _, _, body in short] == [len(body) for _, _, body in long]
    assert [_bare(body) for _, _, body in short] == [_bare(body) for _, _, body in long]


def _bare(body: bytes) -> Any:
    """An answer without what is computed over commitments, which are salted and of one length."""
    if not body.startswith(b"{"):
        return body
    return _without(json.loads(body))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        dropped = {"commitment", "signature", "leaves", "note"}
        return {name: _without(each) for name, each in value.items() if name not in dropped}
    return [_without(each) for each in value] if isinstance(value, list) else value
