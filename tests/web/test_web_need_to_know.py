"""Noninterference inside: what somebody may not read changes no byte of any page, API answer or file.

Everything is asked; then hidden things of every sort happen; then everything is asked again. Addresses come
from the node's own tables, so that a new page or operation is asked too. An id of something hidden, and one of
something that never was, get the same bytes.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from readers import clear
from together_scene import GREEN, MAPPING, with_closer

from fourfold.canon import new_id
from fourfold.exchange.receipts import Outcome
from fourfold.node import clock, models
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.give_consent import give_consent
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.actions.place_hold import place_hold
from fourfold.node.actions.propose import NewProposal, propose
from fourfold.node.actions.propose_change import propose_change
from fourfold.node.actions.seal_record import seal_record
from fourfold.node.actions.stub_record import stub_record
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.api.app import api
from fourfold.node.roles import Role
from fourfold.node.web.urls import urlpatterns
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Signer
from fourfold.release import withdraw as withdrawn

PASSWORD = "correct horse battery"
AMBER, RED = Marking(tlp=Tlp.AMBER), Marking(tlp=Tlp.RED)
ORCON = Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON}))
NOBODY = "00000000-0000-4000-8000-000000000000"
WORD = "Hidden"
TOKENS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')

ADMINISTRATORS = {"readers", "/readers", "/readers/missing"}
"""These tell the administrator, by label and id, what nobody reads: that is what they are for."""
COUNTS_ALL = {"evidence", "checks", "evidence-files", "events", "/logs"}
"""Whoever is cleared for everything short of RED is told how long logs are, in which RED counts too."""


class Hiding:
    """Things of every sort that somebody must not notice, with the marking given."""

    def __init__(self, scene: Any, marking: Marking) -> None:
        self.scene, self.marking = scene, marking

    def keep(self, **more: Any) -> models.RecordVersion:
        return self.scene.titled(f"{WORD} {Caveat.ORCON}", marking=self.marking, **more)

    def everything(self) -> dict[str, list[str]]:
        """All of it happens; the ids that came of it, by the names that addresses have for them."""
        scene, kept = self.scene, self.keep()
        field = scene.keep(
            field_markings={"description": self.marking}, payload={"title": WORD, "description": WORD}
        )
        change_record(
            field.record, Changes({"title": f"{WORD} anew", "description": WORD}, RED, None), "analyst"
        )
        propose_change(kept.record, Changes({"title": WORD}, GREEN, None), "analyst", kept.digest)
        place_hold(kept.record, WORD, "officer")
        approve_release(kept.record, scene.peer, "officer")
        apart = self.keep(slice="sensitive-incidents")
        stub_record(apart.record, scene.peer, "officer")
        seal_record(self.keep().record, scene.peer, "analyst")
        give_consent(self.keep().record, scene.peer, scene.until, "officer")
        scene.receive(scene.sent(f"{WORD} came", marking=self.marking))
        gone = scene.sent(f"{WORD} came and went", marking=self.marking)
        scene.receive(gone)
        scene.receive(withdrawn(gone, clock.now()))
        scene.receive(scene.sent(f"{WORD} and forged", marking=self.marking), Signer.generate())
        scene.hand_in(
            models.Client.objects.get(), WORD, object_marking_refs=["marking-definition--" + NOBODY]
        )
        self.released()
        self.step()
        return self.ids()

    def released(self) -> None:
        """As far as the table lets it leave: released, received, wanted abroad, withdrawn."""
        if self.marking.tlp is Tlp.RED or self.marking.caveats:
            return
        told = self.scene.release(self.keep().record)
        self.scene.answer(told, Outcome.STORED)
        self.scene.ask_us(self.keep())
        withdraw(told.release_id, WORD, "analyst")

    def step(self) -> None:
        """A proposal that goes to the counterpart."""
        if self.marking.tlp is not Tlp.RED and not self.marking.caveats:
            propose(
                NewProposal("definition_mapping", "definitions", self.marking, MAPPING),
                [self.scene.peer],
                "analyst",
            )

    def ids(self) -> dict[str, list[str]]:
        records = models.RecordVersion.objects.filter(title__contains=WORD)
        names = list(records.values_list("record", flat=True).distinct())
        releases = models.Release.objects.filter(record__in=names).values_list("pk", flat=True)
        received = models.Received.objects.filter(object__in=self._received())
        return {
            "record_id": names,
            "release_id": list(releases),
            "consent_id": list(
                models.ConsentCase.objects.filter(body__contains=b"x").values_list("pk", flat=True)
            )[-1:],
            "pk": [str(each) for each in received.values_list("pk", flat=True)],
            "digest": list(models.CourseStep.objects.values_list("opening", flat=True)),
        }

    @staticmethod
    def _received() -> list[str]:
        return [
            row.object
            for row in models.Received.objects.exclude(wire=None)
            if WORD.encode() in bytes(row.wire)
        ]


class Asking:
    """One account, which asks for everything by page and through the API."""

    def __init__(self, name: str, *roles: Role) -> None:
        add_account(name, PASSWORD, roles, "operator")
        self.name, self.pages, self.program = name, Client(), Client()
        assert self.pages.login(username=name, password=PASSWORD)
        self.token = issue_token(name, "tests", 1, "operator")

    def page(self, path: str, method: str = "GET") -> tuple[Any, ...]:
        return told(getattr(self.pages, method.lower())(path))

    def api(self, method: str, path: str, body: Any = None) -> tuple[Any, ...]:
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        headers = {"authorization": f"Bearer {self.token}"}
        return told(self.program.generic(method, f"/api/v1{path}", headers=headers, **given))

    def everything(self, known: dict[str, list[str]], skip: set[str]) -> dict[str, tuple[Any, ...]]:
        """What every page and every operation that only reads answers, about what is known."""
        found = {path: self.page(path) for name, path in pages(known) if name not in skip}
        for path in operations("get", known):
            if path.partition("?")[0] not in skip:
                found[f"api {path}"] = self.api("GET", path)
        return found


def told(answer: Any) -> tuple[Any, ...]:
    kept = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
    return answer.status_code, sorted(kept.items()), TOKENS.sub(b"", answer.content)


# What stands in addresses, by the names that the address tables have for it. A new name has to be told here.
def known_things(scene: Any) -> dict[str, list[str]]:
    record = models.RecordVersion.objects.filter(title="Told abroad").get().record
    release = models.Release.objects.get(record=record).pk
    case = models.ConsentCase.objects.filter(ours=False)[:1]
    return {
        "record_id": [record],
        "release_id": [release],
        "pk": [str(models.Received.objects.filter(title="Came in").get().pk)],
        "consent_id": [each.pk for each in case],
        "institution": [scene.peer.pk],
        "digest": [scene.agreement.digest],
        "activity_id": ["incident_reporting"],
        "slice_id": ["definitions"],
        "kind_id": ["definition_mapping"],
        "move": ["accept"],
        "subject": [record],
        "number": ["1", "2"],
    }


QUERIES = {
    "records": ["", "?words=hidden", "?kind=definition_mapping", "?tlp=AMBER", "?sort=title", "?page=2"],
    "releases": ["", "?words=hidden", "?state=shared"],
    "inbox": ["", "?words=hidden", "?state=withdrawn", "?state=quarantined"],
    "handed-in": ["", "?words=hidden"],
    "events": ["", "?topic=record", "?topic=object", "?hand=yes", "?page=2"],
    "consents": ["?part=of-us", "?part=by-us", "?part=own"],
}
NO_PAGES = {"end-sessions", "sign-out", "oidc-callback", "oidc-leave", "start-again"}


def pages(known: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The name and the address of every page that can be looked at."""
    own = [each for each in urlpatterns if getattr(each, "name", None) and "account" not in str(each.pattern)]
    resolver = get_resolver("fourfold.node.web.urls")
    for pattern in own:
        if pattern.name in NO_PAGES or str(pattern.pattern).startswith(
            ("sign-in", "second-factor", "factors")
        ):
            continue
        names = list(pattern.pattern.converters)
        for value in range(max((len(known[name]) for name in names), default=1)):
            given = {name: known[name][min(value, len(known[name]) - 1)] for name in names}
            path = "/" + resolver.reverse(pattern.name, **given)
            for query in QUERIES.get(pattern.name, [""]):
                yield pattern.name, path + query


