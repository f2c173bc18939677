"""What a tool takes back or renews is told with the record made of it, and nothing is done unasked."""

import importlib
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from fourfold.errors import RefusedError
from fourfold.exchange.stix.ids import TLP_MARKINGS
from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.decide_proposal import confirm_proposal
from fourfold.node.actions.follow_taking_back import follow_taking_back
from fourfold.node.actions.propose_acceptance import propose_acceptance
from fourfold.node.actions.reject_submitted import reject_submitted
from fourfold.node.actions.release_record import release_record
from fourfold.node.inboxing import described, find_submitted
from fourfold.node.keeping import latest
from fourfold.node.models import Peer, ProposalKind, RecordVersion, Release, Submitted, SubmittedState
from fourfold.node.queries.inbox import listed
from fourfold.node.renewing import Relation, news_of, relation_of, released_of
from fourfold.records.markings import Tlp

pytestmark = pytest.mark.usefixtures("counterpart")
GREEN, AMBER = TLP_MARKINGS[Tlp.GREEN], TLP_MARKINGS[Tlp.AMBER]
PUBLIC = Acceptance(slice="public-incidents")


def version(day=1, *, ref="a01", **changes):
    return {
        "type": "incident",
        "spec_version": "2.1",
        "id": f"incident--7c1f2b1e-9f61-4c8f-8a44-5f2f6d0b7{ref}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": f"2026-01-{day:02}T00:00:00.000Z",
        "name": "A crane",
        "description": "It fell.",
        "object_marking_refs": [GREEN],
        **changes,
    }


@pytest.fixture
def third(let_in):
    return let_in(may_submit=True)


@pytest.fixture
def hand(third):
    """Hand something in as it comes over the wire, and give its row."""

    def handed(value, by=third):
        assert by.post({"objects": [value]}).status_code == 202
        return Submitted.objects.latest("pk")

    return handed


@pytest.fixture
def kept(hand):
    """The first version, and that it became a record."""
    return accept_submitted(hand(version()).pk, PUBLIC, "analyst")


def records():
    return RecordVersion.objects.filter(kind="incident").values("record").distinct().count()


def test_the_reported_object_is_told_as_taken_back_and_makes_no_second_record(hand, shared_data):
    folder = shared_data / "inputs"
    first, second = (
        json.loads((folder / name).read_bytes())[0]
        for name in ("stix_version1.json", "stix_version2_revoked.json")
    )
    made = accept_submitted(hand(first).pk, Acceptance(), "analyst")
    row = hand(second)
    (told,) = listed(None, every=False)
    assert (told["relation"], told["related_record"]) == ("taken-back", made.record)
    assert described(row)["revoked"]
    with pytest.raises(RefusedError, match="taken it back"):
        accept_submitted(row.pk, Acceptance(), "analyst")
    assert records() == 1
    assert [each.pk for each in news_of(made.record)] == [row.pk]
    accept_submitted(row.pk, Acceptance(anyway=True), "analyst")
    assert records() == 2


def test_following_the_sender_withdraws_all_that_was_released_and_keeps_the_record(hand, counterpart):
    vouched = replace(PUBLIC, originators=("Own",))
    kept = accept_submitted(hand(version()).pk, vouched, "analyst", "officer")
    release_record(kept.record, Peer.objects.get(pk=counterpart.who.id), "officer")
    row = hand(version(2, revoked=True))
    assert [each.pk for each in released_of(kept.record)]
    done = follow_taking_back(row.pk, "officer")
    assert (done.state, done.record) == (SubmittedState.ACCEPTED, kept.record)
    assert not Release.objects.filter(record=kept.record, withdrawn=None).exists()
    assert latest(kept.record).destroyed is None
    with pytest.raises(RefusedError, match="already"):
        follow_taking_back(row.pk, "officer")
    assert news_of(kept.record) == ()


def test_a_newer_version_updates_the_record_by_one_step_and_what_was_changed_here_stays(hand, kept):
    before = latest(kept.record).content()
    noted = {**before.payload, "analyst_note": "Ours."}
    change_record(kept.record, Changes(noted, before.marking, before.slice), "ada")
    row = hand(version(2, name="Two cranes", object_marking_refs=[AMBER]))
    found = relation_of(row)
    assert (found.relation, found.record, found.number) == (Relation.NEWER, kept.record, kept.pk)
    with pytest.raises(RefusedError, match=kept.record):
        accept_submitted(row.pk, PUBLIC, "analyst")
    accept_submitted(row.pk, Acceptance(into=kept.record), "analyst")
    after = latest(kept.record)
    assert (after.version, after.title, after.tlp, after.author) == (3, "Two cranes", "AMBER", "analyst")
    assert after.content().payload == {
        "title": "Two cranes",
        "description": "It fell.",
        "analyst_note": "Ours.",
    }
    assert records() == 1


