"""Noninterference inside: what somebody may not read changes no byte of any page, API answer or file.

Everything is asked; then hidden things of every sort happen; then everything is asked again. Addresses
come from the node's own tables, so that a new page or operation is asked too. An id of something hidden, and
one of something that never was, get the same bytes.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from readers import clear
from together_scene import GREEN, MAPPING, with_closer

from fourfold.canon import new_id
from fourfold.errors import FourfoldError
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
TOKENS = re.compile(rb'name="(?:csrfmiddlewaretoken|once)" value="[^"]*"')

ADMINISTRATORS = {"readers", "/readers", "/readers/missing"}
"""These tell the administrator, by label and id, what nobody reads: that is what they are for."""
COUNTS_ALL = {"evidence", "checks", "evidence-files", "events", "/logs"}
"""Whoever is cleared for everything short of RED is told how long logs are, in which RED counts too."""


TAKEN = {"agenda-text", "activity-agenda-text", "draft-file"}
"""Taking a file is noted in the trail, so that to ask for it twice shows there."""


class Hiding:
    """Things of every sort that somebody must not notice, with the marking given."""

    def __init__(self, scene: Any, marking: Marking) -> None:
        self.scene, self.marking, self.done = scene, marking, set[str]()

    def keep(self, **more: Any) -> models.RecordVersion:
        return self.scene.titled(f"{WORD} {Caveat.ORCON}", marking=self.marking, **more)

    def everything(self) -> dict[str, list[str]]:
        """All of it happens, as far as the rules let it; the ids that came of it, as addresses have them."""
        for act in (
            self.changed, self.proposed, self.held, self.approved, self.stubbed, self.sealed,
            self.consented, self.came, self.withdrawn, self.forged, self.handed_in, self.released,
            self.stepped, self.assessed,
        ):  # fmt: skip
            with suppress(FourfoldError):
                act()
                self.done.add(act.__name__)
        assert self.done >= {
            "changed",
            "proposed",
            "held",
            "sealed",
            "came",
            "withdrawn",
            "forged",
            "handed_in",
        }
        return self.ids()

    def changed(self) -> None:
        given = {"title": WORD, "description": WORD}
        field = self.scene.keep(field_markings={"description": self.marking}, payload=given)
        tight = self.marking.model_copy(update={"tlp": Tlp.RED})
        changes = Changes({"title": f"{WORD} anew"}, tight, "public-incidents")
        change_record(field.record, changes, "analyst")

    def proposed(self) -> None:
        kept = self.keep()
        propose_change(kept.record, Changes({"title": WORD}, GREEN, None), "analyst", kept.digest)

    def held(self) -> None:
        place_hold(self.keep().record, WORD, "officer")

    def approved(self) -> None:
        approve_release(self.keep().record, self.scene.peer, "officer")

    def stubbed(self) -> None:
        stub_record(self.keep(slice="sensitive-incidents").record, self.scene.peer, "officer")

    def sealed(self) -> None:
        seal_record(self.keep().record, self.scene.peer, "analyst")

    def consented(self) -> None:
        give_consent(self.keep().record, self.scene.peer, self.scene.until, "officer")

    def came(self) -> None:
        self.scene.receive(self.scene.sent(f"{WORD} came", marking=self.marking))

    def withdrawn(self) -> None:
        gone = self.scene.sent(f"{WORD} came and went", marking=self.marking)
        self.scene.receive(gone)
        self.scene.receive(withdrawn(gone, clock.now()))

    def forged(self) -> None:
        self.scene.receive(self.scene.sent(f"{WORD} and forged", marking=self.marking), Signer.generate())

    def handed_in(self) -> None:
        unknown = ["marking-definition--" + NOBODY]
        self.scene.hand_in(models.Client.objects.get(), WORD, object_marking_refs=unknown)

    def released(self) -> None:
        told = self.scene.release(self.keep().record)
        self.scene.answer(told, Outcome.STORED)
        self.scene.ask_us(self.keep())
        withdraw(told.release_id, WORD, "analyst")

    def stepped(self) -> None:
        new = NewProposal("definition_mapping", "definitions", self.marking, MAPPING)
        propose(new, [self.scene.peer], "analyst")

    def assessed(self) -> None:
        """Assessments and drafts are AMBER+STRICT, each; whoever is cleared for that sees them."""
        if self.marking != RED:
            models.JointAssessment.objects.filter(activity="standards").update(withheld=["standards.sens"])
            self.scene.draft()

    def ids(self) -> dict[str, list[str]]:
        records = models.RecordVersion.objects.filter(title__contains=WORD)
        names = list(records.values_list("record", flat=True).distinct())
        releases = models.Release.objects.filter(record__in=names).values_list("pk", flat=True)
        received = models.Received.objects.filter(object__in=self._received())
        return {
            "record_id": names,
            "release_id": list(releases),
            "consent_id": self._last(models.ConsentCase.objects.order_by("created"), "released"),
            "pk": [str(each) for each in received.values_list("pk", flat=True)],
            "digest": self._last(models.CourseStep.objects.order_by("kept"), "stepped"),
        }

    def _last(self, rows: Any, act: str) -> list[str]:
        """The id of what came last of an act, if the rules let it happen."""
        return [getattr(rows.last(), "opening", rows.last().pk)] if act in self.done else []

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
        found = {path: self.page(path) for name, path, _named in pages(known) if name not in skip}
        for path, _named in operations("get", known):
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


def pages(known: dict[str, list[str]]) -> Iterator[tuple[str, str, list[str]]]:
    """The name and the address of every page that can be looked at, and by what it is named."""
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
                yield pattern.name, path + query, names


PARAMETERS = {"id": "record_id", "number": "number", "digest": "digest", "activity": "activity_id"}
SORTS = {"releases": {"id": "release_id"}, "consents": {"id": "consent_id"}, "received": {"number": "pk"}}
"""What the parameters of operations are, in general and below some addresses."""


@cache
def described_paths() -> dict[str, Any]:
    """The operations of the API, as it describes itself."""
    return dict(api.get_openapi_schema()["paths"])


def operations(method: str, known: dict[str, list[str]]) -> Iterator[tuple[str, set[str]]]:
    """The address of every operation of that method, and by what it is named."""
    for path, described in described_paths().items():
        if method not in described:
            continue
        filled, named = path.removeprefix("/api/v1"), set()
        for name in re.findall(r"{(\w+)}", filled):
            sort = SORTS.get(filled.split("/")[1], {}).get(name, PARAMETERS[name])
            named.add(sort)
            filled = filled.replace(f"{{{name}}}", (*known[sort], NOBODY)[0])
        asked = described[method].get("parameters", [])
        needs = {each["name"] for each in asked if each.get("required") and each["in"] == "query"}
        yield filled + (f"?to={known['institution'][0]}" if "to" in needs else ""), named


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
    "roles",
    [
        EVERY_ROLE,
        pytest.param((Role.OPERATOR,), marks=pytest.mark.slow),
        pytest.param((Role.READER,), marks=pytest.mark.slow),
    ],
    ids=["everybody", "operator", "reader"],
)
def test_whatever_is_hidden_from_a_reader_changes_no_byte_of_what_is_answered(
    lived: Any, still: None, roles: tuple[Role, ...]
) -> None:
    asking = Asking("ada", *roles)
    if Role.READER in roles:
        clear("ada", Tlp.GREEN, (), "incident_reporting")
    known, skip = known_things(lived), set() if roles == (Role.READER,) else ADMINISTRATORS
    before = asking.everything(known, skip)
    hidden = [Hiding(lived, marking).everything() for marking in (AMBER, RED, ORCON)]
    after = asking.everything(known, skip)
    assert {path for path, answer in after.items() if answer != before[path]} == set()
    if Role.READER in roles:
        assert sum(WORD.encode() in answer[2] for answer in after.values()) == 0
        assert b"Told abroad" in after["/records/"][2]
    for name in hidden[0]:
        for each in [ids[name][0] for ids in hidden[:2] if ids[name]]:
            check_as_if_it_were_not(asking, name, each, known)


def check_as_if_it_were_not(asking: Asking, name: str, hidden: str, known: dict[str, list[str]]) -> None:
    """An id of something hidden gets the bytes that an id of nothing gets, by every page and operation."""
    nothing = absent(hidden)

    def answers(value: str) -> dict[str, str]:
        given, found = {**known, name: [value]}, {}
        for page, path, named in pages(given):
            for method in ("GET", "POST") if name in named else ():
                found[f"{method} {page}"] = asking.page(path, method)
        for method in ("get", "put", "post", "delete"):
            for path, named in operations(method, given):
                if name in named:
                    body = {"to": known["institution"][0]} if method in {"put", "post"} else None
                    found[f"{method} {path.replace(value, '')}"] = asking.api(method.upper(), path, body)
        without = "" if value.isdecimal() else value
        return {
            path: repr(answer).replace(without, "") if without else repr(answer)
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
    skip = ADMINISTRATORS | COUNTS_ALL | TAKEN
    before = asking.everything(known, skip)
    Hiding(lived, RED).everything()
    after = asking.everything(known, skip)
    assert {path for path, answer in after.items() if answer != before[path]} == set()
