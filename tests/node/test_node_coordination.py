"""Proposals on a node, with counterparts that hold their own ends of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from fourfold.errors import InputError, NotFoundError, RefusedError
from fourfold.node import clock, courses, models, onward
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.amend_proposal import amend_proposal
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.begin_joint_record import begin_joint_record
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.hand_out import hand_out
from fourfold.node.actions.propose import NewProposal, propose
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.drafting import DEFAULT_FIELDS
from fourfold.node.keys import node_signer
from fourfold.node.kinds import kind_of
from fourfold.protocols import coordination
from fourfold.protocols.coordination import Answer, Move
from fourfold.protocols.steps import Step
from fourfold.records.markings import Marking, Tlp

ACTIVITY = "incident_reporting"
GREEN, AMBER = Marking(tlp=Tlp.GREEN), Marking(tlp=Tlp.AMBER)
End = Any  # the fixture's: a counterpart that holds its own end

MAPPING = {
    "title": "Serious incidents, ours and theirs",
    "due": "2099-12-31",
    "first": {"name": "Regime one", "provision": "Article 3(49)"},
    "second": {"name": "Regime two"},
    "rows": [
        {"first": "death of a person", "relation": "exact", "second": "death"},
        {"first": "harm to property", "relation": "none", "note": "Not in the second."},
    ],
}


def test_a_proposal_goes_through_to_done_at_both_ends(end: End) -> None:
    row = end.proposed()
    assert end.both(row) == "proposed"
    end.say("answer", end.answer(row.digest, Move.ACCEPT))
    assert end.both(row) == "accepted"
    answer_proposal(row, Said(Move.COMMIT), "analyst")
    end.hear()
    end.say("answer", end.answer(row.digest, Move.COMMIT))
    assert end.both(row) == "committed"
    end.say("answer", end.answer(row.digest, Move.FINISH))
    answer_proposal(row, Said(Move.FINISH, note="In use."), "analyst")
    end.hear()
    assert end.both(row) == "done"
    assert end.refusals() == []


def test_what_is_proposed_is_released_logged_and_held_as_a_record(end: End) -> None:
    row = end.proposed()
    release = models.ReleaseVersion.objects.get()
    assert (release.release.kind, release.slice, release.withheld) == (
        "definition_mapping",
        "definitions",
        [],
    )
    assert models.Leaf.objects.filter(release_version=release).count() == 1
    record = models.RecordVersion.objects.get(record=row.record).content()
    assert record.originators == {record.owner}
    tags = list(models.Event.objects.order_by("pk").values_list("tag", flat=True))
    assert tags[-2:] == [models.Tag.RELEASE_MADE, models.Tag.PROPOSAL_MADE]


def test_every_act_repeated_changes_nothing(end: End) -> None:
    row = end.proposed()
    before = end.counts()
    assert propose(end.new(), [end.counterpart.peer], "analyst") == row
    assert end.counts() == before
    with pytest.raises(RefusedError, match="Row 3"):
        propose(end.new(slice="public-incidents"), [end.counterpart.peer], "analyst")
    end.say("answer", end.answer(row.digest, Move.ACCEPT))
    first = answer_proposal(row, Said(Move.COMMIT), "analyst")
    before = end.counts()
    assert answer_proposal(row, Said(Move.COMMIT), "analyst") == first
    assert end.counts() == before


def test_the_counterparts_proposal_is_amended_with_both_as_originators(end: End, me: Any) -> None:
    payload = kind_of("definition_mapping").payload
    theirs = payload(**end.header(None), **MAPPING, parties=tuple(sorted((me.id, end.id))))
    end.say("definition_mapping", theirs)
    row = courses.find(theirs.digest())
    with pytest.raises(RefusedError, match="Nothing was changed"):
        amend_proposal(row, MAPPING, None, "analyst")
    changed = {**MAPPING, "rows": MAPPING["rows"][:1], "title": "One row"}
    amended = amend_proposal(row, changed, None, "analyst")
    record = models.RecordVersion.objects.get(record=amended.record).content()
    assert record.originators == {me.id, end.id}
    end.hear()
    assert end.both(row) == "proposed"
    assert coordination.course(row.digest, end.held, clock.now()).head.proposal.title == "One row"
    end.say("answer", end.answer(row.digest, Move.ACCEPT))
    assert end.both(row) == "accepted"


def test_an_amendment_of_an_amber_text_needs_its_originators_consent(end: End, me: Any) -> None:
    payload = kind_of("definition_mapping").payload
    header = {**end.header(None), "marking": AMBER}
    theirs = payload(**header, **MAPPING, parties=tuple(sorted((me.id, end.id))))
    end.say("definition_mapping", theirs)
    row = courses.find(theirs.digest())
    before = end.counts()
    with pytest.raises(RefusedError, match="has not consented"):
        amend_proposal(row, {**MAPPING, "title": "Another"}, GREEN, "analyst")
    assert end.counts()[:3] == before[:3]
    answer_proposal(row, Said(Move.ACCEPT), "analyst")  # says nothing that is theirs
    end.hear()
    assert end.both(row) == "accepted"
    assert models.ReleaseVersion.objects.get().content().marking.tlp is Tlp.AMBER


def test_a_proposal_declined_or_withdrawn_is_closed_for_both(end: End) -> None:
    row = end.proposed()
    end.say("answer", end.answer(row.digest, Move.DECLINE, note="Not now."))
    assert end.both(row) == "declined"
    with pytest.raises(RefusedError, match="Propose anew"):
        answer_proposal(row, Said(Move.COMMIT), "analyst")
    again = end.proposed()
    assert again != row
    answer_proposal(again, Said(Move.WITHDRAW), "analyst")
    end.hear()
    assert end.both(again) == "withdrawn"


@pytest.mark.parametrize("move", [Move.ACCEPT, Move.DECLINE, Move.COMMIT, Move.FINISH])
def test_an_illegal_move_is_refused_with_its_rule_and_leaves_no_trace(end: End, move: Move) -> None:
    row = end.proposed()
    before = end.counts()
    with pytest.raises(RefusedError, match=r"possible|to go"):
        answer_proposal(row, Said(move), "analyst")
    assert end.counts() == before


@pytest.mark.parametrize("place", ["public-incidents", "sensitive-incidents"])
def test_a_proposal_is_refused_one_level_down_and_noted(end: End, place: str) -> None:
    with pytest.raises(RefusedError, match="Row 3"):
        propose(end.new(slice=place), [end.counterpart.peer], "analyst")
    assert models.CourseStep.objects.count() == models.ReleaseVersion.objects.count() == 0
    assert models.RecordVersion.objects.count() == 0
    assert models.Event.objects.filter(tag=models.Tag.RELEASE_WITHHELD).count() == 1


@pytest.mark.parametrize("place", ["definitions", "public-incidents", "sensitive-incidents"])
def test_a_joint_record_is_refused_one_level_down_and_noted(end: End, place: str) -> None:
    with pytest.raises(RefusedError, match="Row 3"):
        begin_joint_record(end.entry(slice=place), [end.counterpart.peer], "analyst")
    assert models.CourseStep.objects.count() == models.ReleaseVersion.objects.count() == 0
    assert models.Event.objects.filter(tag=models.Tag.RELEASE_WITHHELD).count() == 1


def test_what_the_agreement_would_redact_does_not_go_at_all(other: Any, closer: Callable[..., Any]) -> None:
    fields = {**DEFAULT_FIELDS[ACTIVITY], "definition_mapping": ("title", "due", "parties", "first")}
    closer(other.who, fields=fields)
    given = NewProposal("definition_mapping", "definitions", GREEN, MAPPING)
    with pytest.raises(RefusedError, match="whole or not at all"):
        propose(given, [other.peer], "analyst")
    assert models.ReleaseVersion.objects.count() == 0


def test_a_date_that_has_passed_or_wrong_fields_are_told_before_anything_leaves(end: End) -> None:
    with pytest.raises(RefusedError, match="has passed"):
        propose(end.new(fields={**MAPPING, "due": "2020-01-01"}), [end.counterpart.peer], "analyst")
    wrong = {**MAPPING, "rows": [{"first": "x", "relation": "broad"}, {"relation": "none"}], "due": "soon"}
    with pytest.raises(InputError) as refusal:
        propose(end.new(fields=wrong), [end.counterpart.peer], "analyst")
    assert len(refusal.value.faults) == 3
    with pytest.raises(RefusedError, match="not proposed"):
        propose(end.new(kind="incident", fields={"title": "x"}), [end.counterpart.peer], "analyst")
    assert models.CourseStep.objects.count() == 0


def test_steps_are_not_made_or_changed_by_hand(end: End) -> None:
    row = end.proposed()
    with pytest.raises(RefusedError, match="not by hand"):
        add_record(NewRecord("answer", ACTIVITY, {}, GREEN), "analyst")
    with pytest.raises(RefusedError, match="does not change"):
        change_record(row.record, Changes({}, GREEN), "analyst")


# --- what a counterpart may send ---


def forged(end: End, row: models.CourseStep) -> dict[str, tuple[Step, dict[str, Any], str]]:
    good = end.answer(row.digest, Move.ACCEPT)
    later = clock.now() + timedelta(seconds=1)
    return {
        "another's name": (good.model_copy(update={"author": "identity--x"}), {}, "RefusedError"),
        "another originator": (good, {"originators": frozenset({"identity--x"})}, "RefusedError"),
        "a looser marking": (good, {"marking": Marking(tlp=Tlp.CLEAR)}, "RefusedError"),
        "another date": (good, {"created": later}, "RefusedError"),
        "no party": (good.model_copy(update={"move": Move.WITHDRAW}), {}, "Proposal: 'withdraw'"),
    }


@pytest.mark.parametrize("name", ["another's name", "another originator", "a looser marking", "another date"])
def test_what_contradicts_its_envelope_is_refused_and_changes_nothing(end: End, name: str) -> None:
    row = end.proposed()
    step, changes, reason = forged(end, row)[name]
    before = models.CourseStep.objects.count()
    end.send("answer", step, "definitions", **changes)
    assert end.refusals() == [reason]
    assert models.CourseStep.objects.count() == before
    assert end.state(row) == "proposed"


def test_what_breaks_a_rule_is_kept_shown_and_counts_for_nothing(end: End) -> None:
    row = end.proposed()
    end.say("answer", end.answer(row.digest, Move.WITHDRAW))
    assert end.state(row) == "proposed"
    assert "only its proposer" in end.refusals()[0]
    matter = courses.matter(row, clock.now())
    assert len(matter.course.order.void) == 1
    assert end.both(row) == "proposed"


def test_the_same_step_again_changes_nothing_and_another_at_its_place_is_refused(end: End) -> None:
    row = end.proposed()
    yes = end.answer(row.digest, Move.ACCEPT)
    end.say("answer", yes)
    before = end.counts()
    end.send("answer", yes, "definitions")
    assert end.counts()[:3] == before[:3]
    no = yes.model_copy(update={"move": Move.DECLINE})
    end.send("answer", no, "definitions")
    assert end.refusals() == ["RefusedError"]
    assert end.both(row) == "accepted"


def test_an_answer_that_comes_before_its_text_waits_for_it(end: End, me: Any) -> None:
    payload = kind_of("definition_mapping").payload
    theirs = payload(**end.header(None), **MAPPING, parties=tuple(sorted((me.id, end.id))))
    end.held[theirs.digest()] = theirs
    gone = Answer(**end.header(theirs.digest()), about=theirs.digest(), move=Move.WITHDRAW)
    end.say("answer", gone)
    with pytest.raises(NotFoundError):
        courses.find(theirs.digest())
    end.say("definition_mapping", theirs)
    assert end.both(courses.find(theirs.digest())) == "withdrawn"
    assert end.refusals() == []


def test_a_proposal_among_others_or_in_another_slice_is_refused(end: End, me: Any) -> None:
    payload = kind_of("definition_mapping").payload
    strangers = payload(**end.header(None), **MAPPING, parties=tuple(sorted((end.id, "identity--x"))))
    mixed = payload(**end.header(None), **MAPPING, parties=tuple(sorted((end.id, me.id, "identity--x"))))
    for step in (strangers, mixed):
        end.send("definition_mapping", step, "definitions")
    row = end.proposed()
    end.send("answer", end.answer(row.digest, Move.ACCEPT), "registry")
    assert end.refusals() == ["RefusedError"] * 3
    assert end.state(row) == "proposed"


def test_a_step_that_its_author_recalls_ends_the_course_at_both_ends(end: End) -> None:
    row = end.proposed()
    yes = end.answer(row.digest, Move.ACCEPT)
    came = end.say("answer", yes)
    gone = end.counterpart.send(
        "answer", {}, id=came.object, version=2, revoked=True, activity=ACTIVITY, slice="definitions"
    )
    models.Received.objects.filter(pk=gone.pk).update(revoked=True)
    gone.refresh_from_db()
    onward.withdraw_onward(gone, node_signer(), clock.now())
    assert end.state(row) == "recalled"
    tombstone = models.CourseStep.objects.get(digest=yes.digest())
    assert (tombstone.body, tombstone.recalled is None) == (None, False)
    with pytest.raises(RefusedError, match="recalled"):
        answer_proposal(row, Said(Move.COMMIT), "analyst")
    end.send("answer", yes, "definitions")
    assert end.state(row) == "recalled"
    assert end.refusals() == ["RefusedError"]


def test_recalling_ones_own_step_takes_it_back_from_everybody(end: End) -> None:
    row = end.proposed()
    release = models.Release.objects.get(record=row.record)
    hand_out(release.peer, [release.latest().pk])
    withdraw(release.id, "a mistake", "analyst")
    assert end.state(row) == "recalled"
    assert release.latest().revoked
    before = end.counts()
    withdraw(release.id, "a mistake", "analyst")
    assert end.counts()[:3] == before[:3]