PARAMETERS = {"id": "record_id", "number": "number", "digest": "digest", "activity": "activity_id"}


def operations(method: str, known: dict[str, list[str]]) -> Iterator[str]:
    """The address of every operation of that method."""
    for path, described in api.get_openapi_schema()["paths"].items():
        if method not in described:
            continue
        bare = path.removeprefix("/api/v1")
        filled = bare
        for name in re.findall(r"{(\w+)}", bare):
            sort = (
                "release_id"
                if bare.startswith("/releases")
                else "consent_id"
                if bare.startswith("/consents")
                else PARAMETERS[name]
            )
            values = known["pk"] if bare.startswith("/received") else known[sort]
            filled = filled.replace(f"{{{name}}}", values[0] if values else NOBODY)
        asked = described[method].get("parameters", [])
        needs = {each["name"] for each in asked if each.get("required") and each["in"] == "query"}
        yield filled + (f"?to={known['institution'][0]}" if "to" in needs else "")


@pytest.fixture
def lived(scene: Any, settings: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A node with something of everything, at a moment that does not pass."""
    del signed_in  # asked for: the node is no demonstration
    with_closer(scene)
    scene.fill()
    scene.fill_more()
    propose(NewProposal("definition_mapping", "definitions", GREEN, MAPPING), [scene.peer], "analyst")
    return scene


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


EVERY_ROLE = tuple(each for each in Role if each is not Role.OPERATOR)


@pytest.mark.parametrize(
    ("roles", "marking"),
    [
        (EVERY_ROLE, AMBER),
        (EVERY_ROLE, RED),
        (EVERY_ROLE, ORCON),
        ((Role.OPERATOR,), AMBER),
        ((Role.READER,), AMBER),
    ],
    ids=["amber", "red", "caveat", "operator", "reader"],
)
def test_whatever_is_hidden_from_a_reader_changes_no_byte_of_what_is_answered(
    lived: Any, still: None, roles: tuple[Role, ...], marking: Marking
) -> None:
    asking = Asking("ada", *roles)
    if Role.OPERATOR not in roles:
        clear("ada", Tlp.GREEN, (), "incident_reporting")
    known, skip = (
        known_things(lived),
        ADMINISTRATORS if Role.OPERATOR in roles or Role.OFFICER in roles else set(),
    )
    before = asking.everything(known, skip)
    hidden = Hiding(lived, marking).everything()
    after = asking.everything(known, skip)
    assert {path for path, answer in after.items() if answer != before[path]} == set()
    if Role.OPERATOR not in roles:
        assert sum(WORD.encode() in answer[2] for answer in after.values()) == 0
        assert b"Told abroad" in after["/records/"][2]
    for name, ids in hidden.items():
        for each in ids[:2]:
            check_as_if_it_were_not(asking, name, each, known)


def check_as_if_it_were_not(asking: Asking, name: str, hidden: str, known: dict[str, list[str]]) -> None:
    """An id of something hidden gets the bytes that an id of nothing gets, by every page and operation."""
    nothing = absent(hidden)

    def answers(value: str) -> dict[str, tuple[Any, ...]]:
        given = {**known, name: [value]}
        found = {
            f"{method} {page}": asking.page(path, method)
            for page, path in pages(given)
            if value in path
            for method in ("GET", "POST")
        }
        for method in ("get", "put", "post", "delete"):
            for path in operations(method, given):
                if value in path:
                    body = None if method in {"get", "delete"} else {"to": known["institution"][0]}
                    found[f"{method} {path.replace(value, '')}"] = asking.api(method.upper(), path, body)
        return {
            path: json.loads(
                json.dumps(repr(answer)).replace(value, "").replace(value.removeprefix("sha256:"), "")
            )
            for path, answer in found.items()
        }

    of_hidden, of_nothing = answers(hidden), answers(nothing)
    assert {path for path in of_hidden if of_hidden[path] != of_nothing[path]} == set()


def absent(value: str) -> str:
    """The same sort of id, of nothing that is here."""
    if value.isdecimal():
        return str(int(value) + 90_000)
    if value.startswith("sha256:"):
        return "sha256:" + 64 * "e"
    return new_id(value.partition("--")[0])


def test_whoever_is_cleared_for_everything_short_of_red_notices_nothing_of_what_is_red(
    lived: Any, still: None
) -> None:
    asking = Asking("ada", *EVERY_ROLE)
    clear("ada")
    known = known_things(lived)
    skip = ADMINISTRATORS | COUNTS_ALL
    before = asking.everything(known, skip)
    Hiding(lived, RED).everything()
    after = asking.everything(known, skip)
    assert {path for path, answer in after.items() if answer != before[path]} == set()
