"""Reconciling with a counterpart: a gap is found and healed by the sync; what stays different is an alarm."""

from datetime import timedelta

import pytest

from fourfold.agreements import end as ended
from fourfold.exchange.holdings import Holdings, Item, sign_holdings, total
from fourfold.exchange.receipts import Outcome
from fourfold.exchange.stix import sign_release
from fourfold.node import clock
from fourfold.node.actions.check_node import check_node
from fourfold.node.actions.pull import alarm
from fourfold.node.actions.sync import Synced
from fourfold.node.agreeing import record_ending
from fourfold.node.models import (
    Agreement,
    AgreementParty,
    Comparison,
    Event,
    Peer,
    ReceiptOut,
    Received,
    ReleaseVersion,
    Tag,
    UnknownRelease,
)
from fourfold.node.queries.syncs import as_row, in_words
from fourfold.node.releasing import take_back


def lose(rows):
    """Rows go behind the node's back."""
    ReceiptOut.objects.filter(received__in=rows).delete()
    rows.delete()


def peer_of(counterpart):
    return Peer.objects.get(pk=counterpart.who.id)


def holding(name):
    return next(each for each in check_node() if name in each.name)


def test_what_was_lost_here_is_found_and_collected_again_by_the_next_sync(counterpart, pulled):
    made = [counterpart.release() for _ in range(100)]
    first = pulled(counterpart)
    assert (first.holdings.count, first.holdings.healed, first.holdings.agrees) == (100, 0, True)
    lose(Received.objects.filter(object__in=[made[3].id, made[70].id]))
    assert pulled(counterpart).holdings.healed == 2
    assert Received.objects.count() == 100
    assert Event.objects.get(tag=Tag.HOLDINGS_HEALED).reason == "2 objects"
    assert pulled(counterpart).holdings.healed == 0
    assert alarm(peer_of(counterpart)) == ""
    assert holding("what we hold of").holds


def test_a_lost_newest_version_and_a_lost_withdrawal_are_healed_too(counterpart, pulled):
    made = counterpart.release()
    later = {"version": 2, "modified": made.modified + timedelta(seconds=1)}
    counterpart.release(id=made.id, **later)
    gone = counterpart.release(fields={"title": "Gone"})
    counterpart.withdraw(gone)
    pulled(counterpart)
    lose(Received.objects.filter(object=made.id, version=2))
    lose(Received.objects.filter(object=gone.id, version=2))
    assert pulled(counterpart).holdings.healed == 2
    assert not Received.objects.filter(object=gone.id, wire__contains=b"Gone").exists()
    assert {row.receipt.outcome for row in counterpart.receipts} == {Outcome.STORED, Outcome.WITHDRAWN}


def test_the_counterpart_is_told_what_is_held_signed_by_this_node(node, counterpart, pulled):
    counterpart.release()
    pulled(counterpart)
    signed = counterpart.stated[-1]
    given = signed.check(counterpart.who.id, node.id, node.id, {node.node.key})
    assert given.all == total(counterpart.handed_out())
    assert (given.unknown, given.more) == ((), 0)


def test_what_cannot_be_healed_is_an_alarm_in_the_sync_and_in_the_check_until_it_agrees_again(
    counterpart, pulled
):
    counterpart.release()
    lost = counterpart.release()
    pulled(counterpart)
    lose(Received.objects.filter(object=lost.id))
    kept = counterpart.collection.pop()
    whole, counterpart.handed_out = counterpart.handed_out, lambda: [*whole(), missing]
    missing = Item(id=f"incident--{lost.id[9:]}", version=1, digest="sha256:" + 64 * "a")
    found = pulled(counterpart)
    assert (found.holdings.missing, found.holdings.agrees) == (1, False)
    done = Synced(peer_of(counterpart), found, alarm(peer_of(counterpart)))
    assert "ALARM: 1 objects here, 2 there: This node lacks 1" in in_words(done)
    assert "lacks 1" in as_row(done)["problem"]
    assert not holding("what we hold of").holds
    assert "lacks 1" in peer_of(counterpart).last_error
    counterpart.collection.append(kept)
    counterpart.handed_out = whole
    assert pulled(counterpart).holdings.healed == 1
    assert holding("what we hold of").holds
    assert peer_of(counterpart).last_error == ""


def test_what_the_owner_does_not_know_any_more_is_told_to_it_and_an_alarm(counterpart, pulled):
    counterpart.release()
    pulled(counterpart)
    counterpart.collection.clear()
    found = pulled(counterpart)
    assert (found.holdings.unknown, found.holdings.missing) == (1, 0)
    assert [each.digest for each in counterpart.stated[-1].holdings.unknown] == [
        Received.objects.get().digest
    ]
    assert "does not know any more" in alarm(peer_of(counterpart))


def test_what_was_refused_is_no_gap(counterpart, pulled):
    counterpart.offer(sign_release(counterpart.make(slice="other"), counterpart.who.node))
    counterpart.release()
    found = pulled(counterpart)
    assert (found.stored.refused, found.holdings.agrees, found.holdings.count) == (1, True, 1)
    assert pulled(counterpart).holdings.agrees


def parts(asker, *prefixes):
    return asker.nodes.holdings(prefixes or ("",)).holdings.parts


