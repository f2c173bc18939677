"""What a recipient says that it holds steers nothing: neither our withdrawal, nor those from others."""

import pytest

from fourfold.exchange.holdings import Holdings, Item, Sum, sign_holdings
from fourfold.exchange.stix import decode, read_object
from fourfold.node import clock, models
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.check_node import check_node
from fourfold.node.actions.correct_release import correct_release
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.sync import sync
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.web.queries.releases import release_view
from fourfold.records.markings import Marking, Tlp
from fourfold.release import LAST_VERSION, Notice

HIGHEST = (2, LAST_VERSION - 1, LAST_VERSION)
UNBOUNDED = (LAST_VERSION + 1, (1 << 53) - 1)
pytestmark = pytest.mark.usefixtures("counterpart")
NOTHING = Sum(count=0, root=64 * "0")


def statement(node, who, stix_id, version):
    """A statement of a recipient that it holds a version of which this node does not know."""
    item = Item.model_construct(id=stix_id, version=version, digest="sha256:" + 64 * "f")
    given_ = {"owner": node.id, "recipient": who.id, "said_by": who.id, "at": clock.now()}
    made = Holdings.model_construct(**given_, parts=(), all=NOTHING, unknown=(item,), more=0)
    return sign_holdings(made, who.node)


def claim(node, counterpart, ask, row, version):
    """Claim over the wire; what came of it."""
    asker = ask(counterpart.who.node)
    asker.objects()
    body = statement(node, counterpart.who, row.stix_id, version).wire()
    return asker.http.post("http://node.example/exchange/v1/holdings", content=body).status_code


def claimed(row, version):
    """The same claim, as an earlier release of this software kept it."""
    digest = "sha256:" + 64 * "e"
    models.UnknownRelease.objects.create(
        peer=row.peer, stix_id=row.stix_id, version=version, digest=digest, told=clock.now()
    )


@pytest.mark.parametrize("version", HIGHEST)
def test_f1_a_claimed_version_keeps_no_release_from_being_updated_and_withdrawn(
    node, counterpart, share, ask, version
):
    row = share(counterpart)
    assert claim(node, counterpart, ask, row, version) == 204
    right = Changes({"title": "A bus"}, Marking(tlp=Tlp.GREEN), "public-incidents")
    change_record(row.source.record, right, "tester")
    again = release_record(row.source.record, row.peer, "tester")
    gone = withdraw(row.release_id, "mistake", "tester")
    assert (row.version, again.version, gone.version, gone.revoked) == (1, 2, 3, True)
    told = [decode(read_object(wire).value) for wire in ask(counterpart.who.node).objects()]
    assert told[-1].revoked


@pytest.mark.parametrize("version", UNBOUNDED)
def test_f1_a_version_that_no_release_can_have_is_no_statement_about_holdings(
    node, counterpart, share, ask, version
):
    row = share(counterpart)
    assert claim(node, counterpart, ask, row, version) in {400, 422}
    assert not models.UnknownRelease.objects.exists()


def test_f1_a_third_party_client_cannot_keep_what_it_has_from_being_withdrawn(node, let_in, offered):
    third = let_in()
    row = offered(third)
    third.objects()
    claimed(row, LAST_VERSION)
    assert withdraw(row.release_id, "mistake", "tester").revoked


@pytest.fixture
def closed(counterpart, stranger, share, ask):
    """One record with two counterparts; the log for the second is closed, as after a restore."""
    row = share(counterpart)
    other = release_record(row.source.record, models.Peer.objects.get(pk=stranger.who.id), "tester")
    for each in (counterpart, stranger):
        ask(each.who.node).objects()
    models.Peer.objects.filter(pk=stranger.who.id).update(epoch_due=True)
    return row, other


def state(row):
    return models.Release.objects.get(pk=row.release_id).state


def revoked(row):
    return models.ReleaseVersion.objects.filter(release=row.release_id, revoked=True).exists()


def test_f1_one_recipient_that_cannot_be_told_does_not_keep_a_correction_from_the_others(
    closed, stranger, ask
):
    row, other = closed
    done = correct_release(row.source.record, "wrong", "officer")
    assert [each.release_id for each in done.withdrawn] == [row.release_id, other.release_id]
    assert (revoked(row), revoked(other)) == (True, False)
    assert {state(row), state(other)} == {models.ReleaseState.WITHDRAWAL_PENDING}
    assert ask(stranger.who.node).objects() == []  # from this moment on it is not handed out
    failed = models.Event.objects.get(tag=models.Tag.WITHDRAWAL_FAILED)
    assert (failed.subject, failed.reason) == (other.release_id, "RefusedError")
    finding = next(each for each in check_node() if each.name == "untold withdrawals")
    assert (finding.holds, "Stranger" in finding.sentence) == (False, True)
    assert "could not be told yet" in str(release_view(other.release_id).state.word)


def test_f1_who_could_not_be_told_of_a_withdrawal_is_told_by_the_next_collection(closed, stranger, ask):
    row, other = closed
    correct_release(row.source.record, "wrong", "officer")
    sync(())
    assert not revoked(other)  # the log for it is still closed
    assert models.Event.objects.filter(tag=models.Tag.WITHDRAWAL_FAILED).count() == 1
    models.Peer.objects.update(epoch_due=False)
    sync(())
    (wire,) = ask(stranger.who.node).objects()
    told = decode(read_object(wire).value)
    assert (told.id, told.revoked, told.notice) == (other.release_id, True, Notice.RELEASED_IN_ERROR)
    assert next(each for each in check_node() if each.name == "untold withdrawals").holds


def test_f1_a_restored_node_goes_on_with_its_third_party_clients_at_the_next_collection(let_in, offered):
    third = let_in()
    row = offered(third)
    third.objects()
    models.Peer.objects.update(epoch_due=True)
    withdraw(row.release_id, "mistake", "tester")
    assert not revoked(row)
    sync(())
    (wire,) = third.objects()
    assert decode(read_object(wire).value).revoked
    assert offered(third, title="Another").sequence > 1 << 40
