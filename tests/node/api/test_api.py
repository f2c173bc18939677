"""The API: who may what, what is told, and that it is what its description says."""

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from readers import clear

from fourfold.node import clock
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.issue_token import issue_token, revoke_token
from fourfold.node.actions.set_roles import set_roles
from fourfold.node.api.app import api
from fourfold.node.models import ApiToken, Event, RecordVersion, Tag
from fourfold.node.roles import ACTS, Act, Role, acts_of

PASSWORD = "correct horse battery"
INCIDENT = {
    "kind": "incident",
    "activity": "incident_reporting",
    "slice": "public-incidents",
    "marking": {"tlp": "GREEN"},
    "fields": {"title": "A car", "description": "It did not stop.", "analyst_note": "Ask twice."},
}


class Program:
    """A program of one account."""

    def __init__(self, token: str) -> None:
        self.client, self.headers = Client(), {"authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = self.client.generic(method, f"/api/v1{path}", headers=self.headers, **given)
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def get(self, path: str) -> tuple[int, Any]:
        return self.ask("GET", path)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        return self.ask("POST", path, body)


@pytest.fixture
def program(me: Any) -> Any:
    """Make the program of an account with some roles."""
    del me  # asked for, so that there is a node

    def made(name: str, *roles: Role) -> Program:
        add_account(name, PASSWORD, roles, "operator")
        clear(name)
        return Program(issue_token(name, "tests", 1, "operator"))

    return made


def test_without_a_token_nothing_is_told_but_the_description(me: Any) -> None:
    for path in ("/records", "/releases", "/received", "/me", "/counterparts"):
        answer = Client().get(f"/api/v1{path}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert Client().get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")


def test_a_token_lasts_as_long_as_it_says_and_can_be_revoked_and_is_kept_as_a_digest(
    program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = program("ada", Role.READER)
    assert asking.get("/me")[1]["name"] == "ada"
    row, token = ApiToken.objects.get(), asking.headers["authorization"].removeprefix("Bearer ")
    assert token not in str(vars(row))
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: row.expires)
        assert asking.get("/me")[0] == 401
    revoke_token(row.pk, "operator")
    assert asking.get("/me")[0] == 401
    assert Event.objects.filter(tag=Tag.TOKEN_REVOKED).count() == 1


def test_an_account_that_is_closed_or_has_no_role_gets_nothing(program: Any) -> None:
    asking = program("ada", Role.READER)
    set_roles("ada", [], "operator")
    assert asking.get("/records")[0] == 403
    get_user_model().objects.update(is_active=False)
    assert asking.get("/me")[0] == 401


def test_every_operation_asks_for_a_role_and_an_operator_sees_nothing_of_what_is_kept(program: Any) -> None:
    nobody, operator = program("nobody"), program("op", Role.OPERATOR)
    for path, methods in api.get_openapi_schema()["paths"].items():
        place = path.removeprefix("/api/v1").replace("{id}", "record--00000000-0000-4000-8000-000000000000")
        place = place.replace("{number}", "1")
        for method in methods:
            if place == "/me":
                continue
            body = {"to": "Other"} if "{" in path else None
            status, answer = nobody.ask(method.upper(), place, body)
            assert status in {400, 403}, (method, place, answer)
    for place in ("/records", "/releases", "/received", "/agreements", "/holds"):
        assert operator.get(place)[0] == 403
    for place in ("/counterparts", "/logs"):
        assert operator.get(place)[0] == 200


def test_roles_give_what_they_say_and_nobody_approves_who_writes() -> None:
    assert acts_of(frozenset()) == frozenset()
    assert acts_of(frozenset(Role)) == frozenset(Act)
    assert not {Act.READ, Act.WRITE, Act.RELEASE, Act.APPROVE} & ACTS[Role.OPERATOR]
    assert not any({Act.WRITE, Act.APPROVE} <= acts for acts in ACTS.values())


def test_a_record_is_kept_previewed_released_and_withdrawn(program: Any, other: Any, agreed: Any) -> None:
    del agreed  # asked for, so that something may pass
    analyst = program("ada", Role.ANALYST)
    status, kept = analyst.post("/records", INCIDENT)
    assert (status, kept["version"], kept["author"]) == (201, 1, "ada")
    _, seen = analyst.get(f"/records/{kept['id']}/preview")
    (recipient,) = seen["recipients"]
    assert (recipient["name"], recipient["outcome"]) == ("Other", "pass-redacted")
    assert [row["number"] for row in recipient["rows"]] == list(range(1, 14))
    status, made = analyst.post(f"/records/{kept['id']}/releases", {"to": "Other"})
    assert (status, sorted(made["passed"])) == (201, ["description", "title"])
    assert analyst.get("/releases")[1]["items"][0]["id"] == made["id"]
    status, taken = analyst.post(f"/releases/{made['id']}/withdrawal", {"reason": "an error"})
    assert (status, taken["state"]) == (200, "withdrawal-not-held")


def test_what_the_table_refuses_the_api_refuses_with_all_reasons(
    program: Any, other: Any, agreed: Any
) -> None:
    del agreed  # asked for, so that there is an agreement that refuses
    analyst = program("ada", Role.ANALYST)
    _, kept = analyst.post("/records", {**INCIDENT, "marking": {"tlp": "GREEN", "caveats": ["ORCON"]}})
    status, told = analyst.post(f"/records/{kept['id']}/releases", {"to": other.peer.institution})
    assert status == 409
    assert "Row 7" in told["detail"]


def test_a_second_person_is_another_account(program: Any, other: Any, agreed: Any) -> None:
    del agreed  # asked for, so that something may pass
    both = program("ada", Role.ANALYST, Role.OFFICER)
    _, kept = both.post("/records", INCIDENT)
    status, told = both.post(f"/records/{kept['id']}/approvals", {"to": "Other"})
    assert (status, "second person" in told["detail"]) == (409, True)
    officer = program("grace", Role.OFFICER)
    status, approved = officer.post(f"/records/{kept['id']}/approvals", {"to": "Other"})
    assert (status, approved["approver"]) == (201, "grace")


def test_loosening_is_refused_for_want_of_a_second_person(program: Any, agreed: Any) -> None:
    del agreed  # asked for, so that there are slices
    analyst = program("ada", Role.ANALYST)
    _, kept = analyst.post("/records", INCIDENT)
    change = {"slice": "public-incidents", "marking": {"tlp": "CLEAR"}, "fields": INCIDENT["fields"]}
    status, told = analyst.ask("PUT", f"/records/{kept['id']}", change)
    assert (status, "second person" in told["detail"]) == (409, True)
    tighter = {**change, "marking": {"tlp": "AMBER"}}
    assert analyst.ask("PUT", f"/records/{kept['id']}", tighter)[1]["version"] == 2


def test_all_faults_are_told_at_once_and_nothing_is_kept(program: Any) -> None:
    analyst = program("ada", Role.ANALYST)
    status, told = analyst.post(
        "/records", {**INCIDENT, "fields": {"title": "", "severity": "high", "colour": "red"}}
    )
    assert status == 400
    assert {fault["field"] for fault in told["faults"]} == {"title", "severity", "colour"}
    status, told = analyst.post("/records", {"kind": 1, "marking": {"tlp": "PINK"}, "stray": 1})
    assert status == 400
    assert len(told["faults"]) >= 5
    assert {"kind", "stray", "fields", "activity"} <= {fault["field"] for fault in told["faults"]}
    assert not RecordVersion.objects.exists()


def test_what_is_not_there_is_told_alike(program: Any) -> None:
    reader = program("ada", Role.READER)
    absent = "record--00000000-0000-4000-8000-000000000000"
    assert reader.get(f"/records/{absent}")[0] == 404
    assert reader.get("/releases/release--00000000-0000-4000-8000-000000000000")[0] == 404
    assert reader.get("/received/99")[0] == 404


def test_long_lists_come_in_pages_that_do_not_move(program: Any) -> None:
    analyst = program("ada", Role.ANALYST)
    kept = [analyst.post("/records", INCIDENT)[1]["id"] for _ in range(5)]
    _, first = analyst.get("/records?limit=2")
    analyst.post("/records", INCIDENT)
    _, second = analyst.get(f"/records?limit=2&before={first['next']}")
    _, last = analyst.get(f"/records?limit=2&before={second['next']}")
    seen = [row["id"] for page in (first, second, last) for row in page["items"]]
    assert seen == kept[::-1]
    assert "next" not in last


def test_holds_are_for_officers(program: Any) -> None:
    analyst, officer = program("ada", Role.ANALYST), program("grace", Role.OFFICER)
    _, kept = analyst.post("/records", INCIDENT)
    wanted = {"id": kept["id"], "reason": "Inquiry 12"}
    assert analyst.post("/holds", wanted)[0] == 403
    assert officer.post("/holds", wanted)[0] == 201
    assert [each["id"] for each in officer.get("/holds")[1]] == [kept["id"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 10_000 + b"]" * 10_000, 400),
        (b'{"fields":' * 10_000 + b"1" + b"}" * 10_000, 400),
        (b'{"kind":"' + b"x" * 10_000_000 + b'"}', 413),
        (b'{"kind": NaN}', 400),
    ],
    ids=["cut off", "no text", "deep list", "deep object", "ten megabytes", "no JSON"],
)
def test_hostile_bodies_are_refused_in_one_clear_answer(program: Any, body: bytes, status: int) -> None:
    analyst = program("ada", Role.ANALYST)
    answer = analyst.client.generic(
        "POST", "/api/v1/records", data=body, content_type="application/json", headers=analyst.headers
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert len(answer.content) < 2000
    assert not RecordVersion.objects.exists()


def test_a_wrong_release_is_corrected_in_one_step(program: Any, other: Any, agreed: Any) -> None:
    del agreed  # asked for, so that something may pass
    analyst = program("ada", Role.ANALYST)
    _, kept = analyst.post("/records", INCIDENT)
    _, made = analyst.post(f"/records/{kept['id']}/releases", {"to": "Other"})
    fields = {**INCIDENT["fields"], "title": "A car that did not stop"}
    right = {"slice": "public-incidents", "marking": {"tlp": "GREEN"}, "fields": fields}
    status, done = analyst.post(f"/records/{kept['id']}/correction", {"reason": "title", "right": right})
    assert status == 200
    assert [each["id"] for each in done["withdrawn"]] == [made["id"]]
    assert [each["title"] for each in done["released"]] == ["A car that did not stop"]
    assert done["released"][0]["id"] != made["id"]
    assert done["refused"] == {}


def test_the_table_decides_on_stubs_too(program: Any, other: Any, agreed: Any) -> None:
    del agreed  # asked for, so that there are slices; that at separation lets no stub pass
    analyst = program("ada", Role.ANALYST)
    for slice_, why in (("sensitive-incidents", "Row 1"), ("public-incidents", "")):
        _, kept = analyst.post("/records", {**INCIDENT, "slice": slice_})
        status, told = analyst.post(f"/records/{kept['id']}/stubs", {"to": "Other"})
        assert (status, why in told["detail"]) == (409, True)


def test_consents_are_an_officers_to_give_and_to_take_back(program: Any, other: Any, agreed: Any) -> None:
    del agreed  # asked for, so that there is an agreement to consent under
    analyst, officer = program("ada", Role.ANALYST), program("grace", Role.OFFICER)
    _, kept = analyst.post("/records", {**INCIDENT, "marking": {"tlp": "GREEN", "caveats": ["ORCON"]}})
    wanted = {"record": kept["id"], "to": "Other", "until": "2999-01-01T00:00:00Z"}
    assert analyst.post("/consents/given", wanted)[0] == 403
    assert analyst.post(f"/records/{kept['id']}/releases", {"to": "Other"})[0] == 409
    status, given = officer.post("/consents/given", wanted)
    assert (status, given["record_digest"]) == (201, kept["digest"])
    assert [each["state"] for each in officer.get("/consents")[1]] == ["granted"]
    assert analyst.post(f"/records/{kept['id']}/releases", {"to": "Other"})[0] == 201
    assert officer.post(f"/consents/{given['id']}/revocation", {})[0] == 200
    assert [each["state"] for each in officer.get("/consents")[1]] == ["revoked"]


def test_the_trail_is_told_in_pages_and_narrowed(program: Any) -> None:
    analyst, watcher = program("ada", Role.ANALYST), program("rita", Role.READER)
    _, record = analyst.post("/records", INCIDENT)
    status, first = watcher.get("/events?limit=1")
    assert (status, first["items"][0]["event"], first["items"][0]["about"]) == (
        200,
        "record:added",
        record["id"],
    )
    assert watcher.get(f"/events?before={first['next']}")[1]["items"][0]["event"] == "token:issued"
    about = watcher.get(f"/events?about={record['id']}")[1]["items"]
    assert [(each["event"], each["actor"]) for each in about] == [("record:added", "ada")]
    assert watcher.get("/events?topic=record&since=2999-01-01")[1] == {"items": []}
    assert program("nobody").get("/events")[0] == 403
    told = program("olga", Role.OPERATOR).get("/events")[1]["items"]
    assert {each["event"].partition(":")[0] for each in told} == {"account", "token"}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_f2_an_embargo_that_no_calendar_has_is_a_fault_of_its_field(program: Any, moment: str) -> None:
    marking = {"tlp": "GREEN", "embargo": moment}
    status, told = program("anna", Role.ANALYST).post("/records", {**INCIDENT, "marking": marking})
    assert status in {400, 422}
    assert "embargo" in json.dumps(told)
    assert not RecordVersion.objects.exists()