def test_the_owner_says_what_it_handed_out_and_may_hand_out_and_nothing_else(
    counterpart, stranger, share, asker
):
    share(stranger, title="Not yours")
    row = share(counterpart)
    (before,) = parts(asker)
    assert [item.digest for item in before.items] == [row.digest]
    asker.objects()
    assert parts(asker) == (before,)


def test_a_release_that_was_passed_over_while_it_was_held_back_is_found_again(counterpart, share, asker):
    held_back = share(counterpart)
    agreement = held_back.agreement
    party = agreement.parties.get(institution=counterpart.who.id)
    AgreementParty.objects.filter(pk=party.pk).update(signature="")
    assert asker.objects() == []
    assert parts(asker)[0].items == ()
    AgreementParty.objects.filter(pk=party.pk).update(signature=party.signature)
    assert [item.digest for item in parts(asker)[0].items] == [held_back.digest]


def test_two_worlds_that_differ_in_what_the_asker_may_not_see_give_the_same_answer(
    node, counterpart, stranger, share, asker, monkeypatch
):
    share(counterpart)
    asker.objects()
    moment = clock.now()

    def answer():
        with monkeypatch.context() as patch:
            patch.setattr("fourfold.node.actions.show_holdings.clock.now", lambda: moment)
            return [each.model_dump() for each in parts(asker, "", "a", "0f")]

    before = answer()
    share(stranger, title="Not yours")
    hidden = share(counterpart, title="Withheld at delivery")
    ReleaseVersion.objects.filter(pk=hidden.pk).update(source=None)
    assert answer() == before
    del node


def test_parts_are_named_by_digits_and_not_too_many_at_once(asker):
    for wrong in ("parts=xyz", "parts=" + ",".join(["a"] * 65), "parts=" + "a" * 64, "parts=A"):
        assert asker.http.get(f"http://node.example/exchange/v1/holdings?{wrong}").status_code == 400
    assert asker.http.post("http://node.example/exchange/v1/holdings", content=b"{}").status_code == 400


def stated(counterpart, items, unknown=(), signer=None, **changes):
    values = {
        "owner": counterpart.node,
        "recipient": counterpart.who.id,
        "said_by": counterpart.who.id,
        "at": clock.now(),
        "all": total(sorted(items, key=lambda each: each.digest)),
        "unknown": tuple(unknown),
    }
    return sign_holdings(Holdings(**{**values, **changes}), signer or counterpart.who.node)


def item_of(row):
    return Item(id=row.stix_id, version=row.version, digest=row.digest)


def test_the_owner_learns_that_the_counterpart_lost_something_and_that_it_has_it_again(
    counterpart, share, asker
):
    rows = [share(counterpart, title=f"Incident {number}") for number in range(3)]
    asker.objects()
    asker.nodes.tell_holdings(stated(counterpart, map(item_of, rows[:2])))
    assert "lacks 1" in holding("holds of us").sentence
    assert Event.objects.filter(tag=Tag.HOLDINGS_DIFFER).count() == 1
    asker.nodes.tell_holdings(stated(counterpart, map(item_of, rows)))
    assert holding("holds of us").holds


def test_what_the_counterpart_holds_and_we_do_not_know_is_listed_once(counterpart, share, asker):
    row = share(counterpart)
    asker.objects()
    lost = Item(id="incident--0f8fad5b-d9cb-469f-a165-70867728950e", version=2, digest="sha256:" + 64 * "b")
    for _ in range(2):
        asker.nodes.tell_holdings(stated(counterpart, [item_of(row), lost], [lost, item_of(row)]))
    assert [each.stix_id for each in UnknownRelease.objects.all()] == [lost.id]
    assert Event.objects.filter(tag=Tag.RELEASE_UNKNOWN).count() == 1
    assert "holds 1 that this node does not know" in holding("holds of us").sentence


@pytest.mark.parametrize("wrong", ["signer", "owner", "said_by", "future", "no sum"])
def test_a_statement_that_is_forged_or_about_others_changes_nothing(counterpart, stranger, asker, wrong):
    changes = {
        "signer": {"signer": stranger.who.node},
        "owner": {"owner": stranger.who.id},
        "said_by": {"said_by": stranger.who.id},
        "future": {"at": clock.now() + timedelta(hours=1)},
        "no sum": {"all": None},
    }[wrong]
    with pytest.raises(Exception, match="answered 4"):
        asker.nodes.tell_holdings(stated(counterpart, [], **changes))
    assert not Comparison.objects.exists()


def test_an_older_statement_does_not_replace_a_newer_one(counterpart, share, asker):
    row = share(counterpart)
    asker.objects()
    asker.nodes.tell_holdings(stated(counterpart, [item_of(row)]))
    asker.nodes.tell_holdings(stated(counterpart, [], at=clock.now() - timedelta(minutes=1)))
    assert Comparison.objects.get(ours=True).agrees


def test_after_an_agreement_has_ended_what_is_held_still_agrees(counterpart, share, asker, pulled):
    counterpart.release()
    pulled(counterpart)
    row = share(counterpart)
    asker.objects()
    ending = ended(counterpart.agreement, counterpart.who.institution, clock.now())
    record_ending(Agreement.objects.get(pk=counterpart.agreement.digest), ending, clock.now(), "tester")
    assert pulled(counterpart).holdings.agrees
    assert [item.digest for item in parts(asker)[0].items] == [row.digest]
    gone = take_back(row.release, "over", "tester", clock.now())
    assert [item.digest for item in parts(asker)[0].items] == [gone.digest]
