"""A call acts once for each Idempotency-Key."""

import json
from typing import Any

import pytest
from django.test import Client
from readers import clear

from fourfold.node import once
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.actions.set_roles import set_roles
from fourfold.node.api.again import AGAIN, REPEATABLE
from fourfold.node.api.app import api
from fourfold.node.api.once import name_of
from fourfold.node.models import OneTimeKey, RecordVersion, Release
from fourfold.node.roles import Role

KEY = '"8e03978e-40d5-43e6-bc93-6894a57f9324"'
INCIDENT = {
    "kind": "incident",
    "activity": "incident_reporting",
    "slice": "public-incidents",
    "marking": {"tlp": "GREEN"},
    "fields": {"title": "A car", "description": "It did not stop.", "analyst_note": "Ask twice."},
}


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Caller:
    """A program with one account."""

    def __init__(self, name: str, *roles: Role) -> None:
        add_account(name, "correct horse battery", roles, "operator")
        clear(name)
        self.headers = {"authorization": f"Bearer {issue_token(name, 'tests', 1, 'operator')}"}

    def post(self, path: str, body: Any, key: str | None = KEY, method: str = "POST") -> tuple[int, Any]:
        headers = {**self.headers, **({"idempotency-key": key} if key is not None else {})}
        answer = Client().generic(
            method,
            f"/api/v1{path}",
            data=json.dumps(body).encode(),
            content_type="application/json",
            headers=headers,
        )
        return answer.status_code, json.loads(answer.content)


def test_the_same_call_by_the_same_key_acts_once_and_is_answered_alike(me: Any) -> None:
    del me  # asked for, so that there is a node
    ada, grace = Caller("ada", Role.ANALYST), Caller("grace", Role.ANALYST)
    first = ada.post("/records", INCIDENT)
    assert first[0] == 201
    assert ada.post("/records", INCIDENT) == ada.post("/records", INCIDENT, KEY.strip('"')) == first
    assert RecordVersion.objects.count() == 1
    status, told = ada.post("/records", {**INCIDENT, "slice": None})
    assert (status, told["title"]) == (422, "This key was used for another request.")
    changes = {name: INCIDENT[name] for name in ("slice", "marking", "fields")}
    assert ada.post(f"/records/{first[1]['id']}", changes, method="PUT")[0] == 422
    assert grace.post("/records", INCIDENT)[1]["id"] != first[1]["id"]
    assert ada.post("/records", INCIDENT, "another")[1]["id"] != first[1]["id"]
    assert ada.post("/records", INCIDENT, None)[1]["id"] != first[1]["id"]
    assert RecordVersion.objects.count() == 4


def test_a_refused_call_uses_no_key_up_and_one_that_has_not_ended_is_told(
    me: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del me  # asked for, so that there is a node
    ada = Caller("ada", Role.ANALYST)
    assert ada.post("/records", {**INCIDENT, "fields": {}})[0] == 400
    assert ada.post("/records", INCIDENT)[0] == 201
    OneTimeKey.objects.update(answer=None)
    monkeypatch.setattr(once, "PATIENCE", 0.0)
    status, told = ada.post("/records", INCIDENT)
    assert (status, "has not ended" in told["detail"]) == (409, True)
    for key in ("", " ", '"', '""', '"a', "a b", "ä", "x" * 256):
        status, told = ada.post("/records", INCIDENT, key)
        assert (status, told["faults"][0]["field"]) == (400, "Idempotency-Key"), key
    assert RecordVersion.objects.count() == 1


def test_what_is_answered_again_passes_what_the_caller_may_see_now(agreed: Any, other: Any) -> None:
    del agreed  # asked for, so that something may pass
    ada = Caller("ada", Role.ANALYST)
    _, kept = ada.post("/records", INCIDENT, "one")
    way = f"/records/{kept['id']}/releases"
    status, made = ada.post(way, {"to": other.peer.institution}, "two")
    assert (status, ada.post(way, {"to": other.peer.institution}, "two")) == (201, (201, made))
    assert Release.objects.count() == 1
    body = {"reason": "wrong", "again": True}
    first = ada.post(f"/records/{kept['id']}/correction", body, "three")
    assert (first[0], len(first[1]["withdrawn"]), len(first[1]["released"])) == (200, 1, 1)
    assert ada.post(f"/records/{kept['id']}/correction", body, "three") == first
    assert Release.objects.count() == 2
    set_roles("ada", [Role.OPERATOR], "operator")
    assert ada.post(way, {"to": other.peer.institution}, "two")[0] == 403
    content = json.dumps(list(OneTimeKey.objects.values_list("answer", flat=True)))
    assert "A car" not in content
    assert "It did not stop" not in content


def test_every_operation_that_changes_something_says_how_it_is_answered_again() -> None:
    changing = {
        name_of(view.view_func)
        for _, router in api._routers
        for path in router.path_operations.values()
        for view in path.operations
        if view.methods != ["GET"]
    }
    assert AGAIN.keys() | REPEATABLE == changing
    assert not AGAIN.keys() & REPEATABLE


def test_every_operation_that_changes_something_describes_its_key() -> None:
    for path in api.get_openapi_schema()["paths"].values():
        for method, operation in path.items():
            names = {each["name"] for each in operation.get("parameters", ())}
            assert ("Idempotency-Key" in names) is (method != "get")
