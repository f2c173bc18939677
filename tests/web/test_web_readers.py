"""Who may read what, by page and through the API; and files, which bear their marking and are never RED."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from readers import clear

from fourfold.node import models
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.roles import Role
from fourfold.records.markings import Caveat, Marking, Tlp

AMBER, RED = Marking(tlp=Tlp.AMBER), Marking(tlp=Tlp.RED)


@pytest.fixture
def people(signed_in: Any, scene: Any) -> dict[str, Client]:
    """Each signed in; nobody was let read more than everybody."""
    roles = {"olga": Role.OPERATOR, "otto": Role.OPERATOR, "grace": Role.OFFICER, "rita": Role.READER}
    made = {name: signed_in(name, role) for name, role in roles.items()}
    models.Grant.objects.all().delete()
    return made


def number(name: str) -> int:
    return int(get_user_model().objects.get(username=name).pk)


def ask(name: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """A program of an account."""
    headers = {"authorization": f"Bearer {issue_token(name, 'tests', 1, 'operator')}"}
    given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    answer = Client().generic(method, f"/api/v1{path}", headers=headers, **given)
    return answer.status_code, json.loads(answer.content)


def test_two_people_let_somebody_read_by_page_and_one_ends_it(scene: Any, people: dict[str, Client]) -> None:
    kept = scene.titled("Behind the door", marking=AMBER)
    path = f"/records/{kept.record}/"
    assert people["rita"].get(path).status_code == 404
    form = f"/readers/{number('rita')}/"
    assert (
        people["olga"].post(form, {"ceiling": "AMBER", "reason": "desk"}).headers["Location"] == "/readers/"
    )
    waits = models.Grant.objects.get()
    confirm, drop = f"/readers/grants/{waits.pk}/confirm/", f"/readers/grants/{waits.pk}/drop/"
    assert confirm.encode() not in people["olga"].get("/readers/").content
    assert confirm.encode() in people["grace"].get("/readers/").content
    assert drop.encode() in people["grace"].get("/readers/").content
    people["olga"].post(confirm)
    assert people["rita"].get(path).status_code == 404
    people["grace"].post(confirm)
    assert b"Behind the door" in people["rita"].get(path).content
    people["olga"].post(f"/readers/grants/{waits.pk}/end/")
    assert people["rita"].get(path).status_code == 404


def test_the_administrators_page_shows_labels_and_ids_and_no_title(
    scene: Any, people: dict[str, Client]
) -> None:
    kept = scene.titled("Behind the door", marking=RED)
    page = people["olga"].get("/readers/").content.decode()
    assert kept.record in page
    assert "nobody reads it" in page
    assert "Behind the door" not in page
    assert people["olga"].get("/records/").status_code == 403
    assert people["rita"].get("/readers/").status_code == 403
    assert b">Readers<" not in people["rita"].get("/records/").content


def test_a_form_says_all_that_is_wrong_with_a_grant(people: dict[str, Client]) -> None:
    path = f"/readers/{number('rita')}/"
    told = (
        people["olga"]
        .post(path, {"ceiling": "RED", "named": "a title", "until": "2020-01-01"})
        .content.decode()
    )
    for words in ("RED is read by those named", "is no id", "This is past"):
        assert words in told
    assert people["olga"].get("/readers/4711/").status_code == 404
    assert people["grace"].get(path).status_code == 403
    assert not models.Grant.objects.exists()


def test_programs_grant_and_end_as_people_do_and_read_nothing_red(
    scene: Any, people: dict[str, Client]
) -> None:
    kept, red = scene.titled("Amber", marking=AMBER), scene.titled("Red", marking=RED)
    given = {"account": "rita", "ceiling": "AMBER", "named": [red.record]}
    assert ask("grace", "POST", "/readers/grants", given)[0] == 403
    status, made = ask("olga", "POST", "/readers/grants", given)
    assert (status, made["state"]) == (201, "waits")
    assert ask("olga", "POST", f"/readers/grants/{made['number']}/confirmation")[0] == 409
    assert ask("otto", "POST", f"/readers/grants/{made['number']}/confirmation")[1]["state"] == "stands"
    assert ask("rita", "GET", f"/records/{kept.record}")[0] == 200
    assert ask("rita", "GET", f"/records/{red.record}")[0] == 404
    assert people["rita"].get(f"/records/{red.record}/").status_code == 200
    assert [each["title"] for each in ask("rita", "GET", "/records")[1]["items"]] == ["Amber"]
    (row,) = (each for each in ask("otto", "GET", "/readers")[1] if each["name"] == "rita")
    assert row["grants"][0]["named"][0]["id"] == red.record
    assert ask("olga", "DELETE", f"/readers/names/{row['grants'][0]['named'][0]['number']}")[0] == 200
    assert ask("olga", "DELETE", f"/readers/grants/{made['number']}")[1]["state"] == "ended"
    assert ask("rita", "GET", f"/records/{kept.record}")[0] == 404
    assert {each["id"] for each in ask("olga", "GET", "/readers/missing")[1]} >= {red.record}


def test_evidence_is_for_those_cleared_for_all_but_red_and_holds_nothing_red(
    scene: Any, people: dict[str, Client]
) -> None:
    scene.release(scene.titled("Told").record)
    scene.receive(scene.sent("Told to us"))
    red = scene.sent("Red to us", marking=RED)
    scene.receive(red)
    path = f"/evidence/{scene.peer.pk}/files/"
    assert people["rita"].post(path).status_code == 403
    assert people["rita"].get(f"/evidence/{scene.peer.pk}/checks/").status_code == 403
    assert b"Size now" not in people["rita"].get("/evidence/").content
    clear("rita", named=(red.id,))
    answer = people["rita"].post(path)
    assert "TLP-AMBER-STRICT.zip" in answer.headers["Content-Disposition"].replace("+", "-")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held["MARKING.txt"] == b"TLP:AMBER+STRICT\n"
    content = b"".join(held.values())
    assert (b"Told to us" in content, b"Red to us" in content) == (True, False)
    noted = models.Event.objects.get(tag=models.Tag.EVIDENCE_EXPORTED)
    assert noted.actor == "rita"


def test_an_agenda_that_is_taken_bears_its_marking_and_is_noted(
    scene: Any, people: dict[str, Client]
) -> None:
    scene.assess()
    path = "/activities/incident_reporting/agenda/text/"
    hidden = people["rita"].get(path).content.decode()
    assert "Decisive" not in hidden
    clear("rita", Tlp.AMBER_STRICT, (), "incident_reporting")
    answer = people["rita"].get(path)
    assert answer.content.decode().startswith("TLP:AMBER+STRICT\n")
    assert "settled at" in answer.content.decode() or "## " in answer.content.decode()
    taken = models.Event.objects.filter(tag=models.Tag.FILE_TAKEN)
    assert {(each.actor, each.subject) for each in taken} == {("rita", "incident_reporting")}


def test_whoever_collects_is_told_how_much_came_only_if_cleared_for_all(
    people: dict[str, Client], scene: Any
) -> None:
    models.Peer.objects.update(url="")
    status, told = ask("grace", "POST", "/collections")
    assert status == 200
    assert all(each["stored"] is None for each in told)
    clear("grace")
    assert all(isinstance(each["stored"], int) for each in ask("grace", "POST", "/collections")[1])


def test_a_grant_of_every_caveat_is_whole_and_of_all_but_one_is_not(
    scene: Any, people: dict[str, Client]
) -> None:
    del scene
    clear("rita", caveats=tuple(Caveat)[1:])
    assert ask("rita", "GET", "/logs")[1] == [] or ask("rita", "GET", "/logs")[1][0]["size"] is None
    clear("rita")
    assert all(each["size"] is not None for each in ask("rita", "GET", "/logs")[1])
