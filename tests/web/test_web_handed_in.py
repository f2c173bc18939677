"""What third-party tools handed in: seen whole, accepted or rejected by page, what loosens by two people."""

import json
from typing import Any

import pytest

from fourfold.node import models
from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted
from fourfold.node.keeping import latest
from fourfold.node.roles import Role
from fourfold.records.envelope import UNKNOWN_ORIGINATOR

GREEN_1 = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
STRANGE = "marking-definition--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"


@pytest.fixture
def drone(scene: Any) -> Any:
    return scene.hand_in(scene.client(), "A drone fell")


def of(row: Any, what: str = "") -> str:
    return f"/inbox/handed-in/{row.pk}/{what}"


def given(**changes: Any) -> dict[str, Any]:
    return {"title": "A drone fell", "description": "A tool saw it.", "tlp": "GREEN", **changes}


def test_the_page_shows_where_it_came_from_how_its_marking_counts_and_the_bytes(
    drone: Any, read: Any
) -> None:
    page = read(of(drone)).words
    for shown in (
        "CERT feed",
        GREEN_1,
        "TLP:GREEN of TLP 1.0",
        "unknown, until a person vouches",
        "A tool saw it.",
    ):
        assert shown in page
    assert drone.digest in page


def test_a_marking_that_is_not_known_is_shown_to_count_as_the_tightest(scene: Any, read: Any) -> None:
    client = scene.client()
    row = scene.hand_in(client, "Strange", object_marking_refs=[GREEN_1, STRANGE])
    page = read(of(row)).words
    assert "not known here the tightest label, TLP:RED" in page
    assert "Together it counts as TLP:RED" in page
    page = read(of(scene.hand_in(client, "Bare", object_marking_refs=[]))).words
    assert "It carries no label that is known here" in page


