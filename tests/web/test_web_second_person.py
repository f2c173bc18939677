"""What two people do by page: approve a release, hold, lift a hold; and what each is told of its row."""

from typing import Any

from readers import clear

from fourfold.node import models
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.lift_hold import lift_hold
from fourfold.node.actions.place_hold import place_hold
from fourfold.node.roles import Role
from fourfold.node.web.queries.helping import HELP
from fourfold.records.markings import Marking, Tlp
from fourfold.release import ROWS


def test_an_author_is_told_that_somebody_else_approves(scene: Any, signed_in: Any) -> None:
    bea, officer = signed_in("bea", Role.ANALYST, Role.OFFICER), signed_in("olu", Role.OFFICER)
    record = scene.titled("Tight", marking=scene.red(), author="bea").record
    clear("olu", None, named=(record,))
    page, approve = f"/records/{record}/", f"/records/{record}/approve/"
    answer = bea.get(page).content.decode()
    assert "somebody else has to approve it" in answer
    assert "Approve that this version goes to" not in answer
    answer = bea.post(approve, {"to": scene.peer.pk, "back": page}, follow=True).content.decode()
    assert "Nobody approves what they wrote." in answer
    assert models.Approval.objects.count() == 0
    assert "Approve that this version goes to EU AI Office" in officer.get(page).content.decode()
    officer.post(approve, {"to": scene.peer.pk, "back": page})
    answer = officer.get(page).content.decode()
    assert "Approved by olu, for this version and this recipient." in answer
    assert "TLP:RED: no second person has approved." not in answer


def test_a_change_voids_an_approval_and_the_page_says_so(scene: Any, signed_in: Any) -> None:
    officer = signed_in("olu", Role.OFFICER)
    record = scene.titled("Tight", marking=scene.red()).record
    clear("olu", None, named=(record,))
    officer.post(f"/records/{record}/approve/", {"to": scene.peer.pk})
    change_record(record, Changes({"title": "Tighter"}, scene.red(), "public-incidents"), "analyst")
    answer = officer.get(f"/records/{record}/").content.decode()
    assert "Approved by olu" not in answer
    assert "TLP:RED: no second person has approved." in answer


def test_what_was_changed_since_it_was_seen_is_neither_approved_nor_released(
    scene: Any, signed_in: Any
) -> None:
    officer = signed_in("olu", Role.OFFICER)
    row = scene.keep()
    page = officer.get(f"/records/{row.record}/").content.decode()
    assert f'name="seen" value="{row.digest}"' in page
    change_record(row.record, Changes({"title": "A bus"}, Marking(tlp=Tlp.GREEN), "public-incidents"), "ada")
    given = {"to": scene.peer.pk, "back": f"/records/{row.record}/"}
    for what in ("approve", "release"):
        old = officer.post(f"/records/{row.record}/{what}/", {**given, "seen": row.digest}, follow=True)
        assert "The record was changed meanwhile." in old.content.decode()
    assert (models.Approval.objects.count(), models.Release.objects.count()) == (0, 0)
    now = models.RecordVersion.objects.get(latest=True).digest
    for what in ("approve", "release"):
        officer.post(f"/records/{row.record}/{what}/", {**given, "seen": now})
    assert (models.Approval.objects.count(), models.Release.objects.count()) == (1, 1)


def test_nobody_approves_for_a_counterpart_that_there_is_not(scene: Any, signed_in: Any) -> None:
    officer, record = signed_in("olu", Role.OFFICER), scene.keep().record
    for to in ("identity--nobody", "", "\x00"):
        assert officer.post(f"/records/{record}/approve/", {"to": to}).status_code == 404
    assert officer.post("/records/record--x/approve/", {"to": scene.peer.pk}).status_code == 404


def test_every_row_that_withholds_says_what_helps_and_where(scene: Any, signed_in: Any) -> None:
    assert HELP.keys() == {row.number for row in ROWS}
    ada, rea = signed_in("ada", Role.ANALYST), signed_in("rea", Role.READER)
    record = scene.titled("Tight", marking=Marking(tlp=Tlp.RED)).record
    for name in ("ada", "rea"):
        clear(name, None, named=(record,))
    page = ada.get(f"/records/{record}/").content.decode()
    assert str(HELP[4].text) in page
    assert str(HELP[5].text).replace("'", "&#x27;") in page
    assert str(HELP[9].text) not in page
    assert page.count(f'href="/records/{record}/change/"') > 2
    assert "What helps:" in rea.get(f"/records/{record}/").content.decode()
    assert f'href="/records/{record}/change/"' not in rea.get(f"/records/{record}/").content.decode()


