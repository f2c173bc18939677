"""Drafting through the API: the same actions as by page, told as data."""

import json
from typing import Any

import pytest
from django.test import Client
from readers import clear

from fourfold.framework import shipped
from fourfold.node import assessing, models
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.roles import Role
from fourfold.planning import example_plan, load_plan

PATH = "/api/v1/agreements/drafts"


@pytest.fixture
def ask(other: Any) -> Any:
    """A program of a liaison officer, on a node where incidents are assessed by both sides."""
    plan = load_plan(example_plan(), file="example", framework=shipped())
    planned = plan.activity("incident_reporting")
    models.JointAssessment.objects.create(
        peer=other.peer,
        activity=planned.id,
        state="joint",
        answers=assessing.own_answers(planned, "AISI"),
        their_answers=assessing.own_answers(planned, "AIO"),
    )

    def asked(method: str, path: str, body: Any = None, role: Role = Role.LIAISON) -> tuple[int, Any]:
        if not models.AccountRole.objects.filter(role=role.value).exists():
            add_account(role.value, "correct horse battery", [role], "operator")
            clear(role.value)
        token = issue_token(role.value, "tests", 1, "operator")
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = Client().generic(method, PATH + path, headers={"authorization": f"Bearer {token}"}, **given)
        return answer.status_code, json.loads(answer.content)

    return asked


def begun(ask: Any) -> dict[str, Any]:
    status, made = ask("POST", "", {"activity": "incident_reporting", "title": "Incidents"})
    assert status == 201
    return made


def test_a_draft_is_begun_changed_and_proposed_unsigned(ask: Any, other: Any) -> None:
    made = begun(ask)
    assert made["faults"] == []
    assert ask("GET", "")[1][0]["with"] == other.peer.name
    path = f"/{made['number']}"
    text = {**made["text"], "title": "Incidents, told"}
    changed = ask("PUT", path, {"text": text, "seen": made["digest"]})[1]
    assert (changed["title"], changed["changed_by"]) == ("Incidents, told", "liaison")
    assert ask("PUT", path, {"text": text, "seen": made["digest"]})[0] == 409
    assert ask("POST", f"{path}/proposal", {"seen": made["digest"]})[0] == 409
    row = ask("POST", f"{path}/proposal", {"seen": changed["digest"]})[1]
    assert (row["state"], row["signed_by"]) == ("proposed", [])
    assert ask("POST", f"{path}/proposal", {})[1]["digest"] == row["digest"]
    assert models.ReleaseVersion.objects.count() == 1
    assert ask("PUT", path, {"text": text})[0] == 409
    assert ask("DELETE", path)[0] == 409
    amended = ask("POST", "/amendments", {"agreement": row["digest"]})[1]
    assert amended["text"]["title"] == "Incidents, told"


def test_faults_are_told_and_keep_a_text_from_being_proposed(ask: Any) -> None:
    made = begun(ask)
    text = {**made["text"], "expires": made["text"]["valid_from"]}
    changed = ask("PUT", f"/{made['number']}", {"text": text})[1]
    assert [fault["field"] for fault in changed["faults"]] == ["expires"]
    status, problem = ask("POST", f"/{made['number']}/proposal", {})
    assert (status, problem["faults"][0]["field"]) == (400, "expires")
    assert not models.ReleaseVersion.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 2},
        {"id": "agreement--0f8fad5b-d9cb-469f-a165-70867728950e"},
        {"predecessor": "sha256:" + 64 * "0"},
        {"framework": "sha256:" + 64 * "0"},
        {"founding": True},
    ],
)
def test_a_draft_stays_where_it_is_in_its_chain(ask: Any, changes: dict[str, Any]) -> None:
    made = begun(ask)
    assert ask("PUT", f"/{made['number']}", {"text": {**made["text"], **changes}})[0] == 409


def test_a_draft_is_given_up_once(ask: Any) -> None:
    made = begun(ask)
    for _ in range(2):
        assert ask("DELETE", f"/{made['number']}")[1]["dropped"]
    assert ask("GET", "")[1] == []
    assert ask("POST", f"/{made['number']}/proposal", {})[0] == 409
    assert ask("GET", "/999")[0] == 404


def test_what_cannot_be_drafted_is_refused(ask: Any, other: Any) -> None:
    assert ask("POST", "", {"activity": "standards", "title": "Standards"})[0] == 400
    models.JointAssessment.objects.create(peer=other.peer, activity="standards", state="drafted")
    assert ask("POST", "", {"activity": "standards", "title": "Standards"})[0] == 409
    begin = {"activity": "incident_reporting", "title": "x", "replaces": "sha256:" + 64 * "0"}
    assert ask("POST", "", begin)[0] == 409
    assert ask("POST", "", {"activity": "incident_reporting", "title": "two\nlines"})[0] == 400


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.LIAISON])
def test_others_draft_nothing(ask: Any, role: Role) -> None:
    number = begun(ask)["number"]
    for method, path, body in (
        ("GET", "", None),
        ("POST", "", {"activity": "incident_reporting", "title": "x"}),
        ("GET", f"/{number}", None),
        ("DELETE", f"/{number}", None),
        ("POST", f"/{number}/proposal", {}),
        ("POST", "/amendments", {"agreement": "sha256:" + 64 * "0"}),
    ):
        assert ask(method, path, body, role)[0] == 403, path
