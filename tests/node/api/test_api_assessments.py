"""Assessing through the API: the same rules as by page, told as data."""

import json
from typing import Any

import pytest
from django.test import Client
from readers import clear

from fourfold.node import models
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.handle_received import handle
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.roles import Role
from fourfold.records import seal

ACTIVITY = "talent_pool"
PATH = f"/api/v1/assessments/{ACTIVITY}"


@pytest.fixture
def ask(other: Any) -> Any:
    """A program of a liaison officer; or of somebody else."""
    del other  # asked for, so that there is a counterpart
    tokens: dict[Role, str] = {}

    def asked(method: str, path: str, body: Any = None, role: Role = Role.LIAISON) -> tuple[int, Any]:
        if role not in tokens:
            add_account(role.value, "correct horse battery", [role], "operator")
            clear(role.value)
            tokens[role] = issue_token(role.value, "tests", 1, "operator")
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        headers = {"authorization": f"Bearer {tokens[role]}"}
        answer = Client().generic(method, path, headers=headers, **given)
        return answer.status_code, json.loads(answer.content)

    return asked


def part(seen: str | None = None, **answers: Any) -> dict[str, Any]:
    return {"name": "exchanges", "answers": answers, "seen": seen}


def test_an_officer_answers_seals_and_reveals_and_both_read_the_same(ask: Any, other: Any) -> None:
    given = {"values": ["minimal", "none"], "because": "public people", "date": "2026-03-31"}
    status, made = ask("PUT", f"{PATH}/parts", part(sens=given, better={"values": ["yes"], "withheld": True}))
    assert status == 200
    assert made["parts"][0]["answers"]["sens"] == {
        "values": ["none", "minimal"],
        "because": "public people",
        "source": "",
        "date": "2026-03-31",
        "withheld": False,
        "by": "liaison",
        "at": made["parts"][0]["answers"]["sens"]["at"],
    }
    alone = ask("GET", f"{PATH}/alone")[1]
    assert alone["slices"][0]["verdicts"]["collaboration"]["verdict"] == "open"
    assert ask("POST", f"{PATH}/seal", {"seen": "sha256:" + 64 * "0"})[0] == 409
    assert ask("POST", f"{PATH}/seal", {"seen": made["digest"]})[1]["state"] == "sealed"
    assert ask("POST", f"{PATH}/reveal")[0] == 409
    assert ask("GET", f"{PATH}/joint")[0] == 409
    theirs = {
        "activity": ACTIVITY,
        "framework": alone["framework"]["digest"],
        "slices": [{"name": "exchanges", "answers": {"sens": ["high"]}}],
    }
    sealed = {"step": "seal", "activity": ACTIVITY, "seal": seal(theirs, 64 * "1", other.who.id)}
    handle(other.send("assessment", sealed))
    assert ask("POST", f"{PATH}/reveal")[1]["state"] == "ours revealed"
    handle(other.send("assessment", {**sealed, "step": "reveal", "nonce": 64 * "1", "answers": theirs}))
    joint = ask("GET", f"{PATH}/joint", role=Role.READER)[1]
    assert joint["slices"][0]["disagreements"][0]["criterion"] == "sens"
    agenda = ask("GET", "/api/v1/assessments/agenda", role=Role.READER)[1]
    (activity,) = agenda["activities"]
    (point,) = activity["parts"][0]["points"]
    assert point["differences"][0]["said"][0]["values"] in (["none", "minimal"], ["high"])
    assert {"level": "collaboration", "before": "ruled-out", "after": "open"} in point["settlements"][0][
        "effects"
    ]


def test_answers_that_somebody_changed_meanwhile_are_not_overwritten(ask: Any) -> None:
    first = ask("PUT", f"{PATH}/parts", part("", cap={"values": ["yes"]}))[1]
    seen = first["parts"][0]["digest"]
    ask("PUT", f"{PATH}/parts", part(seen, cap={"values": ["no"]}))
    status, problem = ask("PUT", f"{PATH}/parts", part(seen, cap={"values": ["yes"]}))
    assert (status, "meanwhile" in problem["detail"]) == (409, True)
    assert ask("PUT", f"{PATH}/parts", part("", cap={"values": ["yes"]}))[0] == 409
    assert ask("GET", PATH)[1]["parts"][0]["answers"]["cap"]["values"] == ["no"]


def test_every_wrong_answer_is_told_at_once_and_nothing_is_kept(ask: Any) -> None:
    wrong = {
        "sens": {"values": ["enormous"]},
        "nothing": {"values": ["yes"]},
        "cap": {"values": ["no", "no"]},
    }
    status, problem = ask("PUT", f"{PATH}/parts", part(**wrong))
    assert status == 400
    assert {fault["field"] for fault in problem["faults"]} == set(wrong)
    assert ask("PUT", "/api/v1/assessments/no_such/parts", part(cap={"values": ["no"]}))[0] == 400
    assert not models.JointAssessment.objects.exists()


def test_parts_are_added_renamed_and_removed(ask: Any) -> None:
    names = [each["name"] for each in ask("POST", f"{PATH}/parts", {"names": ["a", "b"]})[1]["parts"]]
    assert names == ["a", "b"]
    made = ask("POST", f"{PATH}/parts/renaming", {"name": "a", "new": "c"})[1]
    assert [each["name"] for each in made["parts"]] == ["c", "b"]
    assert ask("POST", f"{PATH}/parts/renaming", {"name": "a", "new": "d"})[0] == 404
    assert ask("POST", f"{PATH}/parts/renaming", {"name": "c", "new": "B"})[0] == 400
    stale = {"name": "c", "seen": "sha256:" + 64 * "0"}
    assert ask("POST", f"{PATH}/parts/removal", stale)[0] == 409
    assert [each["name"] for each in ask("POST", f"{PATH}/parts/removal", {"name": "c"})[1]["parts"]] == ["b"]


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.LIAISON])
def test_others_answer_nothing(ask: Any, role: Role) -> None:
    ask("POST", f"{PATH}/parts", {"names": ["a"]})
    for method, path, body in (
        ("PUT", "/parts", part()),
        ("POST", "/parts", {"names": ["b"]}),
        ("POST", "/parts/renaming", {"name": "a", "new": "b"}),
        ("POST", "/parts/removal", {"name": "a"}),
        ("POST", "/seal", {}),
        ("POST", "/reveal", None),
    ):
        assert ask(method, PATH + path, body, role)[0] == 403, path
    assert (ask("GET", PATH, role=role)[0] == 200) == (role is not Role.OPERATOR)


def test_with_several_counterparts_one_has_to_be_named(ask: Any, other: Any, join_with: Any) -> None:
    join_with("Third")
    assert ask("GET", "/api/v1/assessments")[0] == 400
    assert ask("POST", f"{PATH}/parts?with=Third", {"names": ["a"]})[0] == 200
    assert ask("GET", f"{PATH}?with={other.who.id}")[0] == 404