def test_a_new_version_can_be_released_to_who_has_the_one_before(scene: Any, signed_in: Any) -> None:
    ada, record = signed_in("ada", Role.ANALYST), scene.keep().record
    scene.release(record)
    assert "Release this version to EU AI Office" not in ada.get(f"/records/{record}/").content.decode()
    changes = Changes({"title": "A bus"}, Marking(tlp=Tlp.GREEN), "public-incidents")
    change_record(record, changes, "ada")
    assert "Release this version to EU AI Office as shown" in ada.get(f"/records/{record}/").content.decode()
    ada.post(f"/records/{record}/release/", {"to": scene.peer.pk})
    assert models.ReleaseVersion.objects.order_by("-version").first().version == 2
    assert "Release this version to EU AI Office" not in ada.get(f"/records/{record}/").content.decode()


def test_a_hold_is_placed_with_a_reason_and_lifted_by_two(scene: Any, signed_in: Any) -> None:
    one, other = signed_in("one", Role.OFFICER), signed_in("two", Role.OFFICER)
    record = scene.keep().record
    assert "Say why" in one.post(f"/holds/{record}/", {"reason": " "}).content.decode()
    assert models.Hold.objects.count() == 0
    assert "Held." in one.post(f"/holds/{record}/", {"reason": "case 7"}, follow=True).content.decode()
    assert "A legal hold stands on it" in one.get(f"/records/{record}/").content.decode()
    hold = models.Hold.objects.get()
    one.post(f"/holds/{hold.pk}/lift/")
    proposal = models.Proposal.objects.get()
    answer = one.post(f"/holds/lifting/{proposal.pk}/confirm/", {"back": "/holds/"}, follow=True)
    assert "Nobody confirms what they proposed." in answer.content.decode()
    assert "Lift it, as the second person" not in one.get("/holds/").content.decode()
    assert "Lift it, as the second person" in other.get("/holds/").content.decode()
    assert "Lifted." in other.post(f"/holds/lifting/{proposal.pk}/confirm/", follow=True).content.decode()
    hold.refresh_from_db()
    assert (hold.lifted_by, hold.lifted is not None) == ("one", True)


def test_a_hold_may_stand_after_all(scene: Any, signed_in: Any) -> None:
    one = signed_in("one", Role.OFFICER)
    hold = place_hold(scene.keep().record, "case 7", "one")
    one.post(f"/holds/{hold.pk}/lift/")
    one.post(f"/holds/lifting/{models.Proposal.objects.get().pk}/drop/")
    hold.refresh_from_db()
    assert hold.lifted is None
    assert "Propose to lift it" in one.get("/holds/").content.decode()


def test_what_was_received_is_held_as_well(scene: Any, signed_in: Any) -> None:
    one, reader = signed_in("one", Role.OFFICER), signed_in("rea", Role.READER)
    scene.receive(scene.sent("Came in"))
    row = models.Received.objects.get()
    assert f"/holds/{row.object}/" in one.get(f"/inbox/{row.pk}/").content.decode()
    assert "/holds/" not in reader.get(f"/inbox/{row.pk}/").content.decode()
    one.post(f"/holds/{row.object}/", {"reason": "case 8"})
    assert "Came in" in one.get("/holds/").content.decode()
    assert "A legal hold stands on it" in one.get(f"/inbox/{row.pk}/").content.decode()


def test_a_proposal_to_lift_one_hold_does_not_lift_the_next(scene: Any, signed_in: Any) -> None:
    one, other = signed_in("one", Role.OFFICER), signed_in("two", Role.OFFICER)
    record = scene.keep().record
    hold = place_hold(record, "case 7", "one")
    one.post(f"/holds/{hold.pk}/lift/")
    lift_hold(record, "three", "four")
    place_hold(record, "case 8", "three")
    number = models.Proposal.objects.get().pk
    assert other.post(f"/holds/lifting/{number}/confirm/").status_code == 404
    assert models.Hold.objects.get(lifted=None).reason == "case 8"


def test_nothing_is_held_that_is_not_here(scene: Any, signed_in: Any) -> None:
    del scene
    one = signed_in("one", Role.OFFICER)
    for subject in ("record--nothing", "%00"):
        assert one.get(f"/holds/{subject}/").status_code == 404
        assert one.post(f"/holds/{subject}/", {"reason": "x"}).status_code == 404
