"""What waits for a second person: nothing changes until another confirms; it goes stale with its record."""

from collections.abc import Callable
from typing import Any

import pytest

from fourfold.errors import InputError, NotFoundError, RefusedError
from fourfold.node import models
from fourfold.node.actions.change_record import Changes, change_record, loosening
from fourfold.node.actions.decide_proposal import confirm_proposal, drop_proposal
from fourfold.node.actions.propose_change import propose_change, proposed_changes
from fourfold.node.actions.propose_lift import propose_lift
from fourfold.node.models import ProposalKind
from fourfold.records.markings import Caveat, Marking, Tlp

Keep = Callable[..., models.RecordVersion]
CHANGE = ProposalKind.CHANGE
TIGHT = Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON}))
LOOSE = Changes(
    {"title": "A car", "countries": ["DE"]},
    Marking(tlp=Tlp.GREEN),
    "public-incidents",
    {"countries": Marking(tlp=Tlp.RED, rel_to=frozenset())},
)


@pytest.fixture
def row(agreed: Any, incident: Keep) -> models.RecordVersion:
    """A record that is guarded tightly."""
    del agreed
    return incident(payload={"title": "A car"}, marking=TIGHT, slice="public-incidents")


def test_what_is_proposed_is_kept_whole_and_changes_nothing(row: models.RecordVersion) -> None:
    made = propose_change(row.record, LOOSE, "ada", row.digest)
    assert proposed_changes(made) == LOOSE
    assert models.RecordVersion.objects.count() == 1
    assert models.Event.objects.get(tag=models.Tag.CHANGE_PROPOSED).actor == "ada"


def test_another_person_confirms_and_the_proposal_is_emptied(row: models.RecordVersion) -> None:
    made = propose_change(row.record, LOOSE, "ada", row.digest)
    with pytest.raises(RefusedError, match="second person"):
        confirm_proposal(made.pk, CHANGE, "ada")
    done = confirm_proposal(made.pk, CHANGE, "bea")
    after = models.RecordVersion.objects.get(latest=True)
    assert (after.version, after.author, after.content().field_markings) == (2, "ada", LOOSE.field_markings)
    assert (done.confirmed, done.decided_by, bytes(done.body)) == (True, "bea", b"")
    assert models.Event.objects.get(tag=models.Tag.RECORD_LOOSENED).actor == "bea"
    with pytest.raises(NotFoundError):
        confirm_proposal(made.pk, CHANGE, "cleo")


def test_one_waits_at_a_time_unless_the_record_went_on(row: models.RecordVersion) -> None:
    first = propose_change(row.record, LOOSE, "ada", row.digest)
    with pytest.raises(RefusedError, match="waits"):
        propose_change(row.record, LOOSE, "ada", row.digest)
    after = change_record(row.record, Changes({"title": "A bus"}, TIGHT, "public-incidents"), "ada")
    with pytest.raises(RefusedError, match="changed meanwhile"):
        confirm_proposal(first.pk, CHANGE, "bea")
    with pytest.raises(RefusedError, match="changed meanwhile"):
        propose_change(row.record, LOOSE, "ada", row.digest)
    second = propose_change(row.record, LOOSE, "ada", after.digest)
    first.refresh_from_db()
    assert (first.decided is not None, first.confirmed, bytes(first.body)) == (True, False, b"")
    assert models.Proposal.objects.get(decided=None) == second


def test_what_loosens_nothing_or_is_wrong_is_not_proposed(row: models.RecordVersion) -> None:
    same = Changes({"title": "A bus"}, TIGHT, "public-incidents")
    assert loosening(row.record, same) == ()
    with pytest.raises(RefusedError, match="no second person"):
        propose_change(row.record, same, "ada", row.digest)
    with pytest.raises(InputError):
        propose_change(row.record, Changes({}, LOOSE.marking), "ada", row.digest)
    with pytest.raises(NotFoundError):
        propose_change("record--nothing", LOOSE, "ada", row.digest)
    assert models.Proposal.objects.count() == 0


def test_what_is_dropped_is_emptied_and_noted(row: models.RecordVersion) -> None:
    made = propose_change(row.record, LOOSE, "ada", row.digest)
    with pytest.raises(NotFoundError):
        drop_proposal(made.pk, ProposalKind.LIFT, "bea")
    drop_proposal(made.pk, CHANGE, "bea")
    made.refresh_from_db()
    assert (made.confirmed, bytes(made.body)) == (False, b"")
    assert models.Event.objects.get(tag=models.Tag.CHANGE_DROPPED).actor == "bea"


def test_no_lift_is_proposed_where_nothing_is_held(row: models.RecordVersion) -> None:
    with pytest.raises(NotFoundError):
        propose_lift(row.record, "ada")
