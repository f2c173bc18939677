"""Steps of proposals and joint records that wait for a second person, under the institution's own rule."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import clock, courses, models
from fourfold.node.actions.amend_proposal import amend_proposal
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.begin_joint_record import begin_joint_record
from fourfold.node.actions.conclude_joint_record import leave_joint_record, publish_joint_record
from fourfold.node.actions.contribute import contribute
from fourfold.node.actions.drop_step import drop_step
from fourfold.node.actions.propose import propose
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.sign_joint_record import sign_joint_record
from fourfold.node.kinds import kind_of
from fourfold.node.queries import courses as queries
from fourfold.node.recalling import recall
from fourfold.protocols.coordination import Move
from fourfold.release.codes import APPROVALS
from fourfold.release.facts import DOMAINS, Known
from fourfold.release.table import ROWS, Row

End = Any  # the fixture's: a counterpart that holds its own end
TWO = {"title": "Another", "due": "2099-12-31"}


@pytest.fixture
def asked(end: End, settings: Any) -> End:
    """The other end; here one second person is asked for from TLP:GREEN on."""
    rule = dict.fromkeys(("approvals_green", "approvals_amber", "approvals_amber_strict"), 1)
    settings.NODE = replace(settings.NODE, **rule)
    return end


def held(row: Any) -> courses.Waiting:
    found = courses.waiting(row.opening)
    assert found is not None
    return found


def approve(end: End, row: Any, who: str = "officer") -> None:
    approve_release(held(row).row.record, end.counterpart.peer, who)
    end.hear()


def left() -> tuple[int, int]:
    return models.CourseStep.objects.count(), models.ReleaseVersion.objects.count()


def test_a_proposal_waits_is_approved_by_another_and_then_leaves(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    assert left() == (0, 0)
    matter = courses.matter(courses.find(row.digest), clock.now())
    assert (queries.state_of(matter), queries.title_of(matter)) == ("waiting", asked.new().fields["title"])
    with pytest.raises(RefusedError, match="Nobody approves what they wrote"):
        approve(asked, row, "analyst")
    assert left() == (0, 0)
    approve(asked, row)
    assert left() == (1, 1)
    assert asked.both(courses.find(row.digest)) == "proposed"
    release = models.ReleaseVersion.objects.get().content()
    assert release.created == courses.read(models.CourseStep.objects.get()).at
    tags = list(models.Event.objects.order_by("pk").values_list("tag", flat=True))
    expected = [models.Tag.CHANGE_PROPOSED, models.Tag.RELEASE_APPROVED]
    assert tags[-4:] == [*expected, models.Tag.RELEASE_MADE, models.Tag.PROPOSAL_MADE]


def test_without_the_rule_nothing_waits(end: End) -> None:
    end.proposed()
    assert models.WaitingStep.objects.count() == 0


def test_every_step_of_a_proposal_waits_and_leaves(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    approve(asked, row)
    asked.say("answer", asked.answer(row.digest, Move.ACCEPT))
    for move, state in ((Move.COMMIT, "accepted"), (Move.FINISH, "committed")):
        step = answer_proposal(courses.find(row.digest), Said(move), "analyst")
        assert asked.state(courses.find(row.digest)) == state
        approve(asked, step)
        asked.say("answer", asked.answer(row.digest, move))
    assert asked.both(courses.find(row.digest)) == "done"
    assert asked.refusals() == []


def test_every_step_of_a_joint_record_waits_and_leaves(asked: End) -> None:
    waits = models.WaitingStep.objects.filter(decided=None)
    row = begin_joint_record(asked.entry(), [asked.counterpart.peer], "analyst")
    approve(asked, row)
    asked.say("registry_contribution", asked.addition(row.digest, countries=("FR",)), "registry")
    opening = courses.find(row.digest)
    approve(asked, contribute(opening, {"remark": "More."}, None, (), "analyst"))
    signed = sign_joint_record(opening, None, "analyst")
    assert courses.matter(opening, clock.now()).course.signatures == {}
    approve(asked, signed)
    asked.say("joint_part", asked.signature(row.digest), "registry")
    approve(asked, publish_joint_record(opening, "analyst"))
    assert asked.both(opening) == "published"
    assert (waits.count(), models.WaitingStep.objects.filter(left=True).count()) == (0, 4)


def test_the_same_again_changes_nothing_and_another_step_is_refused(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    assert propose(asked.new(), [asked.counterpart.peer], "analyst") == row
    assert models.RecordVersion.objects.count() == models.WaitingStep.objects.count() == 1
    approve(asked, row)
    asked.say("answer", asked.answer(row.digest, Move.ACCEPT))
    opening = courses.find(row.digest)
    step = answer_proposal(opening, Said(Move.COMMIT), "analyst")
    assert answer_proposal(opening, Said(Move.COMMIT), "analyst") == step
    with pytest.raises(RefusedError, match="waits here for a second person"):
        answer_proposal(opening, Said(Move.WITHDRAW), "analyst")
    assert models.WaitingStep.objects.filter(decided=None).count() == 1


def test_nothing_follows_an_opening_that_waits(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    for act in (
        lambda: answer_proposal(row, Said(Move.WITHDRAW), "analyst"),
        lambda: amend_proposal(row, TWO, None, "analyst"),
        lambda: leave_joint_record(row, None, "analyst"),
    ):
        with pytest.raises(RefusedError, match="opening waits"):
            act()


def test_what_is_dropped_never_leaves_and_its_place_is_free(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    record = held(row).row.record
    drop_step(row, "analyst")
    with pytest.raises(NotFoundError):
        courses.find(row.digest)
    with pytest.raises(NotFoundError):
        drop_step(row, "analyst")
    approve_release(record, asked.counterpart.peer, "officer")
    assert left() == (0, 0)
    with pytest.raises(RefusedError, match="leaves by its own act"):
        release_record(record, asked.counterpart.peer, "analyst")
    again = propose(asked.new(), [asked.counterpart.peer], "analyst")
    assert again.digest != row.digest
    approve(asked, again)
    assert asked.both(courses.find(again.digest)) == "proposed"


def test_a_step_that_waits_is_released_by_no_other_act(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    with pytest.raises(RefusedError, match="leaves by its own act"):
        release_record(held(row).row.record, asked.counterpart.peer, "analyst")
    assert left() == (0, 0)


def test_a_step_that_lost_its_place_while_it_waited_stays_and_its_approval_with_it(
    asked: End, me: Any
) -> None:
    payload = kind_of("definition_mapping").payload
    theirs = payload(**asked.header(None), **asked.new().fields, parties=tuple(sorted((me.id, asked.id))))
    asked.say("definition_mapping", theirs)
    opening = courses.find(theirs.digest())
    step = answer_proposal(opening, Said(Move.ACCEPT), "analyst")
    asked.say("answer", asked.answer(opening.digest, Move.WITHDRAW))
    before = models.Approval.objects.count()
    with pytest.raises(RefusedError, match="Propose anew"):
        approve(asked, step)
    assert (models.Approval.objects.count(), left()) == (before, (2, 0))
    assert held(step).row.decided is None
    drop_step(opening, "officer")
    assert asked.both(opening) == "withdrawn"


def test_a_proposal_whose_date_passed_while_it_waited_does_not_leave(
    asked: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = (clock.now() + timedelta(days=1)).date().isoformat()
    given = asked.new(fields={**asked.new().fields, "due": day})
    row = propose(given, [asked.counterpart.peer], "analyst")
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=3))
    with pytest.raises(RefusedError, match="has passed"):
        approve(asked, row)
    assert left() == (0, 0)


def test_a_signature_that_waited_stands_under_the_bytes_that_were_signed_and_no_others(asked: End) -> None:
    row = begin_joint_record(asked.entry(), [asked.counterpart.peer], "analyst")
    approve(asked, row)
    asked.say("registry_contribution", asked.addition(row.digest, countries=("FR",)), "registry")
    step = sign_joint_record(courses.find(row.digest), None, "analyst")
    asked.say("registry_contribution", asked.addition(row.digest, remark="More."), "registry")
    approve(asked, step)
    matter = courses.matter(courses.find(row.digest), clock.now())
    assert matter.course.signatures == {}
    assert matter.course.state.value == "drafted"


def test_it_leaves_when_the_last_of_all_approvals_for_all_parties_is_given(ends: Any, settings: Any) -> None:
    rule = dict.fromkeys(("approvals_green", "approvals_amber", "approvals_amber_strict", "approvals_red"), 2)
    settings.NODE = replace(settings.NODE, **rule)
    one, two = ends
    row = propose(one.new(), [one.counterpart.peer, two.counterpart.peer], "analyst")
    for end, who in ((one, "officer"), (one, "director"), (two, "officer")):
        approve(end, row, who)
        assert left() == (0, 0)
    matter = courses.matter(courses.find(row.digest), clock.now())
    missing = {each.peer.name: each.missing for each in queries.approvals(matter, held(row))}
    assert missing == {"One": False, "Two": True}
    approve(two, row, "director")
    assert left() == (1, 2)
    one.hear()
    assert one.both(courses.find(row.digest)) == "proposed"


def test_whatever_else_stands_against_it_refuses_it_at_once(asked: End) -> None:
    with pytest.raises(RefusedError, match="Row 3"):
        propose(asked.new(slice="public-incidents"), [asked.counterpart.peer], "analyst")
    assert models.WaitingStep.objects.count() == models.RecordVersion.objects.count() == 0


def test_what_may_not_leave_any_more_is_refused_to_its_approver_and_noted(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    models.Agreement.objects.filter(pk=asked.agreement.pk).update(ending=None, complete=None)
    models.AgreementParty.objects.filter(agreement=asked.agreement, institution=asked.id).update(signature="")
    with pytest.raises(RefusedError, match="Row 1"):
        approve(asked, row)
    assert (left(), models.Approval.objects.count()) == ((0, 0), 0)
    last = models.Event.objects.order_by("-pk")[0]
    assert (last.tag, last.actor) == (models.Tag.RELEASE_WITHHELD, "officer")


def test_a_record_that_is_gone_waits_for_nothing(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    models.RecordVersion.objects.update(destroyed=clock.now(), body=b"{}")
    assert courses.waiting(row.digest) is None
    assert queries.proposals() == []


def test_a_step_whose_record_is_gone_keeps_no_other_from_its_place(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    approve(asked, row)
    asked.say("answer", asked.answer(row.digest, Move.ACCEPT))
    opening = courses.find(row.digest)
    first = answer_proposal(opening, Said(Move.COMMIT), "analyst")
    models.RecordVersion.objects.filter(record=held(first).row.record).update(destroyed=clock.now())
    second = answer_proposal(opening, Said(Move.COMMIT, "Again."), "analyst")
    approve(asked, second)
    assert asked.both(opening) == "accepted"


def test_a_step_in_a_course_that_was_recalled_meanwhile_does_not_leave(asked: End) -> None:
    row = propose(asked.new(), [asked.counterpart.peer], "analyst")
    approve(asked, row)
    yes = asked.answer(row.digest, Move.ACCEPT)
    asked.say("answer", yes)
    step = answer_proposal(courses.find(row.digest), Said(Move.COMMIT), "analyst")
    recall(models.CourseStep.objects.filter(digest=yes.digest()), clock.now())
    before = left()
    with pytest.raises(RefusedError, match="recalled meanwhile"):
        approve(asked, step)
    assert left() == before


@pytest.mark.parametrize("row", [each for each in ROWS if {*each.reads} & {"second_person", "house_rule"}])
def test_what_only_lacks_approvals_passes_with_them(row: Row) -> None:
    """For every state that a row reads: what its codes promise, the approvals bring."""
    tried = 0
    for values in product(*(DOMAINS[name] for name in row.reads)):
        facts = dict(zip(row.reads, values, strict=True))
        codes = set(row.rule(*values))
        if codes and codes <= APPROVALS:
            tried += 1
            approved = dict.fromkeys({"second_person", "house_rule"} & {*facts}, Known.YES)
            assert row.rule(*{**facts, **approved}.values()) == ()
    assert tried
