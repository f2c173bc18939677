"""A wrong release is corrected in one step: what will happen, to whom; done once; what is pending."""

import re
from typing import Any

from fourfold.exchange.receipts import Outcome
from fourfold.node import models
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.hand_out import hand_out
from fourfold.node.roles import Role
from fourfold.records.markings import Marking, Tlp

PHRASE = "This was released in error."


def seen(page: str) -> str:
    (found,) = re.findall(r'name="seen" value="([^"]+)"', page)
    return found


def test_the_page_says_what_will_happen_to_whom_before_anything_does(scene: Any, web: Any) -> None:
    record = scene.keep().record
    release = scene.release(record).release_id
    assert f"/records/{record}/correct/" in web.get(f"/releases/{release}/").content.decode()
    page = web.get(f"/records/{record}/correct/").content.decode()
    for shown in (
        PHRASE,
        "EU AI Office",
        "Title, Description",
        "will be withdrawn",
        "waiting to be collected",
    ):
        assert shown in page
    assert models.Release.objects.get().withdrawn is None


def test_it_is_withdrawn_everywhere_with_one_phrase_and_the_reason_stays_here(scene: Any, web: Any) -> None:
    record = scene.keep().record
    sent = scene.release(record)
    hand_out(sent.peer, [sent.pk])
    path = f"/records/{record}/correct/"
    given = {"seen": seen(web.get(path).content.decode()), "reason": "wrong person", "after": "nothing"}
    answer = web.post(path, given, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == path
    assert "Withdrawn from EU AI Office. It is pending until" in page
    assert "withdrawn, not yet confirmed" in page
    row = models.Release.objects.get()
    assert row.withdrawal_reason == "wrong person"
    wire = bytes(row.latest().wire)
    assert b"released-in-error" in wire
    assert b"wrong person" not in wire
    models.ReceiptIn.objects.all().delete()
    scene.answer(models.ReleaseVersion.objects.get(release=sent.release_id, version=2), Outcome.WITHDRAWN)
    page = web.get(path).content.decode()
    assert "withdrawn and confirmed" in page
    assert "Copies in backups are gone by" in page
    assert "Take it back everywhere" not in page


def test_those_who_had_it_get_the_right_form_and_a_second_press_does_nothing(scene: Any, web: Any) -> None:
    record = scene.keep().record
    scene.release(record)
    changes = Changes({"title": "A bus does not stop"}, Marking(tlp=Tlp.GREEN), "public-incidents")
    change_record(record, changes, "ada")
    path = f"/records/{record}/correct/"
    page = web.get(path).content.decode()
    assert "What each would get of the record as it is now, version 2" in page
    given = {"seen": seen(page), "after": "again"}
    page = web.post(path, given, follow=True).content.decode()
    assert "Released to EU AI Office as it is now." in page
    before = models.ReleaseVersion.objects.count()
    page = web.post(path, given, follow=True).content.decode()
    assert "Look again, then decide." in page
    assert models.ReleaseVersion.objects.count() == before
    assert models.Release.objects.filter(withdrawn=None).count() == 1


def test_who_may_not_have_the_right_form_is_told_and_the_withdrawal_stands(scene: Any, web: Any) -> None:
    record = scene.keep().record
    scene.release(record)
    changes = Changes({"title": "A bus"}, Marking(tlp=Tlp.RED, rel_to=frozenset()), "public-incidents")
    change_record(record, changes, "ada")
    path = f"/records/{record}/correct/"
    given = {"seen": seen(web.get(path).content.decode()), "after": "again"}
    page = web.post(path, given, follow=True).content.decode()
    assert "Not released to EU AI Office:" in page
    assert models.Release.objects.filter(withdrawn=None).count() == 0


def test_a_release_that_changed_since_is_looked_at_again_first(scene: Any, web: Any) -> None:
    record = scene.keep().record
    scene.release(record)
    path = f"/records/{record}/correct/"
    old = seen(web.get(path).content.decode())
    change_record(record, Changes({"title": "A bus"}, Marking(tlp=Tlp.GREEN), "public-incidents"), "ada")
    page = web.post(path, {"seen": old, "after": "nothing", "reason": "typed"}).content.decode()
    assert "Something was changed, released or withdrawn meanwhile." in page
    assert 'value="typed"' in page
    assert models.Release.objects.get().withdrawn is None


def test_all_faults_at_once_each_at_its_box(scene: Any, web: Any, parse: Any) -> None:
    record = scene.keep().record
    scene.release(record)
    page = parse(web.post(f"/records/{record}/correct/", {"reason": "x" * 501, "after": "burn"}))
    links = [
        each.attributes["href"] for each in page.find("a") if each.attributes["href"] in {"#reason", "#after"}
    ]
    assert links == ["#reason", "#after"]
    assert models.Release.objects.get().withdrawn is None


def test_nothing_to_correct_reads_as_nothing_there(scene: Any, web: Any) -> None:
    record = scene.keep().record
    for each in (record, "record--0", "%00"):
        assert web.get(f"/records/{each}/correct/").status_code == 404
        assert web.post(f"/records/{each}/correct/").status_code == 404


def test_after_a_withdrawal_the_record_can_be_released_anew_by_page(scene: Any, signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    record = scene.keep().record
    old = scene.release(record).release_id
    ada.post(f"/releases/{old}/withdraw/")
    page = ada.get(f"/records/{record}/").content.decode()
    assert "Release it anew to EU AI Office as shown" in page
    given = {"to": scene.peer.pk, "back": f"/records/{record}/"}
    assert (
        "does not come back" in ada.post(f"/records/{record}/release/", given, follow=True).content.decode()
    )
    ada.post(f"/records/{record}/release/", {**given, "anew": "yes"})
    fresh = models.Release.objects.get(withdrawn=None)
    assert fresh.pk != old
    ada.post(f"/records/{record}/release/", {**given, "anew": "yes"})
    assert models.ReleaseVersion.objects.filter(release=fresh).count() == 1
