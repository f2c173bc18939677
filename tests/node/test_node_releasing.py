"""Releasing and withdrawing: decided where it is made, decided again where it is handed out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from fourfold.agreements import end
from fourfold.canon import digest_bytes
from fourfold.errors import NotFoundError, RefusedError
from fourfold.exchange.stix import verify_object
from fourfold.log import leaf_hash
from fourfold.node import agreeing, clock, keeping, ledger, models
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.hand_out import hand_out
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.delivering import may_be_handed_out
from fourfold.node.standing import circumstances, signed
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Purpose
from fourfold.release import Outcome

Keep = Callable[..., models.RecordVersion]


def edited(row: models.RecordVersion, **fields: Any) -> models.RecordVersion:
    """The next version of a record."""
    before = row.content()
    changed = before.model_copy(
        update={
            "version": before.version + 1,
            "payload": {**before.payload, **fields},
            "modified": clock.now(),
        }
    )
    return keeping.add(changed, actor="editor", title=row.title)


def test_what_is_released_is_signed_logged_and_holds_the_agreed_fields_only(
    other: Any, agreed: models.Agreement, incident: Keep
) -> None:
    made = release_record(incident().record, other.peer, "analyst")
    wire = bytes(made.wire)
    verify_object(wire, models.Node.objects.get().node_key)
    assert b"Ask twice." not in wire
    assert set(made.content().fields) == {"title", "description"}
    assert made.withheld == ["analyst_note"]
    assert made.agreement == agreed
    leaf = leaf_hash(made.content().salt, digest_bytes(wire), Purpose.RELEASE)
    assert bytes(made.leaf.hash) == leaf
    assert made.leaf.log.peer == other.peer


def test_releasing_again_changes_nothing(other: Any, agreed: Any, incident: Keep) -> None:
    del agreed
    record = incident().record
    first, again = (release_record(record, other.peer, "analyst") for _ in range(2))
    assert first.pk == again.pk
    assert ledger.log_of(other.peer).size == 1


def test_a_new_version_of_a_record_is_a_new_version_of_its_release(
    other: Any, agreed: Any, incident: Keep
) -> None:
    del agreed
    row = incident()
    first = release_record(row.record, other.peer, "analyst")
    edited(row, title="A bus")
    second = release_record(row.record, other.peer, "analyst")
    assert (first.release_id, first.version) == (second.release_id, second.version - 1)
    assert second.modified > first.modified
    assert second.date_added > first.date_added
    assert second.content().fields["title"] == "A bus"
    assert second.content().derived_from == first.content().derived_from
    assert second.content().salt != first.content().salt
    assert second.secret != first.secret


@pytest.mark.parametrize("step", [0, -3600])
def test_the_order_of_a_collection_grows_even_where_the_clock_does_not(
    other: Any, agreed: Any, incident: Keep, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    del agreed
    records = [incident(payload={"title": f"Number {n}"}).record for n in range(5)]
    start = clock.now()
    times = iter(range(1000))
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(milliseconds=step * next(times)))
    made = [release_record(record, other.peer, "analyst") for record in records]
    added = [row.date_added for row in made]
    assert added == sorted(set(added))
    assert [row.sequence for row in made] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "changes",
    [
        {"slice": "sensitive-incidents"},
        {"slice": None},
        {"slice": "no-such-slice"},
        {"marking": Marking(tlp=Tlp.RED)},
        {"marking": Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.NATIONAL_SECURITY}))},
        {"marking": Marking(tlp=Tlp.GREEN, rel_to=frozenset())},
        {"activity": "risk_monitoring"},
    ],
)
def test_what_the_table_withholds_is_not_made_and_the_attempt_is_noted(
    other: Any, agreed: Any, incident: Keep, changes: dict[str, Any]
) -> None:
    del agreed
    record = incident(**changes).record
    with pytest.raises(RefusedError, match="Row "):
        release_record(record, other.peer, "analyst")
    assert not models.ReleaseVersion.objects.exists()
    assert ledger.log_of(other.peer).size == 0
    event = models.Event.objects.get(tag=models.Tag.RELEASE_WITHHELD)
    assert (event.subject, event.actor) == (record, "analyst")


def test_the_preview_is_the_decision(other: Any, agreed: Any, incident: Keep) -> None:
    del agreed
    row = incident()
    (report,) = preview_release(row.record).recipients
    made = release_record(row.record, other.peer, "analyst")
    assert report.outcome is Outcome.PASS_REDACTED
    assert list(report.plan.passing) == made.passed
    assert not models.ReleaseVersion.objects.exclude(pk=made.pk).exists()


def test_red_needs_a_second_person_and_any_edit_voids_what_was_approved(
    me: Any, other: Any, agreed: Any, incident: Keep
) -> None:
    del agreed
    named = Marking(tlp=Tlp.RED, rel_to=frozenset({other.who.id}))
    row = incident(marking=named)
    with pytest.raises(RefusedError, match="second person"):
        release_record(row.record, other.peer, "analyst")
    with pytest.raises(RefusedError, match="Nobody approves"):
        approve_release(row.record, other.peer, "analyst")
    first = approve_release(row.record, other.peer, "officer")
    assert approve_release(row.record, other.peer, "officer").pk == first.pk
    (report,) = preview_release(row.record).recipients
    missing = {finding.code.value for finding in report.plan.findings}
    assert "red-no-approval" not in missing
    edited(row, description="Otherwise.")
    (report,) = preview_release(row.record).recipients
    assert "red-no-approval" in {finding.code.value for finding in report.plan.findings}
    del me


def test_a_withdrawal_is_a_version_without_fields_and_final(other: Any, agreed: Any, incident: Keep) -> None:
    del agreed
    row = incident()
    made = release_record(row.record, other.peer, "analyst")
    hand_out(other.peer, [made.pk])
    taken = withdraw(made.release_id, "too early", "analyst")
    assert (taken.version, taken.revoked, taken.content().fields) == (2, True, {})
    assert b"It did not stop." not in bytes(taken.wire)
    assert taken.release.state == models.ReleaseState.WITHDRAWAL_PENDING
    assert withdraw(made.release_id, "again", "analyst").pk == taken.pk
    assert ledger.log_of(other.peer).size == 2
    with pytest.raises(RefusedError, match="does not come back"):
        release_record(row.record, other.peer, "analyst")


def test_what_was_never_released_cannot_be_withdrawn(me: Any) -> None:
    del me
    with pytest.raises(NotFoundError):
        withdraw("release--nothing", "", "analyst")


def test_what_was_released_is_withheld_at_delivery_once_its_agreement_has_ended(
    me: Any, other: Any, agreed: models.Agreement, incident: Keep
) -> None:
    row = incident()
    made = release_record(row.record, other.peer, "analyst")
    assert may_be_handed_out(made, circumstances(clock.now()))
    ending = end(signed(agreed), me.institution, clock.now())
    agreeing.record_ending(agreed, ending, clock.now(), "liaison")
    assert not may_be_handed_out(made, circumstances(clock.now()))
    hand_out(made.peer, [made.pk])
    taken = withdraw(made.release_id, "", "analyst")
    assert may_be_handed_out(taken, circumstances(clock.now()))


def test_the_full_reasons_stay_with_the_release_for_the_audit(
    other: Any, agreed: Any, incident: Keep
) -> None:
    del agreed
    made = release_record(incident().record, other.peer, "analyst")
    rows = [each["row"] for each in made.reasons if "field" not in each]
    assert rows == list(range(1, 14))
    (withheld,) = [each for each in made.reasons if "field" in each]
    assert (withheld["field"], withheld["code"]) == ("analyst_note", "field-not-agreed")


def test_a_failed_release_leaves_nothing_behind(
    other: Any, agreed: Any, incident: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    del agreed
    row = incident()

    def broken(*_: Any, **__: Any) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(ledger, "append", broken)
    with pytest.raises(OSError, match="disk full"):
        release_record(row.record, other.peer, "analyst")
    other.peer.refresh_from_db()
    assert other.peer.last_added is None
    assert not models.Release.objects.exists()
