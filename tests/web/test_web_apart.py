"""A record that is kept apart, by page: a stub, a seal and a proof, each shown whole before it leaves."""

import json
import re
from typing import Any

from fourfold.agreements import Direction, countersign, sign
from fourfold.exchange.evidence import read_evidence
from fourfold.node import agreeing, clock, models
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.records.markings import Marking, Tlp

CANARY = "canary-5d1f"


def with_stubs(scene: Any) -> None:
    """An agreement that lets stubs of what is kept apart pass."""
    text = scene.agreement.text
    apart = text.slices[1].model_copy(
        update={
            "directions": tuple(Direction(sender=each, fields={}) for each in (scene.me.id, scene.other.id))
        }
    )
    changes = {"slices": (text.slices[0], apart), "number": 2, "predecessor": scene.agreement.digest}
    text = text.model_copy(update=changes)
    agreeing.keep(countersign(sign(text, scene.me.institution), scene.other.institution), clock.now())


def test_all_that_a_stub_tells_is_shown_before_it_leaves_and_is_all_that_does(scene: Any, web: Any) -> None:
    with_stubs(scene)
    kept = scene.keep(slice="sensitive-incidents")
    record, day = kept.record, f"{kept.modified:%Y-%m-%d}"
    page = web.get(f"/records/{record}/apart/").content.decode()
    for shown in ("All that EU AI Office would learn", "Incident", "TLP:GREEN", day):
        assert shown in page
    assert not models.Release.objects.exists()
    answer = web.post(f"/records/{record}/stub/", {"to": scene.peer.pk}, follow=True)
    assert "A stub waits to be collected by EU AI Office." in answer.content.decode()
    row = models.ReleaseVersion.objects.get()
    assert row.content().fields.keys() == {"id", "kind", "handling", "date"}
    assert b"A car does not stop" not in bytes(row.wire)
    web.post(f"/records/{record}/stub/", {"to": scene.peer.pk})
    assert models.ReleaseVersion.objects.count() == 1
    assert "It has a stub" in web.get(f"/records/{record}/apart/").content.decode()


def test_where_no_stub_may_leave_the_page_says_why_and_has_no_button(scene: Any, web: Any) -> None:
    record = scene.keep(slice="sensitive-incidents").record
    page = web.get(f"/records/{record}/apart/").content.decode()
    assert "No stub may leave, because" in page
    assert "Let this stub stand" not in page
    given = {"to": scene.peer.pk, "back": f"/records/{record}/apart/"}
    assert "This did not work." in web.post(f"/records/{record}/stub/", given, follow=True).content.decode()
    assert not models.Release.objects.exists()


def test_what_changed_since_it_was_seen_is_neither_stubbed_nor_sealed(scene: Any, web: Any) -> None:
    with_stubs(scene)
    row = scene.keep(slice="sensitive-incidents")
    changes = Changes({"title": "A bus"}, Marking(tlp=Tlp.GREEN), "sensitive-incidents")
    change_record(row.record, changes, "ada")
    for what in ("stub", "seal"):
        given = {"to": scene.peer.pk, "seen": row.digest, "back": f"/records/{row.record}/apart/"}
        page = web.post(f"/records/{row.record}/{what}/", given, follow=True).content.decode()
        assert "The record was changed meanwhile." in page
    assert (models.Release.objects.count(), models.Seal.objects.count()) == (0, 0)


def test_a_seal_is_made_once_dated_by_its_witness_and_proved_to_the_auditor(scene: Any, web: Any) -> None:
    record = scene.keep(slice="sensitive-incidents").record
    path = f"/records/{record}/apart/"
    assert "Seal version 1 before EU AI Office" in web.get(path).content.decode()
    for _ in range(2):
        web.post(f"/records/{record}/seal/", {"to": scene.peer.pk})
    seal = models.Seal.objects.get()
    page = web.get(path).content.decode()
    assert "Seal version 1 before" not in page
    assert "once it is countersigned" in page
    assert "has not countersigned it yet" in web.get(f"/seals/{seal.pk}/").content.decode()
    assert web.post(f"/seals/{seal.pk}/").headers["Content-Type"].startswith("text/html")
    scene.countersign()
    page = web.get(f"/seals/{seal.pk}/").content.decode()
    assert CANARY in page
    answer = web.post(f"/seals/{seal.pk}/")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="proof-{seal.pk}-TLP-GREEN.json"'
    proof = read_evidence(answer.content, "proof.json")
    assert CANARY in proof.record
    assert models.Event.objects.filter(tag=models.Tag.RECORD_PROVEN, reason="auditor").count() == 1


def test_a_counterpart_is_shown_what_the_table_lets_pass_and_nothing_else(scene: Any, web: Any) -> None:
    record = scene.keep().record
    web.post(f"/records/{record}/seal/", {"to": scene.peer.pk})
    scene.countersign()
    number = models.Seal.objects.get().pk
    page = web.get(f"/seals/{number}/", {"reader": scene.peer.pk}).content.decode()
    assert "All that the file shows to EU AI Office" in page
    assert CANARY not in page
    answer = web.post(f"/seals/{number}/", {"reader": scene.peer.pk})
    assert CANARY.encode() not in answer.content
    shown = {each["field"] for each in json.loads(answer.content)["openings"]}
    assert shown == {"title", "description"}
    assert all(each in re.sub("<[^>]*>", "", page) for each in ("Title", "Description"))


def test_a_counterpart_that_may_read_nothing_is_shown_nothing(scene: Any, web: Any) -> None:
    record = scene.keep(slice="sensitive-incidents").record
    web.post(f"/records/{record}/seal/", {"to": scene.peer.pk})
    scene.countersign()
    number = models.Seal.objects.get().pk
    answer = web.post(f"/seals/{number}/", {"reader": scene.peer.pk})
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Nothing of this may pass to EU AI Office." in answer.content.decode()
    assert not models.Event.objects.filter(tag=models.Tag.RECORD_PROVEN).exists()


def test_nothing_there_reads_as_nothing_and_a_client_is_no_witness(scene: Any, web: Any) -> None:
    record, client = scene.keep().record, scene.client()
    for path in (
        "/records/record--0/apart/",
        "/records/%00/apart/",
        "/seals/7/",
        "/seals/99999999999999999999/",
    ):
        assert web.get(path).status_code == 404
    for to in (client.peer_id, "identity--nobody", ""):
        assert web.post(f"/records/{record}/seal/", {"to": to}).status_code == 404
        assert web.post(f"/records/{record}/stub/", {"to": to}).status_code == 404
    assert web.get("/seals/1/", {"reader": "identity--nobody"}).status_code == 404