def test_one_person_makes_a_record_that_never_leaves(drone: Any, signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    assert "Make a record of it" in ada.get(of(drone)).content.decode()
    form = ada.get(of(drone, "accept/")).content.decode()
    assert 'value="A drone fell"' in form
    answer = ada.post(of(drone, "accept/"), given(title="A drone fell down"), follow=True).content.decode()
    assert "Accepted: it is a record now." in answer
    drone.refresh_from_db()
    record = latest(drone.record).content()
    assert (record.payload["title"], record.originators) == ("A drone fell down", {UNKNOWN_ORIGINATOR})
    assert "Nothing was done: it was decided already." in (
        ada.post(of(drone, "accept/"), given(), follow=True).content.decode()
    )
    assert models.RecordVersion.objects.filter(kind="incident").count() == 1
    assert f"/records/{drone.record}/" in ada.get(of(drone)).content.decode()


def test_to_vouch_or_to_loosen_takes_two_people(scene: Any, drone: Any, signed_in: Any) -> None:
    ada, bea = signed_in("ada", Role.ANALYST, Role.OFFICER), signed_in("bea", Role.OFFICER)
    wanted = given(tlp="CLEAR", originator=[scene.me.id])
    page = ada.post(of(drone, "accept/"), wanted).content.decode()
    for shown in (
        "An originator is vouched for",
        "TLP:GREEN becomes TLP:CLEAR.",
        "Propose it to a second person",
    ):
        assert shown in page
    assert models.Submitted.objects.get().state == "waiting"
    answer = ada.post(of(drone, "accept/"), {**wanted, "propose": "yes"}, follow=True).content.decode()
    assert "It waits until another person confirms it." in answer
    assert "Confirm as the second person" not in answer
    proposal = models.Proposal.objects.get()
    confirm = f"/inbox/handed-in/proposals/{proposal.pk}/confirm/"
    answer = ada.post(confirm, {"back": of(drone)}, follow=True).content.decode()
    assert "Nobody confirms what they proposed." in answer
    assert of(drone) in bea.get("/records/waiting/").content.decode()
    page = bea.get(of(drone)).content.decode()
    assert "Confirm as the second person" in page
    assert "UK AI Security Institute" in page
    assert "Confirmed: it is a record now." in bea.post(confirm, follow=True).content.decode()
    drone.refresh_from_db()
    proposal.refresh_from_db()
    assert (drone.decided_by, drone.second, proposal.confirmed, bytes(proposal.body)) == (
        "ada",
        "bea",
        True,
        b"",
    )
    assert latest(drone.record).content().originators == {scene.me.id}
    assert bea.post(confirm).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_proposal_is_dropped_or_ends_with_a_rejection(scene: Any, drone: Any, signed_in: Any) -> None:
    ada, rea = signed_in("ada", Role.ANALYST), signed_in("rea", Role.READER)
    wanted = given(originator=[scene.me.id], propose="yes")
    ada.post(of(drone, "accept/"), wanted)
    first = models.Proposal.objects.get().pk
    assert rea.post(f"/inbox/handed-in/proposals/{first}/drop/").status_code == 403
    assert (
        "a proposal about it waits" in ada.post(of(drone, "accept/"), given(), follow=True).content.decode()
    )
    assert (
        "waits again" in ada.post(f"/inbox/handed-in/proposals/{first}/drop/", follow=True).content.decode()
    )
    ada.post(of(drone, "accept/"), wanted)
    ada.post(of(drone, "reject/"))
    assert [bytes(each.body) for each in models.Proposal.objects.all()] == [b"", b""]
    assert not models.Proposal.objects.filter(decided=None).exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rejected_is_destroyed_and_named_no_more(drone: Any, signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    assert "destroyed at once" in ada.get(of(drone, "reject/")).content.decode()
    assert models.Submitted.objects.get().state == "waiting"
    answer = ada.post(of(drone, "reject/"), follow=True).content.decode()
    assert "Its bytes are destroyed" in answer
    drone.refresh_from_db()
    assert (drone.wire, drone.title) == (None, "")
    assert (
        "A drone fell"
        not in ada.get(of(drone)).content.decode() + ada.get("/inbox/handed-in/").content.decode()
    )
    assert "decided already" in ada.post(of(drone, "reject/"), follow=True).content.decode()


def test_quarantine_says_why_and_has_a_way_out(scene: Any, signed_in: Any) -> None:
    row = scene.hand_in(scene.client(), "A robot", type="??")
    ada = signed_in("ada", Role.ANALYST)
    page = ada.get(of(row)).content.decode()
    assert "It failed a check: type: this is no type of STIX 2.1." in page
    assert "lies in quarantine" in page
    ada.post(of(row, "accept/"), given(title="A robot"))
    row.refresh_from_db()
    assert row.state == "accepted"


def test_faults_stand_at_their_boxes_and_what_was_typed_stays(drone: Any, signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    page = ada.post(of(drone, "accept/"), given(title="", tlp="PINK", description="Kept")).content.decode()
    assert "Choose a label." in page
    assert page.count('class="error"') == 2
    assert ">\nKept</textarea>" in page
    page = ada.post(
        of(drone, "accept/"), given(title="x" * 600, originator=["identity--nobody"])
    ).content.decode()
    assert "x" * 600 in page
    assert models.Submitted.objects.get().state == "waiting"
    ada.post(of(drone, "accept/"), given(description=""))
    drone.refresh_from_db()
    assert latest(drone.record).content().payload == {"title": "A drone fell"}


def test_a_demonstration_accepts_what_needs_no_second_person(scene: Any, drone: Any, web: Any) -> None:
    page = web.post(of(drone, "accept/"), given(originator=[scene.me.id], propose="yes")).content.decode()
    assert "a demonstration knows nobody by name" in page
    assert models.Submitted.objects.get().state == "waiting"
    assert "Accepted" in web.post(of(drone, "accept/"), given(), follow=True).content.decode()


def test_an_object_that_is_not_there_reads_as_nothing(scene: Any, web: Any) -> None:
    del scene
    for number in ("7", "99999999999999999999"):
        for what in ("", "accept/", "reject/"):
            assert web.get(f"/inbox/handed-in/{number}/{what}").status_code == 404


def test_the_list_is_searched_narrowed_and_paged(scene: Any, read: Any) -> None:
    client = scene.client()
    for number in range(30):
        scene.hand_in(client, f"Drone {number:02}")
    scene.hand_in(client, "A robot", type="??")
    assert "Page 1 of 2" in read("/inbox/handed-in/").words
    assert "Drone 07" in read("/inbox/handed-in/?words=drone+07").words
    page = read("/inbox/handed-in/?state=quarantined").words
    assert "A robot" in page
    assert "Drone 0" not in page
    assert "Nothing is found" in read("/inbox/handed-in/?words=submarine").words


def test_what_was_handed_in_is_shown_as_text(scene: Any, web: Any) -> None:
    row = scene.hand_in(scene.client(), "<script>alert(1)</script>", description="<b>x</b>")
    page = web.get(of(row)).content.decode()
    assert "<script" not in page
    assert json.loads(bytes(row.wire))["description"] == "<b>x</b>"


@pytest.fixture
def twice(scene: Any) -> Any:
    """Hand in another version of an object that became a record."""
    client, ref = scene.client(), "incident--7c1f2b1e-9f61-4c8f-8a44-5f2f6d0b7a01"
    first = scene.hand_in(client, "A crane fell", id=ref)
    given = Acceptance(slice="public-incidents", originators=(scene.me.id,))
    record = accept_submitted(first.pk, given, "ada", "opa").record

    def another(**changes: Any) -> Any:
        values = {"id": ref, "modified": "2026-11-02T09:00:00.000Z", **changes}
        return scene.hand_in(client, "Two cranes fell", **values), record

    return another


def test_what_its_sender_takes_back_is_told_by_page_and_withdrawn_in_one_step(
    scene: Any, twice: Any, signed_in: Any
) -> None:
    row, record = twice(revoked=True)
    scene.release(record)
    officer, analyst = signed_in("rea", Role.OFFICER), signed_in("ada", Role.ANALYST)
    for page in ("/inbox/handed-in/", of(row)):
        text = officer.get(page).content.decode()
        assert "taken back by its sender" in text
        assert f"/records/{record}/" in text
    assert (
        "Its sender has taken back what it was made of" in officer.get(f"/records/{record}/").content.decode()
    )
    answer = analyst.post(of(row, "accept/"), given()).content.decode()
    assert "taken it back" in answer
    assert "Make it all the same" in answer
    assert models.RecordVersion.objects.filter(kind="incident").values("record").distinct().count() == 1
    assert signed_in("ren", Role.READER).post(of(row, "take-back/")).status_code == 403
    assert scene.other.name in officer.get(of(row, "take-back/")).content.decode()
    assert "is withdrawn" in officer.post(of(row, "take-back/"), follow=True).content.decode()
    assert not models.Release.objects.filter(record=record, withdrawn=None).exists()
    assert "followed" in officer.get("/inbox/handed-in/").content.decode()


def test_a_newer_version_shows_what_it_would_change_and_waits_for_who_vouched(
    twice: Any, signed_in: Any
) -> None:
    row, record = twice()
    ada, rea = signed_in("ada", Role.ANALYST), signed_in("rea", Role.OFFICER)
    assert "a newer version" in ada.get("/inbox/handed-in/").content.decode()
    page = ada.get(of(row, "update/")).content.decode()
    assert "A crane fell" in page
    assert "Two cranes fell" in page
    assert "Proposed." in ada.post(of(row, "update/"), follow=True).content.decode()
    proposal = models.Proposal.objects.get(decided=None)
    assert "It updates this record." in rea.get(of(row)).content.decode()
    rea.post(f"/inbox/handed-in/proposals/{proposal.pk}/confirm/")
    assert (latest(record).title, latest(record).version) == ("Two cranes fell", 2)


def test_an_earlier_version_that_was_taken_back_since_is_kept_only_when_it_is_asked_for(
    scene: Any, signed_in: Any
) -> None:
    client, ref = scene.client(), "incident--7c1f2b1e-9f61-4c8f-8a44-5f2f6d0b7a01"
    first = scene.hand_in(client, "A crane fell", id=ref)
    scene.hand_in(client, "A crane fell", id=ref, modified="2026-11-02T09:00:00.000Z", revoked=True)
    ada = signed_in("ada", Role.ANALYST)
    assert "Make it all the same" in ada.get(of(first, "accept/")).content.decode()
    assert "taken it back" in ada.post(of(first, "accept/"), given()).content.decode()
    assert not models.RecordVersion.objects.filter(kind="incident").exists()
    ada.post(of(first, "accept/"), given(anyway="yes"))
    assert models.RecordVersion.objects.filter(kind="incident").count() == 1


def test_a_second_record_of_one_object_is_made_only_when_it_is_asked_for(twice: Any, signed_in: Any) -> None:
    row, record = twice()
    ada = signed_in("ada", Role.ANALYST)
    assert record in ada.post(of(row, "accept/"), given()).content.decode()
    assert models.RecordVersion.objects.filter(kind="incident").count() == 1
    ada.post(of(row, "accept/"), given(anyway="yes"))
    assert models.RecordVersion.objects.filter(kind="incident", latest=True).count() == 2
