"""A wrong release is corrected in one step: withdrawn everywhere, destroyed, notified, logged."""

import pytest

from fourfold.errors import NotFoundError, RefusedError
from fourfold.exchange.evidence import Outcome, outcome, verify_evidence, write_evidence
from fourfold.exchange.stix import decode, read_object
from fourfold.node import keeping, models
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.check_log import check_logs
from fourfold.node.actions.correct_release import Right, correct_release
from fourfold.node.actions.hand_out import hand_out
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.correcting import correction_of
from fourfold.node.evidencing import pieces
from fourfold.node.web.queries.inbox import received_view
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release import NOTICES, Notice

GREEN = Marking(tlp=Tlp.GREEN)
PHRASE = NOTICES[Notice.RELEASED_IN_ERROR]
WHY = "ZQ the wrong name stood in it ZQ"


@pytest.fixture
def three(chain):
    """One node with two counterparts, an agreement with each."""
    other, one, third = chain.nodes
    return one, other, third


def released(one, *others, title="A car"):
    record = one.keep(title)
    with one:
        for other in others:
            release_record(record, one.peer(other), "analyst")
    return record


def test_it_is_withdrawn_everywhere_and_the_recipients_read_one_phrase(chain, three):
    one, other, third = three
    record = released(one, other, third)
    other.collect()
    third.collect()
    chain.answers.clear()
    done = one.do(correct_release, record, WHY, "officer")
    assert len(done.withdrawn) == 2
    assert done.released == ()
    for each in (other, third):
        each.collect()
        with each:
            tombstone = models.Received.objects.get(kind="incident", revoked=True)
            assert received_view(tombstone.pk).reason == PHRASE
            held = models.Received.objects.filter(kind="incident", revoked=False).exclude(wire=None)
            assert not held.exists()
            wire = read_object(bytes(tombstone.wire)).value
            assert decode(wire).notice is Notice.RELEASED_IN_ERROR
    assert not any(WHY.encode() in body for _, body in chain.answers)
    with one:
        states = set(models.Release.objects.filter(record=record).values_list("state", flat=True))
        assert states == {models.ReleaseState.CONFIRMED}
        assert models.Event.objects.filter(tag=models.Tag.RELEASE_CORRECTED).count() == 2
        assert correct_release(record, WHY, "officer").withdrawn == ()


def test_the_right_form_goes_out_under_another_id(three):
    one, other, _ = three
    record = released(one, other)
    other.collect()
    right = Right(Changes({"title": "A bus", "description": "It did."}, GREEN, "public-incidents"))
    done = one.do(correct_release, record, WHY, "officer", right)
    (wrong,), (better,) = done.withdrawn, done.released
    assert wrong.release_id != better.release_id
    other.collect()
    with other:
        rows = models.Received.objects.filter(kind="incident", state="stored").exclude(wire=None)
        (held,) = [decode(read_object(bytes(row.wire)).value) for row in rows]
    assert (held.id, held.version, held.fields["title"]) == (better.release_id, 1, "A bus")


def test_what_may_not_go_out_any_more_stays_and_the_withdrawal_stands(three):
    one, other, _ = three
    record = released(one, other)
    tighter = Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON}))
    right = Right(Changes({"title": "A car"}, tighter, "public-incidents"))
    done = one.do(correct_release, record, WHY, "officer", right)
    assert "Row 7" in done.refused[other.name]
    other.collect()
    with other:
        assert not models.Received.objects.filter(kind="incident", state="stored").exists()


def test_a_right_form_that_loosens_needs_a_second_person_and_the_withdrawal_stands(three):
    one, other, _ = three
    record = released(one, other)
    looser = Changes({"title": "A car"}, Marking(tlp=Tlp.CLEAR), "public-incidents")
    with one:
        with pytest.raises(RefusedError, match="second person"):
            correct_release(record, WHY, "officer", Right(looser))
        assert models.Release.objects.get(record=record).withdrawn is not None
        done = correct_release(record, WHY, "officer", Right(looser, "director", anew=True))
        assert (done.withdrawn, len(done.released)) == ((), 1)
        assert keeping.latest(record).content().marking.tlp is Tlp.CLEAR


