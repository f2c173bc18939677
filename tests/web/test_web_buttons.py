"""The demonstration's buttons do what they say, tell what happened, and exist nowhere else."""

from typing import Any

import pytest
from django.test import Client

from fourfold.activities.incident_reporting.records import Incident
from fourfold.node import examples, models
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.import_incidents import Import
from fourfold.node.home import Config
from fourfold.node.roles import Role
from fourfold.records.markings import Marking, Tlp


def told(answer: Any) -> str:
    page = answer.content.decode()
    return page.partition('role="status"')[2].partition("</ul>")[0]


def test_release_puts_what_may_pass_into_the_collection(scene: Any, web: Any) -> None:
    record = scene.keep().record
    answer = web.post(f"/records/{record}/release/", {"to": scene.peer.pk}, follow=True)
    assert "Released to EU AI Office" in told(answer)
    assert "Title, Description." in told(answer)
    made = models.ReleaseVersion.objects.get()
    assert answer.redirect_chain[-1][0] == f"/releases/{made.release_id}/"
    assert sorted(made.passed) == ["description", "title"]
    assert told(web.get("/")) == ""


def test_a_refusal_is_told_in_the_words_of_the_rules(scene: Any, web: Any) -> None:
    record = scene.keep(slice="sensitive-incidents").record
    answer = web.post(
        f"/records/{record}/release/", {"to": scene.peer.pk, "back": f"/records/{record}/"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"/records/{record}/"
    assert "This did not work." in told(answer)
    assert "The slice is at separation: nothing of it leaves." in told(answer)
    assert models.Release.objects.count() == 0


def test_withdraw_makes_a_withdrawal_that_is_pending(scene: Any, web: Any) -> None:
    release = scene.release(scene.keep().record).release_id
    answer = web.post(f"/releases/{release}/withdraw/", follow=True)
    assert "pending until EU AI Office" in told(answer)
    assert models.Release.objects.get().state == "withdrawal-pending"
    assert "Withdraw this release" not in answer.content.decode()


def test_collecting_tells_of_a_counterpart_that_is_not_there(scene: Any, web: Any) -> None:
    models.Peer.objects.update(url="http://127.0.0.1:9/")
    answer = web.post("/inbox/collect/", {"back": "/inbox/"}, follow=True)
    assert "EU AI Office:" in told(answer)
    assert "This did not work." in told(answer)
    assert scene.peer.name in answer.content.decode()


def test_importing_the_examples_twice_changes_nothing(
    scene: Any, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del scene
    brought = Import("demonstration: car", Incident(title="A car"), Marking(tlp=Tlp.CLEAR))
    monkeypatch.setattr(examples, "_providers", [lambda: [brought]])
    assert "Import the example incidents" in web.get("/records/").content.decode()
    assert "1 incident was imported. 0 were here already." in told(web.post("/records/import/", follow=True))
    assert "0 incidents were imported. 1 was here already." in told(web.post("/records/import/", follow=True))
    assert models.RecordVersion.objects.count() == 1


def test_the_evidence_is_checked_and_a_forged_receipt_is_told(scene: Any, web: Any) -> None:
    scene.fill()
    page = web.get(f"/evidence/{scene.peer.pk}/checks/").content.decode()
    assert "The evidence holds" in page
    row = models.ReceiptIn.objects.first()
    body = bytes(row.body).replace(b'"outcome":"stored"', b'"outcome":"refused","reasons":["malformed"]')
    assert body != bytes(row.body)
    row.body = bytes(row.body).replace(b'"version":1', b'"version":2')
    row.save()
    page = web.get(f"/evidence/{scene.peer.pk}/checks/").content.decode()
    assert "Something does not hold" in page


@pytest.mark.parametrize("back", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere", ""])
def test_a_button_never_leads_to_another_site(scene: Any, web: Any, back: str) -> None:
    del scene
    answer = web.post("/inbox/collect/", {"back": back})
    assert answer.headers["Location"] == "/"


def test_a_button_needs_a_form_of_our_own(scene: Any) -> None:
    record = scene.keep().record
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"/records/{record}/release/", {"to": scene.peer.pk})
    assert answer.status_code == 403
    assert "The form had lapsed" in answer.content.decode()
    assert models.Release.objects.count() == 0


def test_a_button_is_no_link(scene: Any, web: Any) -> None:
    record = scene.keep().record
    for path in (f"/records/{record}/release/", "/inbox/collect/", "/records/import/"):
        assert web.get(path).status_code == 405


@pytest.fixture
def closed(settings: Any, node: Any) -> Client:
    """A reader of a node that is no demonstration, signed in."""
    settings.NODE = Config(id=node.id, name=node.name, url="http://127.0.0.1:8471/", demo=False)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    add_account("ada", "correct horse battery", [Role.ANALYST], "operator")
    client = Client()
    assert client.login(username="ada", password="correct horse battery")
    return client


def test_outside_a_demonstration_no_button_is_shown_or_works(scene: Any, closed: Any) -> None:
    scene.fill()
    record = scene.keep().record
    release = models.Release.objects.get(state="acknowledged").pk
    pages = [f"/records/{record}/", f"/releases/{release}/", "/inbox/", "/records/"]
    for path in pages:
        page = closed.get(path).content.decode()
        assert "Demonstration." not in page
        assert page.count('method="post"') == 1, "signing out is all that is left"
    before = models.ReleaseVersion.objects.count()
    for path in (
        f"/records/{record}/release/",
        f"/releases/{release}/withdraw/",
        "/inbox/collect/",
        "/records/import/",
    ):
        assert closed.post(path, {"to": scene.peer.pk}).status_code == 404
    assert models.ReleaseVersion.objects.count() == before


def test_a_reader_signs_in_to_see_anything_and_out_again(scene: Any, closed: Any) -> None:
    scene.fill()
    stranger = Client()
    for path in ("/", "/records/", "/events/", "/about/", f"/evidence/{scene.peer.pk}/checks/"):
        answer = stranger.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in/?next=/")
    page = stranger.get("/sign-in/").content.decode()
    assert "Matrix" not in page
    wrong = stranger.post("/sign-in/", {"username": "ada", "password": "guess"}).content.decode()
    assert "Nobody was signed in." in wrong
    right = stranger.post(
        "/sign-in/", {"username": "ada", "password": "correct horse battery", "next": "/records/"}
    )
    assert right.headers["Location"] == "/records/"
    assert "Sign out" in stranger.get("/").content.decode()
    stranger.post("/sign-out/")
    assert stranger.get("/").status_code == 302
    assert closed.get("/").status_code == 200


def test_the_demonstration_says_so_on_every_page(scene: Any, paths: Any, web: Any) -> None:
    scene.fill()
    for path in [*paths(), "/nothing/"]:
        assert "Demonstration." in web.get(path).content.decode(), path