def test_a_field_that_the_sender_leaves_out_goes_unless_it_was_changed_here(hand, kept):
    thin = version(2)
    del thin["description"]
    accept_submitted(hand(thin).pk, Acceptance(into=kept.record), "analyst")
    assert "description" not in latest(kept.record).content().payload
    content = latest(kept.record).content()
    change_record(
        kept.record,
        Changes({**content.payload, "description": "Ours."}, content.marking, content.slice),
        "ada",
    )
    thinner = {**thin, "modified": "2026-01-03T00:00:00.000Z"}
    accept_submitted(hand(thinner).pk, Acceptance(into=kept.record), "analyst")
    assert latest(kept.record).content().payload["description"] == "Ours."


def test_a_looser_label_of_a_newer_version_loosens_nothing(hand):
    kept = accept_submitted(hand(version(object_marking_refs=[AMBER])).pk, PUBLIC, "analyst")
    accept_submitted(hand(version(2)).pk, Acceptance(into=kept.record), "analyst")
    assert latest(kept.record).tlp == "AMBER"


def test_what_somebody_vouched_for_is_updated_by_two_people_only(hand):
    vouched = replace(PUBLIC, originators=("Own",))
    kept = accept_submitted(hand(version()).pk, vouched, "analyst", "officer")
    row, given = hand(version(2, name="Two cranes")), Acceptance(into=kept.record)
    with pytest.raises(RefusedError, match="second person"):
        accept_submitted(row.pk, given, "analyst")
    proposal = propose_acceptance(row.pk, given, "analyst")
    confirm_proposal(proposal.pk, ProposalKind.ACCEPT, "officer")
    assert latest(kept.record).title == "Two cranes"


@pytest.mark.parametrize("into", ["another", "older", "taken-back", "other-client"])
def test_only_a_newer_version_of_the_same_sender_updates_a_record(hand, kept, let_in, into):
    values = {
        "another": version(2, ref="a02"),
        "older": version(created="2025-01-01T00:00:00.000Z", modified="2025-12-01T00:00:00.000Z"),
        "taken-back": version(2, revoked=True),
        "other-client": version(2, name="Not theirs"),
    }
    by = {"by": let_in(name="Second", may_submit=True)} if into == "other-client" else {}
    row = hand(values[into], **by)
    with pytest.raises(RefusedError, match=r"not made of an earlier version|taken it back"):
        accept_submitted(row.pk, Acceptance(into=kept.record), "analyst")


def test_nobody_takes_back_what_another_client_handed_in(hand, kept, let_in):
    row = hand(version(2, revoked=True), by=let_in(name="Second", may_submit=True))
    assert relation_of(row).record == ""
    assert news_of(kept.record) == ()
    with pytest.raises(RefusedError, match="nothing back"):
        follow_taking_back(row.pk, "officer")


def test_the_same_object_from_another_client_makes_no_second_record_unasked(hand, kept, let_in):
    row = hand(version(name="Also seen"), by=let_in(name="Second", may_submit=True))
    assert relation_of(row).relation is Relation.ELSEWHERE
    with pytest.raises(RefusedError, match=kept.record):
        accept_submitted(row.pk, Acceptance(), "analyst")


def test_an_earlier_version_that_waits_is_told_to_be_taken_back_since(hand):
    first, second = hand(version()), hand(version(2, revoked=True))
    found = relation_of(first)
    assert (found.relation, found.number) == (Relation.TAKEN_BACK, second.pk)
    with pytest.raises(RefusedError, match="taken it back"):
        accept_submitted(first.pk, Acceptance(), "analyst")


def test_an_object_is_known_again_whatever_the_case_of_its_uuid_and_the_digits_of_its_time(hand, kept):
    value = version(2)
    value["id"] = value["id"][:-36] + value["id"][-36:].upper()
    value["modified"] = "2026-01-02T00:00:00." + 30 * "0" + "1Z"
    row = hand(value)
    assert relation_of(row).relation is Relation.NEWER
    status = find_submitted(row.pk).submission
    assert status.successes[0]["id"] == value["id"]
    assert status.successes[0]["version"] == value["modified"]


def test_what_was_rejected_is_no_news_any_more(hand, kept):
    row = hand(version(2))
    assert [each.pk for each in news_of(kept.record)] == [row.pk]
    reject_submitted(row.pk, "analyst")
    assert news_of(kept.record) == ()


def test_the_sender_learns_nothing_of_what_was_made_of_it(third, hand, kept):
    answer = json.loads(third.post({"objects": [version(2, revoked=True)]}).content)
    assert kept.record not in json.dumps(answer)
    assert set(answer["successes"][0]) == {"id", "version"}


def test_what_was_taken_back_before_the_upgrade_is_known_after_it(hand, kept):
    row = hand(version(2, revoked=True))
    old = row.stix_id[:-36] + row.stix_id[-36:].upper()
    Submitted.objects.filter(pk=row.pk).update(revoked=False, stix_id=old)
    Submitted.objects.filter(pk=kept.pk).update(wire=b"[" * 5_000)  # whatever was handed in
    migration = importlib.import_module("fourfold.node.migrations.0029_taken_back")
    migration.fill(apps, SimpleNamespace(connection=connection))
    row.refresh_from_db()
    assert (row.revoked, relation_of(row).record) == (True, kept.record)