def test_what_was_withdrawn_goes_out_again_only_if_somebody_says_so(three):
    one, other, _ = three
    record = released(one, other)
    one.do(correct_release, record, WHY, "officer")
    with one:
        with pytest.raises(RefusedError, match="does not come back"):
            release_record(record, one.peer(other), "analyst")
        again = release_record(record, one.peer(other), "analyst", anew=True)
        assert release_record(record, one.peer(other), "analyst").pk == again.pk


def test_f3_a_correction_gives_nothing_back_to_those_from_whom_it_had_been_withdrawn(three):
    one, other, third = three
    record = released(one, other, third)
    other.collect()
    third.collect()
    with one:
        withdraw(models.Release.objects.get(record=record, peer=other.id).pk, "on purpose", "officer")
        plan = correction_of(record)
        done = correct_release(record, WHY, "officer", Right())
        assert [each.peer_id for each in done.withdrawn] == [third.id]
        assert [each.peer_id for each in done.released] == [third.id]
        assert ([each.pk for each in plan.again()], [each.pk for each in plan.before]) == (
            [third.id],
            [other.id],
        )
        open_ = models.Release.objects.filter(record=record, withdrawn=None)
        assert [each.peer_id for each in open_] == [third.id]
        again = correct_release(record, WHY, "officer", Right(anew=True))
        assert {each.peer_id for each in again.released} == {other.id, third.id}


def test_f3_nothing_links_the_right_form_to_the_wrong_one(three):
    one, other, _ = three
    record = released(one, other)
    other.collect()
    done = one.do(correct_release, record, WHY, "officer", Right())
    (wrong,), (better,) = done.withdrawn, done.released
    other.collect()
    right = Changes({"title": "A car", "description": "It did."}, GREEN, "public-incidents")
    with one:
        change_record(record, right, "officer")
        later = release_record(record, one.peer(other), "officer").content()
    wrong, better = wrong.content(), better.content()
    shared = {"id", "derived_from", "salt", "commitment", "created"}
    assert not [name for name in shared if getattr(wrong, name) == getattr(better, name)]
    assert (later.id, later.version, later.derived_from) == (better.id, 2, better.derived_from)


def test_f15_what_nobody_collected_is_withdrawn_from_nobody(chain, three):
    one, other, third = three
    record = released(one, other, third)
    other.collect()
    done = one.do(correct_release, record, WHY, "officer")
    assert [each.revoked for each in done.withdrawn] == [True, False]
    chain.answers.clear()
    third.collect()
    other.collect()
    (gone,) = [each for each in done.withdrawn if not each.revoked]
    assert not any(gone.stix_id.encode() in body for _, body in chain.answers)
    for each in (other, third):
        assert each.collect()[0].holdings.agrees
    with one:
        states = {each.peer_id: each.state for each in models.Release.objects.filter(record=record)}
        assert states == {other.id: "withdrawal-confirmed", third.id: "withdrawal-not-held"}
        assert all(not each.problem for each in check_logs())
        files = {name: write_evidence(item) for name, item in pieces(one.peer(third))}
    assert outcome(verify_evidence(files)) is Outcome.HOLDS


def test_f15_what_left_while_it_was_withdrawn_is_told_after_all(three):
    one, other, _ = three
    record = released(one, other)
    with one:
        row = models.ReleaseVersion.objects.get(release__record=record)
        withdraw(row.release_id, "", "officer")
        hand_out(one.peer(other), [row.pk])  # the answer to a request that was read before
        found = models.Release.objects.get(record=record)
        assert (found.state, found.latest().revoked) == ("withdrawal-pending", True)


def test_there_is_nothing_to_correct_where_nothing_was_released(three):
    one, *_ = three
    record = one.keep("A car")
    with one:
        with pytest.raises(NotFoundError):
            correct_release(record, WHY, "officer")
        system = models.RecordVersion.objects.filter(kind="draft_agreement").first()
        with pytest.raises(RefusedError, match="ended or revoked"):
            correct_release(system.record, WHY, "officer")


def test_a_person_cannot_put_a_stub_or_consent_into_the_store_by_hand(three):
    one, *_ = three
    for kind in ("stub", "consent", "consent_request"):
        with one, pytest.raises(Exception, match=r"by hand|No kind of record"):
            add_record(NewRecord(kind, "incident_reporting", {}, GREEN), "analyst")
