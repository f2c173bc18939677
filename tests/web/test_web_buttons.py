"""The demonstration's buttons do what they say, tell what happened, and exist nowhere else."""

from typing import Any

import pytest
from django.test import Client

from fourfold.activities.incident_reporting.records import Incident
from fourfold.node import examples, models
from fourfold.node.actions.hand_out import hand_out
from fourfold.node.actions.import_incidents import Import
from fourfold.node.roles import Role
from fourfold.records.markings import Marking, Tlp

PASSWORD = "correct horse battery"


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
    sent = scene.release(scene.keep().record)
    hand_out(sent.peer, [sent.pk])
    release = sent.release_id
    assert "Withdrawn from: EU AI Office" in web.get(f"/releases/{release}/withdraw/").content.decode()
    answer = web.post(f"/releases/{release}/withdraw/", follow=True)
    assert "Withdrawn from EU AI Office. It is pending until" in told(answer)
    assert models.Release.objects.get().state == "withdrawal-pending"
    assert "Withdraw this release" not in answer.content.decode()


def test_a_withdrawal_asks_why_and_keeps_the_reason_here(scene: Any, web: Any, read: Any) -> None:
    release = scene.release(scene.keep().record).release_id
    page = read(f"/releases/{release}/withdraw/")
    assert "Withdraw “A car does not stop”" in page.words
    answer = web.post(f"/releases/{release}/withdraw/", {"reason": "  wrong recipient "}, follow=True)
    assert models.Release.objects.get().withdrawal_reason == "wrong recipient"
    assert "wrong recipient" in answer.content.decode()
    assert b"wrong recipient" not in bytes(models.ReleaseVersion.objects.order_by("-version").first().wire)


def test_a_reason_that_is_too_long_comes_back_and_withdraws_nothing(scene: Any, web: Any) -> None:
    release = scene.release(scene.keep().record).release_id
    answer = web.post(f"/releases/{release}/withdraw/", {"reason": "x" * 501})
    assert "At most 500 characters" in answer.content.decode()
    assert "x" * 501 in answer.content.decode()
    assert models.Release.objects.get().state == "shared"


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


def test_a_reader_signs_in_to_see_anything_and_out_again(scene: Any, signed_in: Any) -> None:
    closed = signed_in("ada", Role.READER)
    scene.fill()
    stranger = Client()
    for path in ("/", "/records/", "/events/", "/about/", f"/evidence/{scene.peer.pk}/checks/"):
        answer = stranger.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in/?next=/")
    page = stranger.get("/sign-in/").content.decode()
    assert "Matrix" not in page
    wrong = stranger.post("/sign-in/", {"login": "ada", "password": "guess"}).content.decode()
    assert "The name or the password is wrong." in wrong
    right = stranger.post("/sign-in/", {"login": "ada", "password": PASSWORD, "next": "/records/"})
    assert right.headers["Location"] == "/records/"
    assert "Sign out" in stranger.get("/").content.decode()
    stranger.post("/sign-out/")
    assert stranger.get("/").status_code == 302
    assert closed.get("/").status_code == 200


def test_the_demonstration_says_so_on_every_page(scene: Any, paths: Any, web: Any) -> None:
    scene.fill()
    for path in [*paths(), "/nothing/"]:
        assert "Demonstration." in web.get(path).content.decode(), path
