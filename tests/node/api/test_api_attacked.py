"""The API attacked: bodies with two meanings, and second acts in the body of a first."""

import json
import re
from itertools import product
from typing import Any

import pytest
from django.test import Client
from readers import clear

from fourfold.exchange.limits import MAX_DEPTH, MAX_POST_BYTES
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.api import records
from fourfold.node.api.app import api
from fourfold.node.models import RecordVersion, Release
from fourfold.node.operating.logs import JsonFormatter
from fourfold.node.roles import Act, Role, acts_of

INCIDENT = '{"kind":"incident","activity":"incident_reporting","slice":"public-incidents",%s"fields":%s}'
FIELDS = {"title": "A car", "description": "It did not stop.", "analyst_note": "Ask twice."}
GREEN = '"marking":{"tlp":"GREEN"},'


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Caller:
    """A program with one account, which sends bytes as they are given."""

    def __init__(self, name: str, *roles: Role) -> None:
        add_account(name, "correct horse battery", roles, "operator")
        clear(name)
        self.headers = {"authorization": f"Bearer {issue_token(name, 'tests', 1, 'operator')}"}

    def send(self, path: str, body: Any) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Client().generic(
            "POST", f"/api/v1{path}", data=data, content_type="application/json", headers=self.headers
        )


def incident_text(marking: str = GREEN, fields: str = json.dumps(FIELDS)) -> bytes:
    return (INCIDENT % (marking, fields)).encode()


BODIES = {
    "as it should be": (incident_text(), 201),
    "a name twice": (incident_text('"marking":{"tlp":"RED"},' + GREEN), 400),
    "twice, within": (incident_text('"marking":{"tlp":"RED","tlp":"CLEAR"},'), 400),
    "twice, escaped": (incident_text(r'"marking":{"tlp":"RED","t\u006cp":"CLEAR"},'), 400),
    "not a number": (incident_text(fields='{"title":"A","severity":NaN}'), 400),
    "infinite": (incident_text(fields='{"title":"A","severity":-Infinity}'), 400),
    "deep": (incident_text(fields='{"title":%s}' % ("[" * MAX_DEPTH + "]" * MAX_DEPTH)), 400),
    "no UTF-8": (b"\xff" + incident_text(), 400),
    "large": (b" " * (MAX_POST_BYTES + 1), 413),
}


def test_f13_a_body_has_one_meaning_or_is_refused(me: Any) -> None:
    del me  # asked for, so that there is a node
    ada = Caller("ada", Role.ANALYST)
    for name, (body, status) in BODIES.items():
        before = RecordVersion.objects.count()
        answer = ada.send("/records", body)
        kept = RecordVersion.objects.count() - before
        assert (answer.status_code, kept) == (status, int(status == 201)), name
        if status == 400:
            assert all(each["message"] and each["remedy"] for each in answer.json()["faults"]), name


def test_f12_a_right_form_is_written_only_by_whoever_may_keep_records(
    agreed: Any, other: Any, incident: Any
) -> None:
    del agreed  # asked for, so that something was released
    analyst = Caller("ada", Role.ANALYST)
    for role, right in product(Role, (False, True)):
        row = incident("author")
        made = analyst.send(f"/records/{row.record}/releases", {"to": other.peer.institution})
        assert made.status_code == 201
        title = f"WRITTEN by {role}"
        form = {"marking": {"tlp": "GREEN"}, "slice": row.slice, "fields": {**FIELDS, "title": title}}
        body = {"reason": "wrong", "right": form} if right else {"reason": "wrong"}
        answer = Caller(f"{role}-{right}", role).send(f"/records/{row.record}/correction", body)
        needed = {Act.RELEASE, Act.WRITE} if right else {Act.RELEASE}
        may = needed <= acts_of(frozenset({role}))
        assert answer.status_code == (200 if may else 403)
        assert RecordVersion.objects.filter(title=title).exists() is (may and right)
        released = Release.objects.filter(record=row.record, withdrawn=None)
        assert released.exists() is (not may or right)


def test_f12_no_other_body_has_the_content_of_a_record_in_it() -> None:
    """A new operation whose body writes beside what it does has to ask for that too, and stands here then."""
    described = api.get_openapi_schema()
    shapes = described["components"]["schemas"]
    bodies = {
        operation["operationId"]: operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for path in described["paths"].values()
        for operation in path.values()
        if "requestBody" in operation
    }
    inside = {
        name
        for name, body in bodies.items()
        if re.search(r"/(ChangeIn|RecordIn)\b", json.dumps(shapes[body.rpartition("/")[2]]))
    }
    assert inside == {"fourfold_node_api_records_correct"}


def test_what_nobody_foresaw_is_told_as_a_problem_and_noted_by_its_class(
    me: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    del me  # asked for, so that there is a node

    def fail(_id: str) -> None:
        raise ZeroDivisionError("canary-3c1e")

    monkeypatch.setattr(records, "preview_release", fail)
    place = "/api/v1/records/record--00000000-0000-4000-8000-000000000000/preview"
    answer = Client().get(place, headers=Caller("ada", Role.READER).headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "canary" not in answer.content.decode()
    (line,) = [JsonFormatter().format(each) for each in caplog.records if each.exc_info]
    assert "ZeroDivisionError" in line
    assert "canary" not in line
