"""Collecting from a simulated counterpart, which behaves, misbehaves, repeats, forges and breaks off."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from fourfold.agreements import end as ended
from fourfold.canon import new_salt
from fourfold.errors import ExchangeError, FourfoldError, ProofError, SignatureError
from fourfold.exchange.receipts import Outcome
from fourfold.exchange.stix import RELEASE_EXTENSION, encode, sign_object, sign_release
from fourfold.log import NoteKey, NoteKind, open_cosigned
from fourfold.node import clock
from fourfold.node.actions import cosign as cosigning
from fourfold.node.actions import store_received
from fourfold.node.actions.pull import pull
from fourfold.node.actions.store_received import Stored
from fourfold.node.agreeing import record_ending
from fourfold.node.models import (
    Agreement,
    AgreementParty,
    Event,
    Peer,
    ReceiptOut,
    Received,
    ReceivedState,
    SeenCheckpoint,
    SeenLeaf,
    Tag,
)
from fourfold.records.signing import Signer


def everything():
    """All that a pull could change, but for times of contact and the trail."""
    received = Received.objects.order_by("digest").values_list(
        "digest", "object", "version", "state", "reason", "wire", "leaf", "revoked"
    )
    receipts = ReceiptOut.objects.order_by("digest").values_list("digest", "outcome")
    checkpoints = SeenCheckpoint.objects.order_by("size").values_list("size", "root")
    cursors = Peer.objects.order_by("pk").values_list("pk", "cursor")
    return [list(each) for each in (received, receipts, checkpoints, cursors)]


def test_everything_is_stored_as_received_receipted_and_the_log_countersigned(node, counterpart, pulled):
    made = [counterpart.release() for _ in range(3)]
    found = pulled(counterpart)
    assert (found.stored, found.receipts, found.checkpoint.size) == (Stored(stored=3), 3, 3)
    rows = Received.objects.order_by("pk")
    assert [bytes(row.wire) for row in rows] == [wire for _, wire in counterpart.collection]
    assert [row.object for row in rows] == [each.id for each in made]
    assert {row.state for row in rows} == {ReceivedState.STORED}
    assert all(row.in_log for row in rows)
    assert [given.receipt.outcome for given in counterpart.receipts] == [Outcome.STORED] * 3
    reader = NoteKey(node.id, NoteKind.COSIGNATURE, node.node.key)
    seen, _ = open_cosigned(
        counterpart.cosigned[0], counterpart.checkpoint().origin, counterpart.who.node.key, reader
    )
    assert seen == counterpart.checkpoint()


def test_pulling_again_changes_nothing(counterpart, pulled):
    counterpart.release()
    pulled(counterpart)
    before = everything()
    for _ in range(3):
        assert pulled(counterpart).stored == Stored()
    assert everything() == before
    assert (len(counterpart.receipts), len(counterpart.cosigned)) == (1, 1)


def test_a_poll_asks_only_for_what_is_new(counterpart, pulled):
    counterpart.release()
    pulled(counterpart)
    counterpart.release()
    assert pulled(counterpart).stored == Stored(stored=1)
    assert pulled(counterpart).checkpoint.size == 2
    assert SeenLeaf.objects.count() == 2


def test_many_pages_are_stored_page_by_page(counterpart, pulled, monkeypatch):
    for number in range(7):
        counterpart.release(fields={"title": f"Incident {number}"})
    sizes, store = [], store_received.store_page

    def counting(peer, page, signer, now):
        sizes.append(len(page.items))
        return store(peer, page, signer, now)

    monkeypatch.setattr("fourfold.node.actions.pull.store_page", counting)
    monkeypatch.setattr("fourfold.node.actions.pull.PAGE_OBJECTS", 3)
    assert pulled(counterpart).stored == Stored(stored=7)
    assert sizes == [3, 3, 1]


def test_a_withdrawal_destroys_what_was_held_and_says_so(counterpart, pulled):
    made = counterpart.release(fields={"title": "PAYLOAD"})
    pulled(counterpart)
    first = Received.objects.get()
    counterpart.withdraw(made)
    assert pulled(counterpart).stored == Stored(withdrawn=1)
    tomb, notice = Received.objects.order_by("version")
    assert (tomb.wire, tomb.state, tomb.digest) == (None, ReceivedState.WITHDRAWN, first.digest)
    assert tomb.withdrawn is not None
    assert (notice.revoked, notice.state) == (True, ReceivedState.WITHDRAWN)
    assert b"PAYLOAD" not in bytes(notice.wire)
    receipt = counterpart.receipts[-1].receipt
    assert (receipt.outcome, receipt.destroyed) == (Outcome.WITHDRAWN, (first.digest,))
    assert receipt.backups_until - receipt.at == timedelta(days=30)


def test_a_withdrawal_of_what_never_came_leaves_a_tombstone(counterpart, pulled):
    made = counterpart.make()
    counterpart.withdraw(made)
    assert pulled(counterpart).stored == Stored(withdrawn=1)
    assert counterpart.receipts[-1].receipt.destroyed == ()
    counterpart.offer(sign_release(made, counterpart.who.node))
    assert pulled(counterpart).stored == Stored(refused=1)
    assert set(counterpart.receipts[-1].receipt.reasons) == {"old-version", "withdrawn-before"}


def test_a_withdrawal_reaches_us_when_the_agreement_has_ended(counterpart, pulled):
    made = counterpart.release()
    pulled(counterpart)
    now = clock.now()
    ending = ended(counterpart.agreement, counterpart.who.institution, now)
    record_ending(Agreement.objects.get(pk=counterpart.agreement.digest), ending, now, "tester")
    counterpart.withdraw(made)
    counterpart.release()
    assert pulled(counterpart).stored == Stored(withdrawn=1, refused=1)


def forgeries(counterpart, stranger):
    """Messages that must change nothing, each with the reason."""
    made = counterpart.make()
    wire = sign_release(made, counterpart.who.node)
    stripped = json.loads(wire)
    del stripped["extensions"]
    item = encode(made)
    item["extensions"][RELEASE_EXTENSION]["recipient"] = stranger.who.id
    return {
        "wrong-signature": wire.replace(b"It did not stop.", b"It did stop, yes"),
        "unknown-key": sign_release(counterpart.make(), Signer.generate()),
        "not-the-peer": sign_release(counterpart.make(owner=stranger.who.id), counterpart.who.node),
        "wrong-recipient": sign_object(item, counterpart.who.node),
        "extension-missing": json.dumps(stripped).encode(),
        "no-agreement": sign_release(
            counterpart.make(agreement=stranger.agreement.digest), counterpart.who.node
        ),
        "field-not-agreed": sign_release(
            counterpart.make(fields={"analyst_note": "x"}), counterpart.who.node
        ),
        "from-the-future": sign_release(
            counterpart.make(modified=clock.now() + timedelta(days=1)), counterpart.who.node
        ),
        "malformed": b'{"a":1,"a":2}',
        "too-large": b'{"name":"' + b"x" * (1 << 20) + b'"}',
    }


def test_what_does_not_hold_goes_to_quarantine_with_its_reason(counterpart, stranger, pulled):
    forged = forgeries(counterpart, stranger)
    for wire in forged.values():
        counterpart.offer(wire)
    assert pulled(counterpart).stored == Stored(refused=len(forged))
    rows = Received.objects.order_by("pk")
    assert [row.reason for row in rows] == list(forged)
    assert {row.state for row in rows} == {ReceivedState.QUARANTINED}
    assert rows.get(reason="too-large").wire is None
    assert [given.receipt.reasons[0] for given in counterpart.receipts] == list(forged)
    before = everything()
    for wire in forged.values():
        counterpart.offer(wire)
    assert pulled(counterpart).stored == Stored(known=len(forged))
    assert everything()[:3] == before[:3]


def test_repeated_reordered_edited_and_resigned_messages_change_nothing(counterpart, pulled):
    first = counterpart.release()
    second = counterpart.release(
        **{**first.model_dump(), "version": 2, "modified": first.modified + timedelta(seconds=1)}
    )
    pulled(counterpart)
    held = list(Received.objects.order_by("pk").values_list("digest", "state", "wire"))
    one, two = (wire for _, wire in counterpart.collection)
    counterpart.offer(two)
    counterpart.offer(one)
    edited = counterpart.make(**{**second.model_dump(), "fields": {"title": "edited"}})
    counterpart.offer(sign_release(edited, counterpart.who.node))
    counterpart.offer(json.dumps(json.loads(two), indent=1).encode())
    found = pulled(counterpart).stored
    assert (found.stored, found.refused, found.known) == (0, 1, 3)
    assert list(Received.objects.order_by("pk").values_list("digest", "state", "wire"))[:2] == held
    assert counterpart.receipts[-1].receipt.reasons == ("equivocation",)


def test_a_replay_of_the_whole_collection_is_all_known(counterpart, pulled):
    for _ in range(3):
        counterpart.release()
    pulled(counterpart)
    before = everything()
    Peer.objects.update(cursor="")
    assert pulled(counterpart).stored == Stored(known=3)
    assert everything() == before


def test_what_was_refused_for_a_passing_reason_is_taken_when_it_has_passed(counterpart, pulled):
    theirs = AgreementParty.objects.filter(institution=counterpart.who.id)
    signature = theirs.get().signature
    theirs.update(signature="")
    counterpart.release()
    assert pulled(counterpart).stored == Stored(refused=1)
    theirs.update(signature=signature)
    assert pulled(counterpart).stored == Stored(stored=1)
    assert Received.objects.get().state == ReceivedState.STORED
    assert [given.receipt.outcome for given in counterpart.receipts] == [Outcome.REFUSED, Outcome.STORED]


def broken(counterpart, match, times=1):
    """A counterpart that breaks off at some requests, after it was asked."""
    left = [times]

    def serve(request):
        answer = counterpart(request)
        if match in request.url.path and left[0]:
            left[0] -= 1
            raise httpx.ReadError("broken off")
        return answer

    return httpx.MockTransport(serve)


@pytest.mark.parametrize("match", ["taxii2", "collections", "objects", "receipts", "log", "cosignature"])
def test_wherever_it_breaks_off_the_next_pull_ends_in_the_same_state(counterpart, pulled, match):
    for _ in range(3):
        counterpart.release()
    peer = Peer.objects.get()
    with pytest.raises(ExchangeError):
        pull(peer, broken(counterpart, match))
    peer.refresh_from_db()
    assert "broke off" in peer.last_error
    pulled(counterpart)
    assert Received.objects.filter(state=ReceivedState.STORED).exclude(in_log=None).count() == 3
    assert not ReceiptOut.objects.filter(delivered=None).exists()
    assert not SeenCheckpoint.objects.filter(delivered=None).exists()
    assert {given.receipt.object for given in counterpart.receipts} == set(
        Received.objects.values_list("object", flat=True)
    )
    peer.refresh_from_db()
    assert (peer.last_error, peer.last_pulled is None) == ("", False)


def test_a_page_is_stored_whole_or_not_at_all(counterpart, pulled, monkeypatch):
    counterpart.release()
    counterpart.offer(b"{}")
    counterpart.release()
    write, calls = store_received.write_receipts, []

    def dying(peer, answered, signer):
        calls.append(Received.objects.count())
        write(peer, answered, signer)
        if len(calls) == 2:
            raise MemoryError

    monkeypatch.setattr(store_received, "write_receipts", dying)
    with pytest.raises(ExchangeError, match="MemoryError"):
        pulled(counterpart)
    assert calls == [1, 3]
    assert (Received.objects.count(), ReceiptOut.objects.count(), Peer.objects.get().cursor) == (0, 0, "")
    monkeypatch.undo()


def test_objects_that_are_stored_together_are_judged_in_their_order(counterpart, pulled):
    first = counterpart.release()
    later = first.modified + timedelta(milliseconds=5)
    second = counterpart.release(
        **{**first.model_dump(), "version": 2, "modified": later, "salt": new_salt()}
    )
    other = counterpart.release()
    counterpart.withdraw(second)
    last = later + timedelta(seconds=1)
    counterpart.release(**{**first.model_dump(), "version": 9, "modified": last, "salt": new_salt()})
    found = pulled(counterpart).stored
    assert found == Stored(stored=3, withdrawn=1, refused=1)
    rows = Received.objects.order_by("pk").values_list("object", "version", "state", "reason")
    assert list(rows) == [
        (first.id, 1, "withdrawn", ""),
        (first.id, 2, "withdrawn", ""),
        (other.id, 1, "stored", ""),
        (first.id, 3, "withdrawn", ""),
        (first.id, 9, "quarantined", "withdrawn-before"),
    ]
    assert Received.objects.filter(object=first.id, wire=None).count() == 2
    outcomes = [(given.receipt.version, given.receipt.outcome.value) for given in counterpart.receipts]
    assert outcomes == [(1, "stored"), (2, "stored"), (1, "stored"), (3, "withdrawn"), (9, "refused")]


@pytest.mark.parametrize(
    "changes",
    [
        {"activity": "x" * 101},
        {"slice": "a\x00b"},
        {"agreement": "sha256:" + 65 * "0"},
        {"agreement": "\x00"},
        {"version": 1 << 31},
        {"version": 1 << 52},
    ],
)
def test_what_no_store_could_keep_is_refused_and_holds_nobody_up(counterpart, pulled, changes):
    value = encode(counterpart.make(fields={}, revoked=True))
    extension = value["extensions"][RELEASE_EXTENSION]
    extension |= {"number" if name == "version" else name: given for name, given in changes.items()}
    counterpart.offer(sign_object(value, counterpart.who.node))
    counterpart.release()
    assert pulled(counterpart).stored == Stored(stored=1, refused=1)
    assert Received.objects.get(state=ReceivedState.QUARANTINED).reason == "not-a-release"


def refused_log(counterpart, pulled, error=ProofError):
    with pytest.raises(error):
        pulled(counterpart)
    assert Event.objects.filter(tag=Tag.CHECKPOINT_REFUSED).count() == 1
    return SeenCheckpoint.objects.count()


def test_an_object_that_the_log_does_not_show_is_an_alarm(counterpart, pulled):
    counterpart.release()
    counterpart.leaves.clear()
    assert refused_log(counterpart, pulled) == 0
    assert counterpart.cosigned == []


def test_a_log_that_was_rewritten_is_an_alarm(counterpart, pulled):
    for _ in range(3):
        counterpart.release()
    pulled(counterpart)
    counterpart.leaves[1] = bytes(32)
    counterpart.release()
    assert refused_log(counterpart, pulled) == 1
    assert len(counterpart.cosigned) == 1


def test_a_log_that_shrank_is_an_alarm(counterpart, pulled):
    for _ in range(3):
        counterpart.release()
    pulled(counterpart)
    counterpart.leaves.pop()
    assert refused_log(counterpart, pulled) == 1


def test_two_roots_for_one_size_are_an_alarm(counterpart, pulled):
    counterpart.release()
    pulled(counterpart)
    counterpart.leaves[0] = bytes(32)
    assert refused_log(counterpart, pulled) == 1


def test_a_log_signed_by_another_key_is_an_alarm(counterpart, pulled, stranger, monkeypatch):
    counterpart.release()
    sign = cosigning.open_checkpoint
    monkeypatch.setattr(
        cosigning, "open_checkpoint", lambda note, origin, _: sign(note, origin, stranger.who.node.key)
    )
    assert refused_log(counterpart, pulled, SignatureError) == 0


def test_a_leaf_seen_before_its_object_is_found_again(counterpart, pulled):
    """Released between our last page and our look at the log."""
    made = counterpart.make()
    hidden = sign_release(made, counterpart.who.node)
    counterpart.release(**made.model_dump())
    late = counterpart.collection.pop()
    pulled(counterpart)
    assert late[1] == hidden
    counterpart.offer(hidden)
    assert pulled(counterpart).stored == Stored(stored=1)
    assert Received.objects.get().in_log is not None
    assert SeenCheckpoint.objects.count() == 1


def test_a_counterpart_without_address_or_collection_is_told(counterpart, pulled, stranger):
    Peer.objects.filter(pk=stranger.who.id).update(url="")
    with pytest.raises(ExchangeError, match="no address"):
        pulled(stranger)
    counterpart.node = stranger.who.id
    with pytest.raises(FourfoldError):
        pulled(counterpart)
    assert Event.objects.filter(tag=Tag.SYNC_FAILED).count() == 2


@pytest.mark.parametrize(("seconds", "signed"), [(60, 2), (900, 1)])
def test_a_log_that_has_not_grown_is_countersigned_again_after_the_time_that_is_set(
    counterpart, pulled, settings, monkeypatch, seconds, signed
):
    counterpart.release()
    pulled(counterpart)
    pulled(counterpart)
    assert len(counterpart.cosigned) == 1
    settings.NODE = replace(settings.NODE, countersign_seconds=seconds)
    later = clock.now() + timedelta(seconds=100)
    monkeypatch.setattr(clock, "now", lambda: later)
    pulled(counterpart)
    assert len(counterpart.cosigned) == signed
