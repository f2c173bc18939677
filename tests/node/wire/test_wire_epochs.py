"""Epochs between two nodes: a restored one says so, a forked log does not get through."""

from datetime import datetime, timedelta

import pytest

from fourfold.errors import ExchangeError, ProofError, RefusedError, SignatureError
from fourfold.exchange.evidence import Outcome, outcome, verify_evidence, write_evidence
from fourfold.exchange.nodes import LastSeen
from fourfold.log import Checkpoint as State
from fourfold.log import Epoch, Note, cosign, log_name, open_epoch, sign_checkpoint
from fourfold.node import clock, ledger
from fourfold.node.actions.accept_epoch import epoch_known
from fourfold.node.actions.check_log import check_logs
from fourfold.node.actions.check_node import check_node
from fourfold.node.evidencing import pieces
from fourfold.node.models import (
    Checkpoint,
    Event,
    Leaf,
    Log,
    LogNode,
    Peer,
    Received,
    Release,
    ReleaseVersion,
    SeenCheckpoint,
    SeenEpoch,
    SeenLeaf,
    Tag,
    UnknownRelease,
)
from fourfold.node.releasing import take_back
from fourfold.release import LAST_VERSION


def peer_of(counterpart):
    return Peer.objects.get(pk=counterpart.who.id)


def restored(counterpart, leaves=()):
    """The counterpart was restored: it opens a new epoch behind what this node last countersigned."""
    last = SeenCheckpoint.objects.order_by("-epoch", "-size").first()
    number = (counterpart.epoch.epoch.number if counterpart.epoch else 1) + 1
    made = Epoch(
        log=log_name(counterpart.who.id, counterpart.node),
        number=number,
        previous=last.cosigned_note if last else None,
        opened=clock.now(),
    )
    counterpart.epoch = open_epoch(made, counterpart.who.node)
    counterpart.leaves = list(leaves)
    counterpart.now = clock.now() + timedelta(milliseconds=5)
    return counterpart.epoch


def test_a_counterpart_that_was_restored_goes_on_in_a_new_epoch_and_all_evidence_holds(counterpart, pulled):
    for _ in range(3):
        counterpart.release()
    pulled(counterpart)
    restored(counterpart)
    counterpart.release()
    found = pulled(counterpart)
    assert (found.stored.stored, found.checkpoint.size) == (1, 1)
    assert found.checkpoint.origin.endswith("/2")
    assert epoch_known(peer_of(counterpart)) == 2
    assert all(not each.problem for each in check_logs())
    assert [each.size for each in check_logs() if not each.ours] == [3, 1]
    files = {name: write_evidence(item) for name, item in pieces(peer_of(counterpart))}
    assert "log-seen-2.json" in files
    assert outcome(verify_evidence(files)) is Outcome.HOLDS
    pulled(counterpart)
    assert SeenLeaf.objects.count() == 4


@pytest.mark.parametrize("day", ["2028-02-29T12:00:00+00:00", "2027-12-31T23:59:59+00:00"])
def test_a_counterpart_that_joined_on_any_day_of_the_calendar_may_open_an_epoch(counterpart, pulled, day):
    counterpart.release()
    pulled(counterpart)
    Peer.objects.update(joined=datetime.fromisoformat(day))
    restored(counterpart)
    counterpart.release()
    assert pulled(counterpart).checkpoint.origin.endswith("/2")


def test_what_was_collected_but_not_countersigned_before_the_loss_is_no_fault_of_the_new_log(
    counterpart, pulled, monkeypatch
):
    counterpart.release()
    pulled(counterpart)
    counterpart.release()
    with monkeypatch.context() as patch:
        patch.setattr("fourfold.node.actions.pull.cosign", lambda *_: 1 / 0)
        with pytest.raises(ExchangeError, match="ZeroDivisionError"):
            pulled(counterpart)
    restored(counterpart)
    assert pulled(counterpart).checkpoint.size == 0
    assert Received.objects.filter(in_log=None).count() == 1
    counterpart.leaves = []
    late = counterpart.release()
    counterpart.leaves.clear()
    with pytest.raises(ProofError, match=f"does not show {late.id}"):
        pulled(counterpart)


def changed(counterpart, **changes):
    """The new epoch, said otherwise."""
    made = counterpart.epoch.epoch.model_copy(update=changes)
    counterpart.epoch = open_epoch(made, counterpart.who.node)


def test_an_epoch_that_denies_what_was_countersigned_is_refused_and_noted(counterpart, pulled, stranger):
    counterpart.release()
    pulled(counterpart)
    counterpart.release()
    pulled(counterpart)
    first, last = SeenCheckpoint.objects.order_by("size")
    forged = cosign(State("x/1", 9, b"\0" * 32), counterpart.node, counterpart.who.node, clock.now())
    origin = f"{log_name(counterpart.who.id, counterpart.node)}/1"
    longer = sign_checkpoint(State(origin, 9, b"\0" * 32), counterpart.who.node).with_signature(forged)
    for wrong in (
        {"previous": first.cosigned_note},
        {"previous": None},
        {"previous": longer.encode().decode()},
        {"number": 4},
        {"log": log_name(stranger.who.id, counterpart.node)},
    ):
        counterpart.epoch = None
        restored(counterpart)
        changed(counterpart, **wrong)
        with pytest.raises((ProofError, SignatureError)):
            pulled(counterpart)
    counterpart.epoch = None
    counterpart.epoch = open_epoch(restored(counterpart).epoch, stranger.who.node)
    with pytest.raises(SignatureError, match="no node key that acts"):
        pulled(counterpart)
    assert not SeenEpoch.objects.exists()
    assert SeenCheckpoint.objects.order_by("-size").first() == last
    assert Event.objects.filter(tag=Tag.EPOCH_REFUSED).count() == 2


