"""The inbox of third-party tools: kept as received, believed of nobody, and decided by a person."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client as Browser

from fourfold.errors import InputError, NotFoundError, RefusedError
from fourfold.exchange.limits import MAX_POST_OBJECTS
from fourfold.exchange.stix.ids import CAVEAT_MARKINGS, TLP_MARKINGS
from fourfold.node import clock
from fourfold.node.actions import take_submission as taking
from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.actions.reject_submitted import reject_submitted
from fourfold.node.inboxing import described, find_submitted
from fourfold.node.keeping import latest
from fourfold.node.models import Event, RecordVersion, Submission, Submitted, SubmittedState, Tag
from fourfold.node.queries.inbox import listed
from fourfold.records.envelope import UNKNOWN_ORIGINATOR
from fourfold.records.markings import Caveat, Marking, Tlp

pytestmark = pytest.mark.usefixtures("counterpart")
TLP_1 = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
GREEN = TLP_MARKINGS[Tlp.GREEN]
STRANGE = "marking-definition--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"


def incident(refs=(GREEN,), **changes):
    return {
        "type": "incident",
        "spec_version": "2.1",
        "id": "incident--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": "A drone",
        "description": "It fell.",
        **({"object_marking_refs": list(refs)} if refs else {}),
        **changes,
    }


@pytest.fixture
def third(let_in):
    return let_in(may_submit=True)


@pytest.fixture
def handed(third):
    """Hand something in, and give its row."""

    def hand(value, *, raw=False):
        body = b'{"objects":[' + (value if raw else json.dumps(value).encode()) + b"]}"
        assert third.post(body).status_code == 202
        return Submitted.objects.latest("pk")

    return hand


def test_what_is_handed_in_is_kept_byte_for_byte(third, handed):
    ref = b"x-strange--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"
    wire = b'{ "type":"x-strange", "id":"' + ref + b'",\n "n": 1.50e2, "u":"\\u00e9"}'
    row = handed(wire, raw=True)
    assert bytes(row.wire) == wire
    assert (row.type, row.state, row.client) == ("x-strange", SubmittedState.WAITING, third.added.client)


@pytest.mark.parametrize(("ref", "tlp"), [*TLP_1.items(), *((ref, tlp) for tlp, ref in TLP_MARKINGS.items())])
def test_markings_of_tlp_1_are_read_as_tlp_2(handed, ref, tlp):
    row = handed(incident([ref]))
    assert (row.tlp, row.notes) == (tlp.value, [])


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"refs": ()}, "no TLP label"),
        ({"refs": (GREEN, STRANGE)}, f"unknown marking {STRANGE}"),
        (
            {"granular_markings": [{"marking_ref": STRANGE, "selectors": ["name"]}]},
            f"unknown marking {STRANGE}",
        ),
        ({"object_marking_refs": "x"}, "unknown marking x"),
        ({"object_marking_refs": [GREEN, 1]}, "unknown marking 1"),
    ],
)
def test_what_is_not_known_of_a_marking_makes_it_red(handed, changes, note):
    row = handed(incident(**changes))
    assert row.tlp == Tlp.RED.value
    assert note in row.notes


def test_the_tightest_marking_of_any_part_counts(handed):
    part = {"marking_ref": TLP_MARKINGS[Tlp.AMBER_STRICT], "selectors": ["description"]}
    assert handed(incident(granular_markings=[part])).tlp == Tlp.AMBER_STRICT.value


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (incident(type=1), "type"),
        (incident(type="Incident"), "type"),
        (incident(id="incident--1"), "id"),
        (incident(id="malware--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"), "id"),
        (incident(spec_version="2.0"), "spec_version"),
        (incident(created="yesterday"), "created"),
        (incident(modified="2025-01-01T00:00:00.000Z"), "modified"),
        ("text", "object"),
        (None, "object"),
        ([[]], "object"),
    ],
)
def test_what_fails_a_check_is_told_and_quarantined(third, value, fault):
    status = json.loads(third.post({"objects": [value, incident(name="Good")]}).content)
    assert (status["success_count"], status["failure_count"]) == (1, 1)
    assert fault in status["failures"][0]["message"]
    bad, good = Submitted.objects.order_by("pk")
    assert (bad.state, good.state) == (SubmittedState.QUARANTINED, SubmittedState.WAITING)
    assert json.loads(bytes(bad.wire)) == value


def test_a_name_that_occurs_twice_has_no_one_meaning(handed):
    row = handed(b'{"type":"incident","type":"malware"}', raw=True)
    assert row.state == SubmittedState.QUARANTINED
    assert "twice" in row.faults[0]


def test_a_release_of_a_node_does_not_come_in_through_an_inbox(counterpart, third, share):
    row = share(counterpart)
    status = json.loads(third.post(b'{"objects":[' + bytes(row.wire) + b"]}").content)
    assert status["failure_count"] == 1
    assert Submitted.objects.get().state == SubmittedState.QUARANTINED


def test_the_same_bytes_again_change_nothing(third, handed):
    first = handed(incident())
    again = json.loads(third.post({"objects": [incident(), incident()]}).content)
    assert (again["success_count"], Submitted.objects.count()) == (2, 1)
    reject_submitted(first.pk, "analyst")
    third.post({"objects": [incident()]})
    assert Submitted.objects.get().state == SubmittedState.REJECTED


def test_nothing_handed_in_is_served_to_anybody(third, let_in, asker, handed):
    handed(incident(name="CANARY"))
    other = let_in("Other", may_submit=True)
    for reader in (third, other, asker):
        answers = [reader.get("/taxii2/fourfold/collections/")]
        for each in json.loads(answers[0].content)["collections"]:
            base = f"/taxii2/fourfold/collections/{each['id']}/"
            answers += [reader.get(f"{base}objects/"), reader.get(f"{base}manifest/")]
        assert not any("CANARY" in answer.text or "3d5f1cd8" in answer.text for answer in answers)


def test_a_client_without_an_inbox_hands_nothing_in(let_in, third):
    plain = let_in("Plain")
    for where in (None, third.inbox):
        assert plain.post({"objects": [incident()]}, where).status_code == 404
    assert Submission.objects.count() == 0


def test_the_inbox_of_a_client_is_bounded_and_says_so(third, monkeypatch):
    monkeypatch.setattr(taking, "MAX_WAITING", 3)
    given = [incident(name=str(number)) for number in range(5)]
    assert third.post({"objects": given[:2]}).status_code == 202
    answer = third.post({"objects": given[2:]})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert Submitted.objects.count() == 2
    reject_submitted(Submitted.objects.first().pk, "analyst")
    assert third.post({"objects": given[2:4]}).status_code == 202


def test_deliveries_are_bounded_by_the_day_and_old_statuses_are_forgotten(third, monkeypatch):
    monkeypatch.setattr(taking, "MAX_DELIVERIES", 3)
    found = [third.post({"objects": [incident()]}) for _ in range(4)]
    assert [answer.status_code for answer in found] == [202, 202, 202, 429]
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert third.post({"objects": [incident()]}).status_code == 202
    statuses = [
        third.get(f"/taxii2/fourfold/status/{json.loads(answer.content)['id']}/") for answer in found[:3]
    ]
    assert [answer.status_code for answer in statuses] == [200, 404, 404]  # the first one's object is here


def test_too_many_at_once_are_refused_whole(third):
    given = [{"n": number} for number in range(MAX_POST_OBJECTS + 1)]
    assert third.post({"objects": given}).status_code == 400
    assert Submitted.objects.count() == 0


def test_accepted_without_an_originator_it_never_leaves(handed):
    row = accept_submitted(handed(incident()).pk, Acceptance(slice="public-incidents"), "analyst")
    record = latest(row.record).content()
    assert record.originators == {UNKNOWN_ORIGINATOR}
    assert (record.payload["title"], record.payload["description"]) == ("A drone", "It fell.")
    assert record.marking == Marking(tlp=Tlp.GREEN)
    outcomes = {each.outcome.word for each in preview_release(row.record).recipients}
    assert outcomes == {"withhold"}
    loose = Changes(record.payload, Marking(tlp=Tlp.CLEAR), "public-incidents")
    with pytest.raises(RefusedError, match="theirs to loosen"):
        change_record(row.record, loose, "analyst", "officer")
    assert {each.outcome.word for each in preview_release(row.record).recipients} == {"withhold"}


def test_an_originator_is_vouched_for_by_two_people(node, counterpart, handed):
    row = handed(incident())
    given = Acceptance(slice="public-incidents", originators=("Own",))
    for second in (None, "", "analyst"):
        with pytest.raises(RefusedError, match="second person"):
            accept_submitted(row.pk, given, "analyst", second)
    done = accept_submitted(row.pk, given, "analyst", "officer")
    assert latest(done.record).content().originators == {node.id}
    assert (done.decided_by, done.second) == ("analyst", "officer")
    outcomes = {each.recipient: each.outcome.word for each in preview_release(done.record).recipients}
    assert outcomes[counterpart.who.id] == "pass"
    assert [(event.tag, event.actor) for event in Event.objects.filter(subject=done.record)] == [
        (Tag.INBOX_ACCEPTED, "analyst"),
        (Tag.INBOX_VOUCHED, "officer"),
    ]


def test_anothers_thing_needs_the_others_consent_to_go_on(counterpart, stranger, handed):
    given = Acceptance(slice="public-incidents", originators=("Stranger",))
    row = handed(incident([TLP_MARKINGS[Tlp.AMBER]]))
    done = accept_submitted(row.pk, given, "analyst", "officer")
    assert latest(done.record).content().originators == {stranger.who.id}
    (report,) = [
        each for each in preview_release(done.record).recipients if each.recipient == counterpart.who.id
    ]
    assert report.outcome.word == "withhold"


def test_a_client_is_no_originator(handed):
    with pytest.raises(InputError) as caught:
        accept_submitted(
            handed(incident()).pk, Acceptance(originators=("Feed", "Nobody")), "analyst", "officer"
        )
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(("tlp", "needs"), [(Tlp.CLEAR, True), (Tlp.GREEN, False), (Tlp.RED, False)])
def test_a_lower_label_needs_a_second_person(handed, tlp, needs):
    row, given = handed(incident()), Acceptance(tlp=tlp)
    if needs:
        with pytest.raises(RefusedError, match="second person"):
            accept_submitted(row.pk, given, "analyst")
    done = accept_submitted(row.pk, given, "analyst", "officer")
    assert latest(done.record).tlp == tlp.value
    assert done.second == ("officer" if needs else "")


def test_caveats_that_came_with_it_stay(handed):
    row = handed(incident([GREEN, CAVEAT_MARKINGS[Caveat.ORCON]]))
    assert latest(accept_submitted(row.pk, Acceptance(), "analyst").record).content().marking.caveats == {
        Caveat.ORCON
    }


def test_another_kind_becomes_a_record_with_what_a_person_says(handed):
    row = handed({**incident(), "type": "report", "id": "report--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"})
    given = Acceptance(fields={"title": "In our words"})
    done = accept_submitted(row.pk, given, "analyst")
    assert latest(done.record).content().payload == {"title": "In our words", "description": "It fell."}
    assert row.digest in latest(done.record).source
    assert find_submitted(row.pk).wire is not None


def test_there_is_a_way_out_of_quarantine(handed):
    row = handed(b'{"type":"incident","type":"incident","name":"x"}', raw=True)
    with pytest.raises(InputError):
        accept_submitted(row.pk, Acceptance(), "analyst")
    done = accept_submitted(row.pk, Acceptance(fields={"title": "By hand"}), "analyst")
    assert latest(done.record).content().payload == {"title": "By hand"}
    assert latest(done.record).tlp == Tlp.RED.value


def test_what_was_decided_stays_decided(handed):
    accepted, rejected = handed(incident()), handed(incident(name="Other"))
    accept_submitted(accepted.pk, Acceptance(), "analyst")
    for _ in range(2):
        reject_submitted(rejected.pk, "analyst")
    for number in (accepted.pk, rejected.pk):
        with pytest.raises(RefusedError, match="already"):
            accept_submitted(number, Acceptance(), "analyst")
    with pytest.raises(RefusedError, match="already"):
        reject_submitted(accepted.pk, "analyst")
    assert RecordVersion.objects.count() == 1
    assert find_submitted(rejected.pk).wire is None
    assert Event.objects.filter(tag=Tag.INBOX_REJECTED).count() == 1


def test_what_is_not_there_is_not_found():
    for act in (lambda: accept_submitted(1, Acceptance(), "analyst"), lambda: reject_submitted(1, "analyst")):
        with pytest.raises(NotFoundError):
            act()


def test_where_it_came_from_is_shown(third, handed):
    row = handed(incident([STRANGE]))
    shown = described(find_submitted(row.pk))
    assert (shown["client"], shown["stix_id"], shown["tlp"]) == ("Feed", incident()["id"], "RED")
    assert shown["notes"]
    assert shown["digest"].startswith("sha256:")
    assert [each["number"] for each in listed(None, every=False)] == [row.pk]
    reject_submitted(row.pk, "analyst")
    assert listed(None, every=False) == []
    assert [each["state"] for each in listed(third.peer.institution, every=True)] == ["rejected"]


def test_a_revoked_client_hands_nothing_in_and_what_it_handed_in_stays(third, handed, monkeypatch):
    handed(incident())
    later = clock.now() + timedelta(days=91)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert third.post({"objects": [incident(name="Late")]}).status_code == 401
    assert Submitted.objects.count() == 1


def test_the_page_shows_what_was_handed_in_and_where_it_stands(handed, settings):
    settings.NODE = replace(settings.NODE, demo=True)
    browser = Browser()
    assert "Nothing was handed in" in browser.get("/inbox/handed-in/").content.decode()
    accepted, rejected = handed(incident(name="<b>A drone</b>")), handed(incident([STRANGE], name="Gone"))
    handed({"type": "?"})
    record = accept_submitted(accepted.pk, Acceptance(), "analyst").record
    assert f"unknown marking {STRANGE}" in browser.get("/inbox/handed-in/").content.decode()
    reject_submitted(rejected.pk, "analyst")
    page = browser.get("/inbox/handed-in/").content.decode()
    for word in (
        "&lt;b&gt;A drone&lt;/b&gt;",
        "Feed",
        "TLP:GREEN",
        "became a record",
        "rejected and destroyed",
        record,
    ):
        assert word in page
    assert "this is no type of STIX 2.1" in page
    assert STRANGE not in page
    assert "Gone" not in page
    assert "/inbox/handed-in/" in browser.get("/inbox/").content.decode()
    settings.NODE = replace(settings.NODE, demo=False)
    assert browser.get("/inbox/handed-in/").status_code == 302


def test_pages_show_a_client_as_a_recipient_and_not_as_a_counterpart(third, offered, settings):
    settings.NODE = replace(settings.NODE, demo=True)
    row, browser = offered(third), Browser()
    for path in (
        "/releases/",
        f"/releases/{row.release_id}/",
        f"/records/{row.source.record}/",
        "/agreements/",
    ):
        answer = browser.get(path)
        assert (answer.status_code, "Feed" in answer.content.decode()) == (200, True)
    assert "Feed" not in browser.get("/").content.decode()
