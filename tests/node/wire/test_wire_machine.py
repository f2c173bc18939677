"""The malicious counterpart as a machine: whatever it sends, two honest ones go on, and the pages stand.

It sends what is nearly right: each kind of message as a node makes it, with every place in turn, and some at
random, replaced, left out or multiplied, and signed again by its own true keys. After each act an honest
counterpart's news arrive and what it withdraws is destroyed; at the end the node itself releases and
withdraws, and all that it holds still verifies.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from django.test import Client
from effort import EVERYTHING
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fourfold.agreements import Direction, SignedAgreement, SliceTerms
from fourfold.canon import canonical_bytes, digest, new_id, new_salt
from fourfold.errors import FourfoldError, InputError
from fourfold.exchange.stix import encode
from fourfold.framework import Level, shipped
from fourfold.node.actions.check_log import check_logs
from fourfold.node.actions.sync import sync
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.kinds import kinds
from fourfold.node.models import Peer, Received, ReleaseVersion
from fourfold.records import seal
from fourfold.records.markings import Marking, Tlp
from fourfold.records.signing import Purpose

EXAMPLES, STEPS, EVERY = (8, 10, 1) if EVERYTHING else (2, 4, 5)
"""How often and how long it acts; in a light run every fifth place is odd in turn."""

EARLY, LATE = "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"
NUMBERS = [
    0,
    -1,
    1,
    (1 << 31) - 1,
    1 << 31,
    (1 << 53) - 1,
    1 << 53,
    (1 << 63) - 1,
    1 << 63,
    1 << 80,
    1.5,
    1e308,
]
TEXTS = [
    "",
    "\x00",
    "a\x00b",
    "a" * 101,
    "a" * 700,
    EARLY,
    LATE,
    "9999-12-31",
    "0001-01-01",
    "http://[",
    "../x",
]
TIMES = ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z", "9999-12-31", "", "2026-01-01T00:00:60Z"]
FAILED = 500
TEXTS += ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z", "1e5", "-1", "\u202e", "sha256:" + 64 * "0"]
SCALARS = st.sampled_from([None, True, False, *NUMBERS, *TEXTS]) | st.text(max_size=8)
VALUES = SCALARS | st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, the whole last."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, each in inner for place in places(each, (*path, name))] + [path]


@st.composite
def nearly(draw: Any, value: Any, most: int = 2) -> Any:
    """The value with up to so many places replaced, left out, repeated or added to; maybe as it is."""
    made = copy.deepcopy(value)
    for _ in range(draw(st.integers(0, most))):
        path = draw(st.sampled_from(places(made)))
        if not path:
            continue
        parent = made
        for step in path[:-1]:
            parent = parent[step]
        act = draw(st.sampled_from(["replace", "replace", "drop", "many", "more"]))
        if act == "replace":
            parent[path[-1]] = draw(VALUES)
        elif act == "drop":
            del parent[path[-1]]
        elif act == "many":
            parent[path[-1]] = [parent[path[-1]]] * draw(st.sampled_from([2, 65, 300]))
        elif isinstance(parent, dict):
            parent[draw(st.text(max_size=4))] = draw(VALUES)
    return made


TIME = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")


@dataclass(frozen=True)
class Odd:
    """One odd value for each sort of place: a time, a text, a number, anything else."""

    time: str
    text: str
    number: float
    other: Any
    first: int = 0

    def instead(self, value: Any) -> Any:
        """The odd value of the sort."""
        if isinstance(value, str):
            return self.time if TIME.fullmatch(value) else self.text
        return self.number if isinstance(value, int | float) and not isinstance(value, bool) else self.other

    def everywhere(self, value: Any) -> Iterator[Any]:
        """The value, with one place of it after the other replaced."""
        for path in places(value)[self.first % EVERY :: EVERY]:
            if path:
                made = parent = copy.deepcopy(value)
                for step in path[:-1]:
                    parent = parent[step]
                parent[path[-1]] = self.instead(parent[path[-1]])
                yield made


ODD = st.builds(
    Odd,
    st.sampled_from([EARLY, LATE, *TIMES]),
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    VALUES,
    st.integers(0, EVERY - 1),
)


def written(value: Any) -> bytes:
    """The bytes of a value: canonical where it has such a form."""
    try:
        return canonical_bytes(value)
    except FourfoldError:
        return json.dumps(value).encode()


def head(m: Any, **more: Any) -> dict[str, Any]:
    """What every step of a course says."""
    values = {"author": m.who.id, "number": 1, "at": m.now.isoformat().replace("+00:00", "Z")}
    return {**values, "originators": [m.who.id], "marking": {"tlp": "GREEN"}, **more}


def agreement(m: Any, data: Any) -> dict[str, Any]:
    """A draft by the counterpart, signed by its true institution key, whatever it says."""
    text = m.agreement.text.model_dump(mode="json") | {"id": new_id("agreement"), "title": "Next"}
    content = written(data.draw(nearly(text), label="text")).decode("utf-8", "replace")
    signature = m.who.institution.sign(Purpose.AGREEMENT, content.encode())
    signed = SignedAgreement(content=content, signatures=(signature,))
    return {"title": "Next", "agreement": signed.model_dump(mode="json")}


def reveal(m: Any, data: Any) -> dict[str, Any]:
    """Answers that were sealed just so, whatever they say; the seal before them goes first."""
    answers = {
        "activity": "standards",
        "framework": shipped().digest,
        "slices": [{"name": "x", "answers": {}}],
    }
    answers = data.draw(nearly(answers), label="answers")
    nonce = new_salt()
    try:
        sealed = seal(answers, nonce, m.who.id)
    except InputError:  # no canonical form, and so no seal that would hold
        sealed = digest("z")
    m.put("assessment", {"step": "seal", "activity": "standards", "seal": sealed})
    return {"step": "reveal", "activity": "standards", "seal": sealed, "nonce": nonce, "answers": answers}


EMBARGOED = Marking(tlp=Tlp.GREEN, embargo=datetime(2026, 1, 1, tzinfo=UTC))
ROWS = [{"first": "death", "relation": "exact", "second": "death"}]
SIDES = {"first": {"name": "Regime one"}, "second": {"name": "Regime two"}}
FIELDS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "incident": lambda *_: {"title": "A car", "description": "It did not stop.", "date": "2026-01-01"},
    "draft_agreement": agreement,
    "assessment": reveal,
    "consent_request": lambda m, _: {
        "title": "May it go on?",
        "object": new_id("release"),
        "object_version": 1,
        "object_digest": digest("x"),
        "onward": {"record": new_id("record"), "version": 1, "slice": "all", "fields": ["title"]}
        | {"created": m.now.isoformat(), "modified": m.now.isoformat()},
        "record": digest("y"),
        "recipient": m.who.id,
        "recipient_name": "Third",
        "recipient_key": m.who.institution.key,
        "agreement": m.agreement.digest,
        "purpose": "incident_reporting",
    },
    "consent": lambda *_: {"title": "Answer", "request": new_id("release"), "answer": "revoked"},
    "definition_mapping": lambda m, _: head(
        m, title="Ours and theirs", due="2099-12-31", parties=sorted([m.who.id, m.node]), rows=ROWS, **SIDES
    ),
    "registry_contribution": lambda m, _: head(
        m,
        revision=1,
        parties=sorted([m.who.id, m.node]),
        title="A car",
        severity=[{"scheme": "x", "value": "y"}],
    ),
    "answer": lambda m, _: head(m, opening=digest("z"), number=2, about=digest("z"), move="accept"),
    "joint_part": lambda m, _: head(m, opening=digest("z"), number=2, move="leave"),
}
"""For each kind of record what a node would say in it."""


WITHDRAWAL = "withdrawal"
MESSAGES = ["receipts", "holdings", "epoch", "keys", "cosignature"]


class Machine(RuleBasedStateMachine):
    """One malicious counterpart, two honest ones, and the node between them; set up by the test."""

    scene: Any

    @initialize()
    def begin(self) -> None:
        """New counterparts, and nothing of what the last run left."""
        self.honest, self.other, self.malicious, self.reader, self.asker = self.scene()
        self.kept = self.honest.release()

    @rule(kind=st.sampled_from([*sorted(FIELDS), WITHDRAWAL]), odd=ODD, data=st.data())
    def objects(self, kind: str, odd: Odd, data: Any) -> None:
        """Signed objects of any kind, each place odd once, then some at random, then any bytes."""
        base = self.item(kind, data)
        for item in odd.everywhere(base):
            own = {"id": new_id(base["type"])} if item.get("id") == base["id"] else {}
            self.malicious.sign({**item, **own})
        self.malicious.sign(data.draw(nearly(self.item(kind, data)), label="object"))
        self.malicious.offer(data.draw(st.binary(max_size=60) | VALUES.map(written), label="bytes"))

    def item(self, kind: str, data: Any) -> Any:
        """An object of a kind, or a withdrawal, as a node would make it."""
        if kind == WITHDRAWAL:
            gone = {"revoked": True, "version": 2, "notice": "released-in-error"}
            return encode(self.malicious.make(fields={}, **gone))
        fields = FIELDS[kind](self.malicious, data)
        return encode(self.malicious.make(kind=kind, fields=fields, marking=EMBARGOED))

    @rule(
        path=st.sampled_from(["/taxii2/", "/collections/", "/objects/", "/keys", "/log", "/holdings"]),
        data=st.data(),
    )
    def an_answer(self, path: str, data: Any) -> None:
        """An answer to the node's own question, nearly right: body, status, header fields."""
        status = data.draw(st.sampled_from([200, 200, 200, 204, 302, 404, 429, 500, 503]))
        names = [
            "Retry-After",
            "Date",
            "X-TAXII-Date-Added-Last",
            "Content-Type",
            "Content-Encoding",
            "Location",
        ]
        lines = st.sampled_from(
            [EARLY, LATE, "Fri, 31 Dec 9999 23:59:59 -2359", "1e9", "-1", "x" * 500, "gzip"]
        )
        fields = data.draw(st.dictionaries(st.sampled_from(names), lines, max_size=2), label="header")

        def answer(request: httpx.Request) -> httpx.Response:
            given = self.malicious.truly(request)
            try:
                body = written(data.draw(nearly(json.loads(given.content)), label="answer"))
            except ValueError:
                body = given.content
            return httpx.Response(status, content=body, headers={**given.headers, **fields})

        self.malicious.instead = {path: answer}
        sync((Peer.objects.get(pk=self.malicious.who.id),))
        self.malicious.instead = {}

    @rule(path=st.sampled_from(MESSAGES), odd=ODD, data=st.data())
    def messages(self, path: str, odd: Odd, data: Any) -> None:
        """What it brings by itself, each place odd once, then at random: never an error of this node."""
        said = self.malicious.says(path)
        for body in (*odd.everywhere(said), data.draw(nearly(said), label="body")):
            text = "".join(map(str, body)) if path == "cosignature" and isinstance(body, list) else ""
            wire = text.encode("utf-8", "replace") if text else written(body)
            answer = self.asker.http.post(f"{self.asker.wire.base}exchange/v1/{path}", content=wire)
            assert answer.status_code < FAILED, (path, body, answer.status_code)

    @rule(
        path=st.sampled_from(["exchange/v1/log", "exchange/v1/holdings", "taxii2/fourfold/collections/"]),
        name=st.sampled_from(
            ["from", "parts", "added_after", "next", "limit", "match[id]", "match[version]"]
        ),
        value=st.sampled_from([*TEXTS, *map(str, NUMBERS)]) | st.text(max_size=8),
    )
    def a_question(self, path: str, name: str, value: str) -> None:
        """A question with anything in it: never an error of this node."""
        url = f"{self.asker.wire.base}{path}"
        if path.startswith("taxii2"):
            url += f"{self.malicious.shelf_of_node}/objects/"
        answer = self.asker.http.get(url, params={name: value.encode("utf-8", "replace").decode()})
        assert answer.status_code < FAILED, (path, name, value, answer.status_code)

    @invariant()
    def an_honest_counterpart_goes_on(self) -> None:
        """Its news arrive, and what it takes back is destroyed."""
        if not hasattr(self, "kept"):
            return
        made, before = self.honest.release(), self.kept
        self.honest.withdraw(before)
        found = {each.peer.pk: each for each in sync()}
        assert found[self.honest.who.id].problem == ""
        assert found[self.other.who.id].problem == ""
        assert Received.objects.get(object=made.id).state == "stored"
        assert not Received.objects.filter(object=before.id, revoked=False).exclude(wire=None).exists()
        self.kept = made

    def teardown(self) -> None:
        """The node's own acts work as before, the pages stand, and all that is held verifies."""
        if not hasattr(self, "kept"):
            return
        row = self.share(self.other)
        assert bytes(row.wire) in self.reader.objects()
        withdraw(row.release_id, "an error", "tester")
        notice = ReleaseVersion.objects.get(release=row.release_id, revoked=True)
        assert bytes(notice.wire) in self.reader.objects()
        assert [each.problem for each in check_logs() if each.problem] == []
        for path in PAGES:
            assert Client().get(path).status_code == 200, path
        self.malicious.instead = {}