def test_a_restored_node_that_does_not_say_so_is_told_apart_by_its_log(counterpart, pulled):
    for _ in range(3):
        counterpart.release()
    pulled(counterpart)
    del counterpart.leaves[1:]
    with pytest.raises(ProofError, match="shrunk"):
        pulled(counterpart)
    counterpart.release(), counterpart.release(), counterpart.release()
    with pytest.raises(ProofError, match="rewritten"):
        pulled(counterpart)
    assert Event.objects.filter(tag=Tag.CHECKPOINT_REFUSED).count() == 1


def test_a_node_that_was_restored_itself_follows_epochs_that_it_has_forgotten(counterpart, pulled):
    counterpart.release()
    pulled(counterpart)
    counterpart.release()
    pulled(counterpart)
    restored(counterpart)
    counterpart.release()
    pulled(counterpart)
    SeenEpoch.objects.all().delete()
    SeenLeaf.objects.exclude(epoch=1, index=0).delete()
    SeenCheckpoint.objects.exclude(epoch=1, size=1).delete()
    Received.objects.update(in_log=None)
    assert pulled(counterpart).checkpoint.size == 1
    assert epoch_known(peer_of(counterpart)) == 2


@pytest.fixture
def lost(counterpart, share, asker):
    """This node was restored: of three releases, all collected and countersigned, its backup knows one."""
    rows = [share(counterpart, title=f"Incident {number}") for number in range(3)]
    asker.objects()
    log = Log.objects.get(peer=counterpart.who.id)
    row = ledger.checkpoint(log, pulled_signer())
    note = Note.parse(row.note.encode())
    line = cosign(State.parse(note.text), counterpart.who.id, counterpart.who.node, clock.now())
    counterpart.last_seen = LastSeen(
        note=note.with_signature(line).encode().decode(), epoch=1, added=rows[-1].date_added
    )
    gone = rows[1:]
    Leaf.objects.filter(log=log, index__gt=0).delete()
    LogNode.objects.filter(log=log).delete()
    Checkpoint.objects.all().delete()
    ReleaseVersion.objects.filter(pk__in=[each.pk for each in gone]).delete()
    Release.objects.filter(pk__in=[each.release_id for each in gone]).delete()
    first = Leaf.objects.get(log=log)
    Log.objects.filter(pk=log.pk).update(size=1, frontier=bytes(first.hash))
    Peer.objects.update(epoch_due=True, last_added=rows[0].date_added)
    return rows


def pulled_signer():
    from fourfold.node.keys import node_signer  # noqa: PLC0415  models need settings: booted first

    return node_signer()


def test_a_restored_node_is_closed_until_it_has_asked_what_was_countersigned(
    counterpart, lost, share, asker, pulled
):
    assert not next(each for each in check_node() if each.name == "epochs").holds
    with pytest.raises(RefusedError, match="restored from a backup"):
        share(counterpart)
    with pytest.raises(ExchangeError, match="answered 422"):
        list(asker.nodes.log(0))
    pulled(counterpart)
    (signed,) = counterpart.epochs
    assert signed.epoch.number == 2
    assert signed.epoch.previous == counterpart.last_seen.note
    fresh = share(counterpart)
    assert fresh.sequence > max(row.sequence for row in lost)
    assert fresh.date_added > max(row.date_added for row in lost)
    piece = next(asker.nodes.log(0, 2))
    assert (piece.epoch, len(piece.leaves)) == (signed, 1)
    assert next(each for each in check_node() if each.name == "epochs").holds


def test_nothing_is_opened_where_the_counterpart_shows_what_was_never_signed(
    counterpart, lost, pulled, stranger
):
    del lost
    note = Note.parse(counterpart.last_seen.note.encode())
    state = State.parse(note.text)
    for by in (stranger.who.node, counterpart.who.node):
        other = State(state.origin, state.size + 1, state.root)
        forged = sign_checkpoint(other, by).with_signature(
            cosign(other, counterpart.who.id, counterpart.who.node, clock.now())
        )
        counterpart.last_seen = LastSeen(note=forged.encode().decode())
        with pytest.raises(SignatureError):
            pulled(counterpart)
    assert peer_of(counterpart).epoch_due
    assert counterpart.epochs == []


def test_a_second_restore_opens_another_epoch_even_if_this_node_forgot_the_first(counterpart, lost, pulled):
    del lost
    counterpart.last_seen = counterpart.last_seen.model_copy(update={"epoch": 4})
    pulled(counterpart)
    assert counterpart.epochs[-1].epoch.number == 5


def test_no_version_that_a_lost_store_may_have_made_is_made_again_whatever_is_claimed(
    counterpart, lost, pulled
):
    pulled(counterpart)
    row = lost[0]
    UnknownRelease.objects.create(
        peer=peer_of(counterpart),
        stix_id=row.stix_id,
        version=LAST_VERSION,
        digest="sha256:" + 64 * "c",
        told=clock.now(),
    )
    assert take_back(row.release, "wrong", "tester", clock.now()).version == (1 << 16) + 1


def test_f1_a_counterpart_cannot_use_up_the_numbers_of_epochs(counterpart, lost, pulled):
    del lost
    counterpart.last_seen = counterpart.last_seen.model_copy(update={"epoch": 1_000_000})
    pulled(counterpart)
    assert counterpart.epochs[-1].epoch.number <= 102
