"""By API too: what was handed in, passing on, corrections foreseen, consents shown, seals, proofs, keys."""

import json
from typing import Any

import pytest
from django.test import Client
from readers import clear

from fourfold.canon import canonical_bytes
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.add_client import NewClient, add_client
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.actions.take_submission import take_submission
from fourfold.node.models import Checkpoint, RecordVersion, Submitted
from fourfold.node.roles import Role
from fourfold.records.markings import Marking, Tlp
from fourfold.records.signing import fingerprint

GREEN_1 = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"


@pytest.fixture
def ask(me: Any) -> Any:
    """Ask as an account with these roles: method, path, body; the status and what came."""
    del me  # asked for, so that there is a node
    client, tokens = Client(), {}

    def asked(role: Role, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        if role not in tokens:
            add_account(role.value, "correct horse battery", [role], "operator")
            clear(role.value)
            tokens[role] = issue_token(role.value, "tests", 1, "operator")
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        headers = {"authorization": f"Bearer {tokens[role]}"}
        answer = client.generic(method, f"/api/v1{path}", headers=headers, **given)
        return answer.status_code, json.loads(answer.content)

    return asked


@pytest.fixture
def handed(me: Any) -> Any:
    """Hand an incident in, as a third-party client; its row."""
    del me  # asked for, so that there is a node
    client = add_client(NewClient("CERT feed", may_submit=True), "operator", None).client

    def hand(**changes: Any) -> Submitted:
        given = {
            "type": "incident",
            "spec_version": "2.1",
            "id": "incident--5d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10",
            "created": "2026-11-01T09:00:00.000Z",
            "modified": "2026-11-01T09:00:00.000Z",
            "name": "A drone fell",
            "object_marking_refs": [GREEN_1],
        }
        take_submission(client, [canonical_bytes({**given, **changes})])
        return Submitted.objects.latest("pk")

    return hand


def test_what_was_handed_in_is_listed_shown_accepted_and_rejected(ask: Any, handed: Any) -> None:
    one, two = handed(), handed(type="??")
    status, listed = ask(Role.READER, "GET", "/inbox")
    assert (status, [each["number"] for each in listed["items"]]) == (200, [two.pk, one.pk])
    _, narrowed = ask(Role.READER, "GET", "/inbox?state=quarantined")
    assert [each["number"] for each in narrowed["items"]] == [two.pk]
    _, shown = ask(Role.READER, "GET", f"/inbox/{one.pk}")
    assert (shown["markings"], shown["marking"]["tlp"], shown["wire"]) == (
        [GREEN_1],
        "GREEN",
        bytes(one.wire).decode(),
    )
    assert ask(Role.READER, "POST", f"/inbox/{one.pk}/acceptance", {})[0] == 403
    status, told = ask(Role.ANALYST, "POST", f"/inbox/{one.pk}/acceptance", {"originators": ["Own"]})
    assert (status, "second person" in told["detail"]) == (409, True)
    status, told = ask(
        Role.ANALYST, "POST", f"/inbox/{one.pk}/acceptance", {"fields": {"title": "", "x": "y"}}
    )
    assert (status, {each["field"] for each in told["faults"]}) == (400, {"title", "x"})
    status, kept = ask(Role.ANALYST, "POST", f"/inbox/{one.pk}/acceptance", {"fields": {"title": "A drone"}})
    assert (status, kept["state"]) == (200, "accepted")
    assert RecordVersion.objects.get(record=kept["record"]).title == "A drone"
    for _ in range(2):
        status, gone = ask(Role.ANALYST, "POST", f"/inbox/{two.pk}/rejection")
        assert (status, gone["state"]) == (200, "rejected")
    assert ask(Role.READER, "GET", f"/inbox/{two.pk}")[1]["wire"] is None
    assert ask(Role.ANALYST, "POST", f"/inbox/{one.pk}/rejection")[0] == 409
    assert ask(Role.READER, "GET", "/inbox/99")[0] == 404


def test_what_was_received_is_kept_to_pass_on(ask: Any, other: Any, agreed: Any) -> None:
    more = {"slice": "public-incidents", "activity": "incident_reporting", "marking": Marking(tlp=Tlp.GREEN)}
    row = other.send("incident", {"title": "A tram", "description": "Backwards."}, **more)
    path = f"/received/{row.pk}/records"
    assert ask(Role.OFFICER, "POST", path, {})[0] == 403
    wanted = {"slice": "public-incidents", "fields": ["title"]}
    status, kept = ask(Role.ANALYST, "POST", path, wanted)
    assert (status, kept["title"]) == (201, "A tram")
    assert ask(Role.ANALYST, "POST", path, wanted)[1]["id"] == kept["id"]
    _, whole = ask(Role.READER, "GET", f"/records/{kept['id']}")
    assert (whole["fields"], whole["originators"]) == ({"title": "A tram"}, [other.who.id])
    status, told = ask(Role.ANALYST, "POST", path, {"fields": ["colour"]})
    assert (status, told["faults"][0]["field"]) == (400, "fields")
    status, told = ask(Role.ANALYST, "POST", "/consents", {"record": kept["id"], "to": "Other"})
    assert status == 409
    del agreed


def test_a_correction_is_foreseen_and_followed(ask: Any, incident: Any, other: Any, agreed: Any) -> None:
    del other, agreed  # asked for, so that something may pass
    record = incident().record
    assert ask(Role.READER, "GET", f"/records/{record}/correction")[1]["holders"] == []
    ask(Role.ANALYST, "POST", f"/records/{record}/releases", {"to": "Other"})
    _, before = ask(Role.READER, "GET", f"/records/{record}/correction")
    assert before["phrase"].startswith("This was released in error.")
    assert [(each["recipient"], each["state"], each["withdrawn"]) for each in before["holders"]] == [
        ("Other", "shared", None)
    ]
    ask(Role.ANALYST, "POST", f"/records/{record}/correction", {})
    _, after = ask(Role.READER, "GET", f"/records/{record}/correction")
    assert [each["state"] for each in after["holders"]] == ["withdrawal-not-held"]
    assert (before["again"], before["before"]) == (["Other"], [])
    assert (after["again"], after["before"]) == ([], ["Other"])


def test_a_consent_is_shown_by_its_id_or_not_at_all(ask: Any, agreed: Any) -> None:
    del agreed  # asked for, so that there is a node with a counterpart
    absent = "release--00000000-0000-4000-8000-000000000000"
    assert ask(Role.READER, "GET", f"/consents/{absent}")[0] == 404
    assert ask(Role.OPERATOR, "GET", f"/consents/{absent}")[0] == 403


def test_a_stub_is_shown_before_it_leaves(ask: Any, incident: Any, other: Any, agreed: Any) -> None:
    del other, agreed  # asked for, so that there are slices; that at separation lets no stub pass
    record = incident(slice="sensitive-incidents").record
    status, told = ask(Role.READER, "GET", f"/records/{record}/stubs?to=Other")
    assert (status, told["outcome"], told["stub"]) == (200, "withhold", None)
    assert told["reasons"][0]["row"] == 1
    assert ask(Role.READER, "GET", f"/records/{record}/stubs")[0] == 400
    assert ask(Role.READER, "GET", f"/records/{record}/stubs?to=Nobody")[0] == 400


def test_a_record_is_sealed_and_proved_once_it_is_countersigned(
    ask: Any, incident: Any, other: Any, agreed: Any
) -> None:
    del other, agreed  # asked for, so that there is a witness
    record = incident().record
    assert ask(Role.READER, "POST", f"/records/{record}/seals", {"witness": "Other"})[0] == 403
    status, made = ask(Role.ANALYST, "POST", f"/records/{record}/seals", {"witness": "Other"})
    assert (status, made["witness"], made["version"]) == (201, "Other", 1)
    assert ask(Role.READER, "GET", f"/records/{record}/seals")[1] == [made]
    status, told = ask(Role.ANALYST, "POST", f"/records/{record}/proofs", {"witness": "Other"})
    assert (status, "has not countersigned" in told["detail"]) == (409, True)
    assert not Checkpoint.objects.exclude(cosigned=None).exists()


def test_keys_are_seen_by_those_who_watch_and_changed_by_nobody(ask: Any, me: Any, other: Any) -> None:
    status, keys = ask(Role.OPERATOR, "GET", "/keys")
    assert status == 200
    assert {each["fingerprint"] for each in keys} == {
        fingerprint(signer.key) for who in (me, other.who) for signer in (who.institution, who.node)
    }
    for method in ("POST", "PUT", "DELETE"):
        assert Client().generic(method, "/api/v1/keys").status_code == 405
