"""Proposals and joint records by the API: who may, what comes back, and that a rule refuses as elsewhere."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from readers import clear

from fourfold.node import models
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.roles import Act, Role, acts_of
from fourfold.protocols.coordination import Move

PASSWORD = "correct horse battery"
MAPPING = {
    "title": "Serious incidents",
    "due": "2099-12-31",
    "first": {"name": "Regime one"},
    "second": {"name": "Regime two"},
    "rows": [{"first": "death", "relation": "exact", "second": "death"}],
}
PROPOSAL = {
    "kind": "definition_mapping",
    "slice": "definitions",
    "marking": {"tlp": "GREEN"},
    "to": ["Other"],
}
ENTRY = {
    "kind": "registry_contribution",
    "slice": "registry",
    "marking": {"tlp": "GREEN"},
    "to": ["Other"],
    "fields": {"title": "A car did not stop"},
}
NONE = "sha256:" + 64 * "0"


class Program:
    """A program of one account."""

    def __init__(self, token: str) -> None:
        self.client, self.headers = Client(), {"authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = self.client.generic(method, f"/api/v1{path}", headers=self.headers, **given)
        return answer.status_code, json.loads(answer.content)


@pytest.fixture
def program(end: Any) -> Any:
    """Make the program of an account, on a node with a slice at each level."""
    del end  # asked for, so that there is one

    def made(name: str, *roles: Role) -> Program:
        add_account(name, PASSWORD, roles, "operator")
        clear(name)
        return Program(issue_token(name, "tests", 1, "operator"))

    return made


def proposed(program: Program, **changes: Any) -> dict[str, Any]:
    status, made = program.ask("POST", "/proposals", {**PROPOSAL, "fields": {**MAPPING, **changes}})
    assert status == 201, made
    return made


def test_a_proposal_is_made_amended_there_accepted_committed_to_and_done(program: Any, end: Any) -> None:
    ada = program("ada", Role.LIAISON)
    made = proposed(ada)
    assert (made["state"], made["round"], set(made["parties"])) == ("proposed", 1, {"Other", "Own"})
    place = f"/proposals/{made['digest']}"
    end.hear()
    payload = type(next(iter(end.held.values())))
    theirs = payload(
        **{**end.header(made["digest"]), "originators": frozenset({end.id, *_originators(end)})},
        **{**MAPPING, "title": "Serious incidents, ours and theirs"},
        supersedes=made["digest"],
    )
    end.say("definition_mapping", theirs)
    _, shown = ada.ask("GET", place)
    assert [each["text"]["title"] for each in shown["versions"]] == [MAPPING["title"], theirs.title]
    assert shown["text"]["title"] == theirs.title
    status, answered = ada.ask("POST", f"{place}/answers", {"move": "accept", "note": "Agreed."})
    assert (status, answered["state"]) == (201, "accepted")
    end.hear()
    end.say("answer", end.answer(made["digest"], Move.COMMIT))
    by = {"move": "commit", "by": "2099-06-30"}
    status, committed = ada.ask("POST", f"{place}/answers", by)
    assert (status, committed["state"], committed["commitments"]["Own"]) == (201, "committed", "2099-06-30")
    end.hear()
    end.say("answer", end.answer(made["digest"], Move.FINISH))
    assert ada.ask("POST", f"{place}/answers", {"move": "finish"})[1]["state"] == "done"
    assert ada.ask("GET", "/proposals")[1][0]["state"] == "done"
    assert end.refusals() == []


def _originators(end: Any) -> set[str]:
    return {each.author for each in end.held.values()}


def test_an_amendment_by_the_api_supersedes_and_what_is_old_is_refused(program: Any, end: Any) -> None:
    ada = program("ada", Role.ANALYST)
    made = proposed(ada)
    place = f"/proposals/{made['digest']}"
    status, told = ada.ask("POST", f"{place}/amendments", {"fields": {**MAPPING, "title": "Mine"}})
    assert (status, "not by its proposer" in told["detail"]) == (409, True)
    end.hear()
    end.say("answer", end.answer(made["digest"], Move.DECLINE))
    status, told = ada.ask("POST", f"{place}/answers", {"move": "commit"})
    assert (status, "Propose anew" in told["detail"]) == (409, True)


def test_a_joint_record_is_written_signed_and_published(program: Any, end: Any) -> None:
    ada = program("ada", Role.ANALYST)
    status, made = ada.ask("POST", "/joint-records", ENTRY)
    assert (status, made["state"], made["revision"]) == (201, "drafted", 1)
    place = f"/joint-records/{made['digest']}"
    end.hear()
    end.say("registry_contribution", end.addition(made["digest"], countries=("FR",)), "registry")
    status, more = ada.ask("POST", f"{place}/contributions", {"fields": {"remark": "More."}})
    assert (status, more["revision"], more["entry"]["countries"]) == (201, 3, ["FR"])
    status, told = ada.ask("POST", f"{place}/signatures", {"content": made["content"]})
    assert (status, "has changed since you read it" in told["detail"]) == (409, True)
    status, signed = ada.ask("POST", f"{place}/signatures", {"content": more["content"]})
    assert (status, signed["signed_by"]) == (201, ["Own"])
    end.hear()
    end.say("joint_part", end.signature(made["digest"]), "registry")
    status, published = ada.ask("POST", f"{place}/publication")
    assert (status, published["state"], published["content"]) == (201, "published", more["content"])
    status, told = ada.ask("POST", f"{place}/departure", {})
    assert status == 409


def test_a_draft_is_left_and_ended(program: Any, end: Any) -> None:
    ada = program("ada", Role.ANALYST)
    _, made = ada.ask("POST", "/joint-records", ENTRY)
    _, left = ada.ask("POST", f"/joint-records/{made['digest']}/departure", {"note": "No capacity."})
    assert (left["state"], left["history"][-1]["note"]) == ("abandoned", "No capacity.")
    del end


def test_all_faults_of_a_text_come_at_once_with_their_fields(program: Any) -> None:
    ada = program("ada", Role.ANALYST)
    fields = {"title": "", "due": "soon", "rows": [{"relation": "none"}], "first": {"name": "One"}}
    status, told = ada.ask("POST", "/proposals", {**PROPOSAL, "fields": fields})
    assert status == 400
    assert {each["field"] for each in told["faults"]} == {"title", "due", "rows[0]", "second"}
    assert models.RecordVersion.objects.count() == 0


def test_a_slice_below_is_refused_with_its_row(program: Any) -> None:
    ada = program("ada", Role.ANALYST)
    given = {**PROPOSAL, "slice": "public-incidents", "fields": MAPPING}
    status, told = ada.ask("POST", "/proposals", given)
    assert (status, "Row 3" in told["detail"]) == (409, True)


def test_a_step_waits_is_approved_by_another_account_and_leaves(
    program: Any, end: Any, settings: Any
) -> None:
    rule = dict.fromkeys(("approvals_green", "approvals_amber", "approvals_amber_strict"), 1)
    settings.NODE = replace(settings.NODE, **rule)
    ada, officer = program("ada", Role.ANALYST), program("grace", Role.OFFICER)
    made = proposed(ada)
    waiting = made["waiting"]
    assert (made["state"], waiting["by"]) == ("waiting", "ada")
    assert waiting["parties"] == [{"name": "Other", "approved_by": [], "missing": True}]
    assert models.ReleaseVersion.objects.count() == 0
    approval = f"/records/{waiting['record']}/approvals"
    assert ada.ask("POST", approval, {"to": "Other"})[0] == 403
    assert officer.ask("POST", approval, {"to": "Other"})[0] == 201
    _, shown = ada.ask("GET", f"/proposals/{made['digest']}")
    assert (shown["state"], shown["waiting"]) == ("proposed", None)
    end.hear()
    end.say("answer", end.answer(made["digest"], Move.ACCEPT))
    status, step = ada.ask("POST", f"/proposals/{made['digest']}/answers", {"move": "commit"})
    assert (status, step["state"], step["waiting"]["step"]) == (201, "accepted", "committed to it")
    status, dropped = ada.ask("DELETE", f"/proposals/{made['digest']}/waiting")
    assert (status, dropped["record"]) == (200, step["waiting"]["record"])
    assert ada.ask("DELETE", f"/proposals/{made['digest']}/waiting")[0] == 404


ACTS = [
    ("POST", "/proposals", Act.TAKE_PART, {**PROPOSAL, "fields": MAPPING}),
    ("POST", "/proposals/{digest}/amendments", Act.TAKE_PART, {"fields": MAPPING}),
    ("POST", "/proposals/{digest}/answers", Act.TAKE_PART, {"move": "accept"}),
    ("DELETE", "/proposals/{digest}/waiting", Act.TAKE_PART, None),
    ("GET", "/proposals/{digest}", Act.READ, None),
    ("GET", "/proposals", Act.READ, None),
    ("POST", "/joint-records", Act.TAKE_PART, ENTRY),
    ("POST", "/joint-records/{digest}/contributions", Act.TAKE_PART, {"fields": {"remark": "x"}}),
    ("POST", "/joint-records/{digest}/signatures", Act.TAKE_PART, {"content": NONE}),
    ("POST", "/joint-records/{digest}/publication", Act.TAKE_PART, None),
    ("POST", "/joint-records/{digest}/departure", Act.TAKE_PART, {}),
    ("DELETE", "/joint-records/{digest}/waiting", Act.TAKE_PART, None),
    ("GET", "/joint-records/{digest}", Act.READ, None),
    ("GET", "/joint-records", Act.READ, None),
]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_just_what_its_acts_are(program: Any, role: Role) -> None:
    asking, acts = program("ada", role), acts_of(frozenset({role}))
    for method, path, act, body in ACTS:
        status, _ = asking.ask(method, path.format(digest=NONE), body)
        assert (status == 403) == (act not in acts), (method, path, status)
        assert status in {200, 201, 403, 404}, (method, path, status)


def test_one_kind_is_not_found_under_the_other(program: Any) -> None:
    ada = program("ada", Role.ANALYST)
    made = proposed(ada)
    assert ada.ask("GET", f"/joint-records/{made['digest']}")[0] == 404
    assert ada.ask("GET", f"/proposals/{NONE}")[0] == 404
    assert ada.ask("GET", "/proposals/sha256:00")[0] == 400
