"""Retention and legal holds: what is due goes, what is held stays, and the evidence outlives both."""

from datetime import timedelta

import pytest

from fourfold.errors import NotFoundError, RefusedError
from fourfold.exchange.receipts import read_receipt
from fourfold.node import clock, keeping
from fourfold.node.actions.accept_receipts import accept_receipts
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.apply_retention import apply_retention, why_kept
from fourfold.node.actions.change_record import Changes
from fourfold.node.actions.export_evidence import export_evidence
from fourfold.node.actions.lift_hold import lift_hold
from fourfold.node.actions.place_hold import place_hold
from fourfold.node.actions.propose_change import propose_change
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.models import (
    Event,
    Hold,
    Peer,
    Received,
    ReceivedState,
    RecordVersion,
    Release,
    ReleaseVersion,
    Tag,
)
from fourfold.node.retaining import due
from fourfold.records.markings import Marking, Tlp

RULES = """
schema: fourfold.retention/1
rules:
  - {what: kept, kind: incident, at_most_days: 10}
  - {what: received, at_least_days: 2, at_most_days: 5}
"""


@pytest.fixture
def home(node, settings, tmp_path, own):
    del node  # asked for first, as it brings a home that all tests share
    settings.HOME = type(own[0])(tmp_path)
    (tmp_path / "keys").symlink_to(own[0].keys)
    (tmp_path / "retention.yaml").write_text(RULES)
    return settings.HOME


@pytest.fixture
def days_later(monkeypatch):
    """Set the node's clock so many days ahead; 0 sets it right again."""
    real = clock.now
    return lambda days: monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))


def test_a_change_that_waits_goes_with_its_record(home, counterpart, days_later):
    del home, counterpart
    row = add_record(
        NewRecord("incident", "incident_reporting", {"title": "A car"}, Marking(tlp=Tlp.GREEN)), "ada"
    )
    changes = Changes({"title": "CANARY"}, Marking(tlp=Tlp.CLEAR))
    made = propose_change(row.record, changes, "ada", row.digest)
    assert b"CANARY" in bytes(made.body)
    days_later(11)
    assert row.record in ids(apply_retention("records manager").destroyed)
    made.refresh_from_db()
    assert (bytes(made.body), made.decided is not None, made.confirmed) == (b"", True, False)


def ids(destroyed):
    return [each.id for each in destroyed]


def test_nothing_is_due_before_its_time_or_without_rules(home, counterpart, share, pulled, days_later):
    share(counterpart)
    counterpart.release()
    pulled(counterpart)
    days_later(4)
    assert due(clock.now()) == ()
    (home.path / "retention.yaml").unlink()
    days_later(1000)
    assert due(clock.now()) == ()
    assert apply_retention("records manager").destroyed == ()


def test_what_was_received_goes_and_its_tombstone_and_receipt_stay(home, counterpart, pulled, days_later):
    made = counterpart.release(fields={"title": "CANARY"})
    pulled(counterpart)
    days_later(6)
    done = apply_retention("records manager")
    assert ids(done.destroyed) == [made.id]
    assert done.backups_until - clock.now() <= timedelta(days=30)
    assert done.backups_until - clock.now() > timedelta(days=29, hours=23)
    row = Received.objects.get(object=made.id)
    assert (row.state, row.wire, row.version) == (ReceivedState.EXPIRED, None, 1)
    assert Event.objects.filter(tag=Tag.OBJECT_EXPIRED, subject=made.id).count() == 1
    assert apply_retention("records manager").destroyed == ()


def test_what_went_does_not_come_back_but_a_newer_version_may(home, counterpart, pulled, days_later):
    made = counterpart.release()
    pulled(counterpart)
    days_later(6)
    apply_retention("records manager")
    days_later(0)
    Peer.objects.update(cursor="")
    assert pulled(counterpart).stored.known == 1
    later = made.modified + timedelta(seconds=1)
    counterpart.release(id=made.id, version=2, created=made.created, modified=later)
    assert pulled(counterpart).stored.stored == 1
    assert Received.objects.get(object=made.id, version=2).wire is not None


def test_a_record_that_somebody_still_holds_is_not_destroyed_before_it_is_withdrawn(
    home, counterpart, share, days_later, asker
):
    made = share(counterpart, title="CANARY")
    asker.objects()
    record = made.source.record
    days_later(11)
    ((kept, reason),) = apply_retention("records manager").kept
    assert (kept.id, "withdraw it there first" in reason) == (record, True)
    assert why_kept(kept, clock.now()) == reason  # as `fourfold retention show` says beforehand
    taken = withdraw(made.release_id, "its time is over", "records manager")
    receipt = counterpart.answer(bytes(taken.wire), clock.now(), release=taken.content(), outcome="withdrawn")
    accept_receipts(Peer.objects.get(), [receipt])
    assert ids(apply_retention("records manager").destroyed) == [record]
    with pytest.raises(NotFoundError):
        keeping.latest(record)
    for row in RecordVersion.objects.filter(record=record):
        assert (bytes(row.body), row.title) == (b"", "")
    for version in ReleaseVersion.objects.all():
        assert b"CANARY" not in bytes(version.wire) + bytes(version.body)
        assert version.secret == "" or version.revoked
        assert version.digest


