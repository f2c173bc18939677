"""What a counterpart brings to the node or asks of it beside TAXII: receipts, log, countersignature."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from effort import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fourfold.canon import digest
from fourfold.errors import ExchangeError, RefusedError
from fourfold.exchange.nodes import Taken
from fourfold.exchange.receipts import Outcome
from fourfold.log import Frontier, Note, append, check_growth, cosign, log_name, open_checkpoint
from fourfold.node import clock
from fourfold.node.actions import show_log
from fourfold.node.models import Checkpoint, Event, ReceiptIn, Release, ReleaseState, Tag
from fourfold.node.releasing import take_back
from fourfold.node.standing import last_countersigned
from fourfold.node.web.queries.releases import release_view
from fourfold.node.withdrawing import standing_of
from fourfold.records.encoding import from_base64
from fourfold.records.signing import Signer


def deliver(asker, *wires):
    return [result.result for result in asker.nodes.deliver_receipts(list(wires))]


def state_of(row):
    row.release.refresh_from_db()
    return row.release.state


def receipt_for(counterpart, row, **changes):
    given = {"at": clock.now(), "release": row.content(), **changes}
    return counterpart.answer(bytes(row.wire), **given)


def test_a_receipt_is_taken_once_and_kept_as_it_was_signed(counterpart, asker, share):
    row = share(counterpart)
    wire = receipt_for(counterpart, row)
    assert deliver(asker, wire) == [Taken.ACCEPTED]
    assert bytes(ReceiptIn.objects.get().body) == wire
    assert state_of(row) == ReleaseState.ACKNOWLEDGED
    assert deliver(asker, wire, wire) == [Taken.KNOWN, Taken.KNOWN]
    assert ReceiptIn.objects.count() == 1


def test_a_refusal_says_why_and_may_be_followed_by_acceptance(counterpart, asker, share):
    row = share(counterpart)
    refusal = receipt_for(counterpart, row, outcome=Outcome.REFUSED, reasons=("no-agreement",))
    assert deliver(asker, refusal) == [Taken.ACCEPTED]
    assert (state_of(row), ReceiptIn.objects.get().reason) == (ReleaseState.REFUSED, "no-agreement")
    assert deliver(asker, receipt_for(counterpart, row)) == [Taken.ACCEPTED]
    assert state_of(row) == ReleaseState.ACKNOWLEDGED


def test_a_withdrawal_is_confirmed_by_the_receipt_for_it_and_by_nothing_else(counterpart, asker, share):
    row = share(counterpart)
    deliver(asker, receipt_for(counterpart, row))
    back = take_back(row.release, "mistake", "tester", clock.now())
    assert state_of(row) == ReleaseState.WITHDRAWAL_PENDING
    assert deliver(asker, receipt_for(counterpart, back)) == [Taken.REFUSED]
    assert state_of(row) == ReleaseState.WITHDRAWAL_PENDING
    until = clock.now() + timedelta(days=30)
    confirmed = receipt_for(
        counterpart, back, outcome=Outcome.WITHDRAWN, destroyed=(row.digest,), backups_until=until
    )
    assert deliver(asker, confirmed) == [Taken.ACCEPTED]
    assert state_of(row) == ReleaseState.CONFIRMED
    assert Event.objects.filter(tag=Tag.WITHDRAWAL_CONFIRMED).count() == 1


@pytest.mark.parametrize("stored_first", [True, False])
def test_f14_who_destroyed_nothing_of_what_it_stored_has_confirmed_nothing(
    counterpart, asker, share, stored_first
):
    row = share(counterpart)
    asker.objects()
    stored = receipt_for(counterpart, row)
    back = take_back(row.release, "mistake", "tester", clock.now())
    nothing = receipt_for(counterpart, back, outcome=Outcome.WITHDRAWN)
    for each in (stored, nothing) if stored_first else (nothing, stored):
        assert deliver(asker, each) == [Taken.ACCEPTED]
    assert state_of(row) == ReleaseState.WITHDRAWAL_PENDING
    release = Release.objects.get(pk=row.release_id)
    assert standing_of(release, clock.now()) == "withdrawal-denied"
    assert "says that it destroyed nothing" in str(release_view(release.pk).state.word)


def test_f14_what_was_destroyed_is_not_stored_later(counterpart, asker, share):
    row = share(counterpart)
    asker.objects()
    back = take_back(row.release, "mistake", "tester", clock.now())
    confirmed = receipt_for(counterpart, back, outcome=Outcome.WITHDRAWN, destroyed=(row.digest,))
    late = receipt_for(counterpart, row, at=clock.now() + timedelta(seconds=1))
    assert deliver(asker, confirmed, late) == [Taken.ACCEPTED, Taken.REFUSED]
    assert state_of(row) == ReleaseState.CONFIRMED


def test_receipts_that_do_not_hold_change_nothing_and_are_told_why(counterpart, stranger, asker, share):
    row, other = share(counterpart), share(stranger)
    good = receipt_for(counterpart, row)
    bad = [
        good.replace(b'"version":1', b'"version":2'),
        receipt_for(counterpart, row, signer=Signer.generate()),
        receipt_for(counterpart, row, recipient=stranger.who.id),
        receipt_for(counterpart, row, owner=stranger.who.id),
        receipt_for(counterpart, row, version=7),
        receipt_for(counterpart, row, digest=digest("x")),
        receipt_for(counterpart, row, at=clock.now() + timedelta(hours=1)),
        receipt_for(counterpart, row, at=clock.now() - timedelta(hours=1)),
        receipt_for(counterpart, row, outcome=Outcome.WITHDRAWN),
        receipt_for(counterpart, other),
        b"{}",
        b"7",
    ]
    results = asker.nodes.deliver_receipts(bad)
    assert {result.result for result in results} == {Taken.REFUSED}
    assert all(result.why for result in results)
    assert ReceiptIn.objects.count() == 0
    assert state_of(row) == ReleaseState.SHARED
    assert deliver(asker, good) == [Taken.ACCEPTED]
    second = receipt_for(counterpart, row, outcome=Outcome.REFUSED, reasons=("old-version",))
    assert deliver(asker, second) == [Taken.REFUSED]
    assert state_of(row) == ReleaseState.ACKNOWLEDGED


def test_what_another_got_and_what_nobody_got_is_refused_alike(counterpart, stranger, asker, share):
    other = share(stranger)
    results = asker.nodes.deliver_receipts(
        [receipt_for(counterpart, other), receipt_for(counterpart, other, object="release--0", version=9)]
    )
    assert results[0].why == results[1].why


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"receipts":{}}', b"\xff"])
def test_a_body_that_is_no_delivery_is_told_so(asker, body):
    answer = asker.http.post("http://node.example/exchange/v1/receipts", content=body)
    assert answer.status_code == 400
    assert json.loads(answer.content)["title"]


def test_the_log_shows_every_release_and_is_signed(node, counterpart, asker, share):
    rows = [share(counterpart, title=f"Incident {number}") for number in range(5)]
    (piece,) = asker.nodes.log(0)
    origin = f"{log_name(node.id, counterpart.who.id)}/1"
    checkpoint = open_checkpoint(piece.note, origin, node.node.key)
    frontier, _ = append(Frontier(), piece.leaves)
    assert (checkpoint.size, checkpoint.root) == (5, frontier.root())
    assert [bytes(row.leaf.hash) for row in rows] == list(piece.leaves)
    assert [each.leaves for each in asker.nodes.log(3)] == [piece.leaves[3:]]


def test_a_log_says_nothing_of_what_others_got(counterpart, stranger, ask, share):
    asker = ask(stranger.who.node)
    (before,) = asker.nodes.log(0)
    for number in range(3):
        share(counterpart, title=f"Incident {number}")
    (after,) = asker.nodes.log(0)
    assert before == after
    assert after.leaves == ()


def test_a_checkpoint_is_signed_once_for_each_size(counterpart, asker, share):
    share(counterpart)
    first, second = next(asker.nodes.log(0)), next(asker.nodes.log(0))
    assert first.note == second.note
    share(counterpart, title="Another")
    assert next(asker.nodes.log(0)).note != first.note
    assert Checkpoint.objects.filter(log__peer=counterpart.who.id).count() == 2


@pytest.mark.parametrize(
    "query", ["from=-1", "from=x", "from=", "from=1e3", "from=9999999999999999", "from=²"]
)
def test_a_malformed_place_in_the_log_is_told_so(asker, query):
    assert asker.http.get(f"http://node.example/exchange/v1/log?{query}").status_code == 400


def cosigned(counterpart, note, origin, key, at):
    checkpoint = open_checkpoint(note, origin, key)
    return note.with_signature(cosign(checkpoint, counterpart.who.id, counterpart.who.node, at))


def test_a_countersignature_is_kept_beside_its_checkpoint(node, counterpart, asker, share):
    share(counterpart)
    note = next(asker.nodes.log(0)).note
    origin = f"{log_name(node.id, counterpart.who.id)}/1"
    at = clock.now().replace(microsecond=0)
    given = cosigned(counterpart, note, origin, node.node.key, at)
    for _ in range(2):
        asker.nodes.send_cosignature(given)
    row = Checkpoint.objects.get(log__origin=origin)
    assert (row.cosigned_at_peer, row.cosigned_note) == (at, given.encode().decode())
    assert Event.objects.filter(tag=Tag.COSIGNATURE_ACCEPTED).count() == 1


def test_a_countersignature_that_does_not_hold_is_refused(node, counterpart, stranger, asker, share):
    share(counterpart)
    note = next(asker.nodes.log(0)).note
    origin = f"{log_name(node.id, counterpart.who.id)}/1"
    now = clock.now()
    foreign = cosigned(stranger, note, origin, node.node.key, now)
    good = cosigned(counterpart, note, origin, node.node.key, now)
    forged = Note(note.text.replace("\n1\n", "\n2\n"), good.signatures)
    renamed = Note(note.text.replace(counterpart.who.id, stranger.who.id), good.signatures)
    for bad in (note, foreign, forged, renamed):
        with pytest.raises(ExchangeError):
            asker.nodes.send_cosignature(bad)
    answer = asker.http.post("http://node.example/exchange/v1/cosignature", content=b"no note")
    assert answer.status_code == 400
    assert not Checkpoint.objects.exclude(cosigned=None).exists()
    noted = Event.objects.filter(tag=Tag.COSIGNATURE_REFUSED).values_list("reason", flat=True)
    assert sorted(noted) == ["RefusedError", "SignatureError"]


def test_a_countersignature_from_the_future_is_refused_as_its_time_is_a_clock_here(
    node, counterpart, asker, share
):
    """Otherwise a counterpart could end what others agreed here, or begin what has not begun."""
    share(counterpart)
    note = next(asker.nodes.log(0)).note
    origin = f"{log_name(node.id, counterpart.who.id)}/1"
    for ahead, taken in ((timedelta(days=400), False), (timedelta(minutes=6), False), (timedelta(0), True)):
        given = cosigned(counterpart, note, origin, node.node.key, clock.now() + ahead)
        if taken:
            asker.nodes.send_cosignature(given)
        else:
            with pytest.raises(ExchangeError, match="future"):
                asker.nodes.send_cosignature(given)
        assert (last_countersigned() is not None) == taken
    assert Event.objects.filter(tag=Tag.COSIGNATURE_REFUSED).count() == 1


def test_a_node_that_cannot_open_its_key_says_no_more_than_that(asker, monkeypatch):
    def closed():
        raise RefusedError("SECRET: the passphrase is in /some/file")

    monkeypatch.setattr(show_log, "node_signer", closed)
    answer = asker.http.get("http://node.example/exchange/v1/log")
    assert (answer.status_code, b"SECRET" in answer.content) == (500, False)


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: f"{text}\n\n\u2014 a AAAAAAAA\n".encode())
)
@example(b"{}")
@example(b'{"receipts":[]}')
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_makes_the_node_fail(asker, body):
    for place in ("receipts", "cosignature"):
        answer = asker.http.post(f"http://node.example/exchange/v1/{place}", content=body)
        assert answer.status_code in ({400, 422} if body.strip() != b"{}" else {200, 400})  # no receipts


def test_the_log_only_grows(node, counterpart, asker, share):
    origin, states = f"{log_name(node.id, counterpart.who.id)}/1", []
    for number in range(4):
        share(counterpart, title=f"Incident {number}")
        (piece,) = asker.nodes.log(0)
        states.append((open_checkpoint(piece.note, origin, node.node.key), piece.leaves))
    for (old, before), (new, after) in pairwise(states):
        assert after[: len(before)] == before
        assert from_base64(new.text().split("\n")[2]) == append(Frontier(), after)[0].root()
        assert new.size == old.size + 1
    check_growth(None, states[-1][0], ())