PAGES = [
    "/inbox/",
    "/agreements/",
    "/keys/",
    "/evidence/",
    "/consents/",
    "/together/",
    "/releases/",
    "/events/",
]


@pytest.fixture
def scene(node, settings, monkeypatch, together, introduced, ask, share):  # noqa: PLR0913, PLR0917  each is a fixture
    """Makes three new counterparts at each call, and lets the node reach them and nobody else."""
    settings.NODE = type(settings.NODE)(id=node.id, name=node.name, url="http://node.example", demo=True)
    monkeypatch.setattr("fourfold.exchange.http.time.sleep", lambda _: None)
    fields = {kind: tuple(each.payload.model_fields) for kind, each in kinds().items()}

    def opened(*parties: str) -> SliceTerms:
        return SliceTerms(
            id="public-incidents",
            activity="incident_reporting",
            name="All",
            level=Level.COLLABORATION,
            kinds=frozenset(fields),
            ceiling=Tlp.AMBER,
            directions=tuple(Direction(sender=each, fields=fields) for each in parties),
        )

    def made() -> Any:
        Peer.objects.update(url="")
        found = [introduced(name, opened) for name in ("Honest", "Other", "A malicious one")]
        together(*found)
        return (*found, ask(found[1].who.node), ask(found[-1].who.node))

    Machine.share = staticmethod(share)
    return made


FEW = settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # the store is not emptied between two examples
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_f2_whatever_one_counterpart_does_and_does_again_the_others_go_on(scene):
    Machine.scene = staticmethod(scene)
    run_state_machine_as_test(Machine, settings=FEW)


@FEW
@given(odd=ODD, data=st.data())
def test_f2_an_odd_value_at_any_place_of_any_message_keeps_nobody_from_going_on(scene, odd, data):
    Machine.scene = staticmethod(scene)
    machine = Machine()
    machine.begin()
    for kind in [*FIELDS, WITHDRAWAL]:
        machine.objects(kind, odd, data)
    machine.an_honest_counterpart_goes_on()
    for path in MESSAGES:
        machine.messages(path, odd, data)
    machine.an_honest_counterpart_goes_on()
    machine.teardown()