def test_a_withdrawal_can_still_be_collected_after_its_record_was_destroyed(
    home, counterpart, share, days_later, asker
):
    made = share(counterpart)
    asker.objects()
    taken = withdraw(made.release_id, "over", "records manager")
    answer = counterpart.answer(bytes(taken.wire), clock.now(), release=taken.content(), outcome="withdrawn")
    accept_receipts(Peer.objects.get(), [answer])
    days_later(11)
    assert len(apply_retention("records manager").destroyed) == 1
    days_later(0)
    assert asker.objects() == [bytes(taken.wire)]


def test_the_evidence_of_a_destroyed_record_can_still_be_written(
    home, counterpart, share, days_later, tmp_path, asker
):
    made = share(counterpart)
    asker.objects()
    taken = withdraw(made.release_id, "over", "records manager")
    wire = bytes(taken.wire)
    accept_receipts(
        Peer.objects.get(),
        [counterpart.answer(wire, clock.now(), release=taken.content(), outcome="withdrawn")],
    )
    days_later(11)
    apply_retention("records manager")
    assert Release.objects.get().state == "withdrawal-confirmed"
    export_evidence(Peer.objects.get(), tmp_path / "evidence", "records manager")
    names = {file.name for file in (tmp_path / "evidence").iterdir()}
    assert any(name.endswith("-v2-receipt.json") for name in names)
    assert not any(name.endswith("-v1.json") for name in names if name.startswith("sent-"))


def test_a_hold_stands_above_the_rules_and_takes_two_people_to_lift(home, counterpart, pulled, days_later):
    made = counterpart.release()
    pulled(counterpart)
    place_hold(made.id, "Inquiry 12", "counsel")
    assert place_hold(made.id, "again", "another") == Hold.objects.get()
    days_later(6)
    ((kept, reason),) = apply_retention("records manager").kept
    assert (kept.id, reason) == (made.id, "a legal hold keeps it")
    for second in (None, "counsel"):
        with pytest.raises(RefusedError, match="second person"):
            lift_hold(made.id, "counsel", second)
    lift_hold(made.id, "counsel", "director")
    assert ids(apply_retention("records manager").destroyed) == [made.id]


def test_what_is_not_here_cannot_be_held(home):
    with pytest.raises(NotFoundError):
        place_hold("release--00000000-0000-4000-8000-000000000000", "why", "counsel")
    with pytest.raises(NotFoundError):
        lift_hold("release--00000000-0000-4000-8000-000000000000", "counsel", "director")


def test_a_withdrawal_of_what_is_held_waits_is_told_and_is_carried_out_after(home, counterpart, pulled):
    made = counterpart.release(fields={"title": "CANARY"})
    pulled(counterpart)
    place_hold(made.id, "Inquiry 12", "counsel")
    counterpart.withdraw(made)
    pulled(counterpart)
    assert Received.objects.get(object=made.id, version=1).wire is not None
    answer = counterpart.receipts[-1].receipt
    assert (answer.outcome, answer.reasons) == ("refused", ("legal-hold",))
    assert pulled(counterpart).stored.withdrawn == 0
    lift_hold(made.id, "counsel", "director")
    assert pulled(counterpart).stored.withdrawn == 1
    assert Received.objects.get(object=made.id, version=1).wire is None
    final = counterpart.receipts[-1].receipt
    assert (final.outcome, len(final.destroyed)) == ("withdrawn", 1)


def test_an_owner_sees_a_held_withdrawal_as_pending_until_it_is_confirmed(home, counterpart, share):
    made = share(counterpart)
    first = counterpart.answer(bytes(made.wire), clock.now(), release=made.content())
    accept_receipts(Peer.objects.get(), [first])
    taken = withdraw(made.release_id, "an error", "tester")
    wire, content = bytes(taken.wire), taken.content()
    held = counterpart.answer(wire, clock.now(), release=content, outcome="refused", reasons=("legal-hold",))
    assert read_receipt(held).receipt.reasons == ("legal-hold",)
    accept_receipts(Peer.objects.get(), [held])
    assert Release.objects.get().state == "withdrawal-pending"
    said = {"outcome": "withdrawn", "destroyed": (made.digest,)}
    accept_receipts(Peer.objects.get(), [counterpart.answer(wire, clock.now(), release=content, **said)])
    assert Release.objects.get().state == "withdrawal-confirmed"
