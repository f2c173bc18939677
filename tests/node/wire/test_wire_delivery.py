"""Deciding at delivery: what is alike is decided once, what is not is not taken for it, pages stay cheap."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fourfold.agreements.consent import Consent, give
from fourfold.canon import new_id
from fourfold.exchange.taxii import Position
from fourfold.node import clock
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.keys import node_signer
from fourfold.node.models import Approval, ConsentDocument, Peer, RecordVersion, ReleaseVersion
from fourfold.node.releasing import label_of_source, release
from fourfold.node.wire import delivery
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release import label_text, read_label


def consented(row, peer, counterpart):
    """This institution, as the originator, consents to this version's going there."""
    given = Consent(
        id=new_id("consent"),
        originator=settings.NODE.id,
        record=row.digest,
        fields=frozenset(row.content().payload),
        recipient_key=peer.institution_key,
        agreement=counterpart.agreement.digest,
        purpose=row.activity,
        expires=clock.now() + timedelta(days=1),
    )
    ConsentDocument.objects.create(
        id=given.id,
        originator=given.originator,
        recipient=peer.pk,
        record_digest=given.record,
        agreement_digest=given.agreement,
        body=give(given, node_signer()).model_dump_json().encode(),
        received=clock.now(),
    )


@pytest.fixture
def guarded(counterpart):
    """Release something that needs consent and a second person's approval; all have the same label."""
    peer = Peer.objects.get(pk=counterpart.who.id)
    marking = Marking(tlp=Tlp.AMBER, caveats={Caveat.PROPRIETARY}, rel_to={peer.pk})

    def released(title):
        given = NewRecord("incident", "incident_reporting", {"title": title}, marking, "public-incidents")
        row = add_record(given, "author")
        approve_release(row.record, peer, "second person")
        consented(row, peer, counterpart)
        return release(row, peer, "author", clock.now())

    return released


@pytest.mark.parametrize("bound", [Approval, ConsentDocument])
def test_what_is_bound_to_one_record_lets_no_other_with_the_same_label_pass(asker, guarded, bound):
    rows = [guarded(title) for title in ("one", "two", "three")]
    assert len({row.label for row in rows}) == 1
    assert len(asker.objects()) == 3
    bound.objects.filter(record_digest=rows[1].source.digest).update(revoked=clock.now())
    left = asker.objects()
    assert [bytes(rows[place].wire) for place in (0, 2)] == left
    held = ReleaseVersion.objects.exclude(held_back=None)
    assert [row.pk for row in held] == [rows[1].pk]


def test_the_table_is_asked_once_for_all_that_is_alike(asker, counterpart, share, monkeypatch):
    for number in range(12):
        share(counterpart, f"Car {number}")
    asked, decide = [], delivery.still_passes

    def counted(*given, **more):
        asked.append(given)
        return decide(*given, **more)

    monkeypatch.setattr(delivery, "still_passes", counted)
    assert len(asker.objects()) == 12
    assert len(asked) == 1


@pytest.mark.parametrize("first_time", [True, False])
def test_a_page_of_many_takes_no_more_queries_than_one_of_few(asker, counterpart, share, first_time):
    def queries(objects):
        for number in range(objects):
            share(counterpart, f"Car {number}")
        shelf = asker.shelf()
        if not first_time:
            asker.objects()
        with CaptureQueriesContext(connection) as caught:
            asker.taxii.objects(shelf, delivery_start(objects), 1000)
        return len(caught)

    def delivery_start(objects):
        rows = ReleaseVersion.objects.order_by("-sequence").values_list("date_added", flat=True)
        return Position(added_after=rows[objects] if len(rows) > objects else None)

    assert queries(2) == queries(20)


def test_a_label_reads_as_it_was_written(guarded, counterpart, share):
    for row in (guarded("one"), share(counterpart)):
        source = RecordVersion.objects.get(pk=row.source_id)
        assert read_label(row.label, source.digest) == label_of_source(source)
        assert label_text(read_label(row.label)) == row.label


GREEN, RED = Marking(tlp=Tlp.GREEN), Marking(tlp=Tlp.RED)
TEXT = {"title": "A car", "description": "It did not stop.", "analyst_note": "CANARY"}


@pytest.fixture
def changed(node):
    """Keep a further version of a released record."""

    def change(row, payload=TEXT, marking=GREEN, **fields):
        given = Changes(dict(payload), marking, "public-incidents", fields)
        return change_record(row.source.record, given, "author", "second person")

    return change


@pytest.mark.parametrize(
    "tightened",
    [
        {"marking": RED},
        {"marking": Marking(tlp=Tlp.GREEN, rel_to=frozenset())},
        {"marking": Marking(tlp=Tlp.GREEN, caveats={Caveat.PROPRIETARY})},
        {"title": RED},
        {"payload": {"title": "A car"}},
    ],
    ids=["the whole", "for nobody", "a caveat", "a field", "a field is gone"],
)
def test_what_was_tightened_since_its_release_no_longer_leaves(asker, counterpart, share, changed, tightened):
    other, row = share(counterpart, "Another"), share(counterpart)
    changed(row, **tightened)
    assert asker.objects() == [bytes(other.wire)]
    assert [each.digest for each in asker.nodes.holdings(("",)).holdings.parts[0].items] == [other.digest]
    row.refresh_from_db()
    assert (row.first_sent, row.held_back is not None) == (None, True)


def test_an_edit_that_guards_nothing_more_holds_nothing_back(asker, guarded, counterpart, share, changed):
    plain, bound = share(counterpart), guarded("Approved")
    changed(plain, {**TEXT, "title": "Two cars", "date": "2026-11-01"})
    change_record(
        bound.source.record,
        Changes({"title": "Approved, and read again"}, bound.source.content().marking, "public-incidents"),
        "author",
    )
    assert asker.objects() == [bytes(plain.wire), bytes(bound.wire)]


def test_of_what_was_tightened_and_released_anew_only_the_new_version_leaves(
    asker, counterpart, share, changed
):
    first = share(counterpart)
    later = changed(first, description=RED)
    second = release(later, Peer.objects.get(pk=counterpart.who.id), "author", clock.now())
    assert asker.objects() == [bytes(second.wire)]
    assert "description" in first.passed
    assert "description" not in second.passed


def test_what_was_loosened_since_its_release_leaves_as_it_was_released(asker, counterpart, share, changed):
    row = share(counterpart)
    changed(row, marking=Marking(tlp=Tlp.CLEAR))
    assert asker.objects() == [bytes(row.wire)]
