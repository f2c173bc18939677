"""Joint records on a node, and both among three, with counterparts that hold their own ends of them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import clock, courses, models, onward
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.apply_retention import apply_retention
from fourfold.node.actions.begin_joint_record import NewJointRecord, begin_joint_record
from fourfold.node.actions.conclude_joint_record import leave_joint_record, publish_joint_record
from fourfold.node.actions.contribute import contribute
from fourfold.node.actions.propose import propose
from fourfold.node.actions.sign_joint_record import sign_joint_record
from fourfold.node.destroying import destroy_record
from fourfold.node.keys import node_signer
from fourfold.node.kinds import kind_of
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.coordination import Move
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Purpose, Signer

RULES = """
schema: fourfold.retention/1
rules:
  - {what: received, at_most_days: 5}
"""
GREEN, AMBER = Marking(tlp=Tlp.GREEN), Marking(tlp=Tlp.AMBER)
End = Any  # the fixture's: a counterpart that holds its own end


def test_a_joint_record_is_drafted_signed_by_both_and_published(end: End, me: Any) -> None:
    row = end.begun()
    end.say("registry_contribution", end.addition(row.digest, countries=("FR",)), "registry")
    assert end.both(row) == "drafted"
    with pytest.raises(RefusedError, match="changed since"):
        sign_joint_record(row, "sha256:" + 64 * "0", "analyst")
    first = sign_joint_record(row, None, "analyst")
    assert sign_joint_record(row, None, "analyst") == first
    end.hear()
    assert end.both(row) == "frozen"
    with pytest.raises(RefusedError, match="to go"):
        publish_joint_record(row, "analyst")
    end.say("joint_part", end.signature(row.digest), "registry")
    assert end.both(row) == "complete"
    publish_joint_record(row, "analyst")
    before = end.counts()
    publish_joint_record(row, "analyst")
    assert end.counts() == before
    end.hear()
    assert end.both(row) == "published"
    text = courses.matter(row, clock.now()).course.current
    assert text.originators == {me.id, end.id}
    assert text.combined["severity"] == {me.id: [{"scheme": "One", "value": "serious"}]}
    for act in (lambda: contribute(row, {"title": "More"}, None, (), "analyst"),):
        with pytest.raises(RefusedError, match="Begin another"):
            act()
    assert end.refusals() == []


def test_one_contribution_more_voids_the_signatures_at_both_ends(end: End) -> None:
    row = end.begun()
    end.say("registry_contribution", end.addition(row.digest, countries=("FR",)), "registry")
    sign_joint_record(row, None, "analyst")
    end.hear()
    end.say("joint_part", end.signature(row.digest), "registry")
    assert end.both(row) == "complete"
    contribute(row, {"remark": "One thing more."}, None, (), "analyst")
    before = end.counts()
    contribute(row, {"remark": "One thing more."}, None, (), "analyst")
    assert end.counts() == before
    end.hear()
    assert end.both(row) == "drafted"
    end.say("joint_part", end.signature(row.digest), "registry")
    sign_joint_record(row, None, "analyst")
    end.hear()
    assert end.both(row) == "complete"


@pytest.mark.parametrize("spoil", ["another key", "another purpose", "other bytes", "an old revision"])
def test_a_signature_that_does_not_hold_is_refused_and_said(end: End, spoil: str) -> None:
    row = end.begun()
    old = end.addition(row.digest, countries=("FR",))
    end.say("registry_contribution", old, "registry")
    text = collaboration.course(row.digest, end.held).current
    node = end.counterpart.who.node
    good = end.signature(row.digest)
    changes = {
        "another key": {"signature": Signer.generate().sign(Purpose.JOINT_RECORD, text.data)},
        "another purpose": {"signature": node.sign(Purpose.RELEASE, text.data)},
        "other bytes": {"signature": node.sign(Purpose.JOINT_RECORD, b"other")},
        "an old revision": {},
    }[spoil]
    if spoil == "an old revision":
        contribute(row, {"remark": "More."}, None, (), "analyst")
    end.send("joint_part", good.model_copy(update=changes), "registry")
    assert end.state(row) == "drafted"
    if spoil == "an old revision":
        assert end.refusals() == []
        assert courses.matter(row, clock.now()).course.signatures == {}
    else:
        assert len(end.refusals()) == 1


def test_rewriting_anothers_words_names_it_as_originator_and_guards_as_tightly(end: End, me: Any) -> None:
    row = end.begun()
    tight = {**end.header(row.digest), "marking": AMBER}
    payload = kind_of("registry_contribution").payload
    end.say(
        "registry_contribution",
        payload(**tight, revision=2, what_happened="It drove on."),
        "registry",
    )
    with pytest.raises(RefusedError, match="has not consented"):
        contribute(row, {"what_happened": "It drove on, and turned."}, None, (), "analyst")
    own = contribute(row, {"remark": "Ours."}, GREEN, (), "analyst")
    record = models.RecordVersion.objects.get(record=own.record).content()
    assert (record.originators, record.marking.tlp) == (frozenset({me.id}), Tlp.AMBER)


def test_what_was_written_from_others_carries_their_originators_and_caveats(
    end: End, me: Any, join_with: Callable[[str], Any]
) -> None:
    third = join_with("Third")
    marking = Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON}))
    came = third.send("incident", {"title": "Theirs"}, marking=marking)
    derived = onward.derive([came.object], clock.now())
    assert derived.carried(GREEN) == (frozenset({me.id, third.who.id}), marking)
    with pytest.raises(RefusedError, match=r"[Oo]riginator"):
        begin_joint_record(end.entry(sources=(came.object,)), [end.counterpart.peer], "analyst")
    assert models.ReleaseVersion.objects.count() == 0
    with pytest.raises(NotFoundError, match="Nothing of this id"):
        begin_joint_record(
            end.entry(sources=("release--00000000-0000-4000-8000-000000000000",)),
            [end.counterpart.peer],
            "analyst",
        )


def test_what_was_written_from_others_goes_when_they_withdraw_it(
    end: End, join_with: Callable[[str], Any]
) -> None:
    third = join_with("Third")
    marking = Marking(tlp=Tlp.CLEAR)
    came = third.send("incident", {"title": "Theirs"}, marking=marking)
    row = begin_joint_record(end.entry(sources=(came.object,)), [end.counterpart.peer], "analyst")
    assert models.RecordVersion.objects.get(record=row.record).content().derived_from == (came.object,)
    onward.withdraw_onward(came, node_signer(), clock.now())
    assert end.state(row) == "recalled"
    assert models.Release.objects.get(record=row.record).withdrawn is not None


def test_f5_a_step_goes_with_the_record_of_it(end: End) -> None:
    row = end.begun()
    destroy_record(row.record, "records manager", clock.now())
    step = models.CourseStep.objects.get(record=row.record)
    assert (step.body, step.recalled is not None) == (None, True)


def test_who_leaves_ends_the_draft_for_both(end: End) -> None:
    row = end.begun()
    leave_joint_record(row, "No capacity.", "analyst")
    before = end.counts()
    leave_joint_record(row, "No capacity.", "analyst")
    assert end.counts() == before
    end.hear()
    assert end.both(row) == "abandoned"
    with pytest.raises(RefusedError, match="Begin another"):
        contribute(row, {"title": "More"}, None, (), "analyst")


def test_an_empty_contribution_says_nothing(end: End) -> None:
    row = end.begun()
    with pytest.raises(RefusedError, match="says nothing"):
        contribute(row, {}, None, (), "analyst")


def test_three_parties_hold_the_same_whatever_the_order_in_which_answers_arrive(ends: Any) -> None:
    peers = [each.counterpart.peer for each in ends]
    row = propose(ends[0].new(), peers, "analyst")
    for each in ends:
        each.hear()
    one, two = ends
    yes, also = one.answer(row.digest, Move.ACCEPT), two.answer(row.digest, Move.ACCEPT)
    for each in ends:
        each.held |= {yes.digest(): yes, also.digest(): also}
    commit = one.answer(row.digest, Move.COMMIT)
    for step in (commit, yes):  # the commitment arrives before the acceptance that it rests on
        one.say("answer", step)
    assert ends[0].state(row) == "proposed"
    two.held[commit.digest()] = commit
    two.say("answer", also)
    assert ends[0].state(row) == "accepted"
    answer_proposal(row, Said(Move.COMMIT), "analyst")
    for each in ends:
        each.hear()
        assert each.both(row) == "accepted"
    assert ends[0].refusals() == []


def test_who_tells_two_parties_different_things_binds_nobody(ends: Any) -> None:
    row = propose(ends[0].new(), [each.counterpart.peer for each in ends], "analyst")
    one, two = ends
    for each in ends:
        each.hear()
    yes, no = one.answer(row.digest, Move.ACCEPT), one.answer(row.digest, Move.DECLINE)
    two.held[no.digest()] = no  # one tells two that it declines, and us that it accepts
    one.say("answer", yes)
    two.say("answer", two.answer(row.digest, Move.ACCEPT))
    assert ends[0].state(row) == "accepted"
    answer_proposal(row, Said(Move.COMMIT), "analyst")
    two.hear()
    there = coordination.course(row.digest, two.held, clock.now())
    assert there.state.value == "declined"
    assert ends[0].state(row) == "accepted"


def test_three_parties_sign_one_record(ends: Any) -> None:
    row = begin_joint_record(ends[0].entry(), [each.counterpart.peer for each in ends], "analyst")
    one, two = ends
    for each in ends:
        each.hear()
    for each, country in ((one, "FR"), (two, "DE")):
        step = each.addition(row.digest, countries=(country,))
        one.held[step.digest()] = two.held[step.digest()] = step
        each.say("registry_contribution", step, "registry")
    sign_joint_record(row, None, "analyst")
    for each in ends:
        each.hear()
        step = each.signature(row.digest)
        one.held[step.digest()] = two.held[step.digest()] = step
        each.say("joint_part", step, "registry")
    assert one.both(row) == two.both(row) == "complete"


def test_a_joint_record_among_others_is_not_ours_to_keep(ends: Any) -> None:
    one, two = ends
    parties = tuple(sorted((one.id, two.id)))
    payload = kind_of("registry_contribution").payload
    step = payload(**one.header(None), revision=1, parties=parties, title="Not for us")
    one.say("registry_contribution", step, "registry")
    assert one.refusals() == ["RefusedError"]
    assert models.CourseStep.objects.count() == 0


def test_not_all_named_have_signed_the_agreement(
    join_with: Callable[[str], Any], closer: Callable[..., Any]
) -> None:
    one, two = join_with("One"), join_with("Two")
    closer(one.who)
    closer(two.who)
    given = NewJointRecord("registry_contribution", "registry", GREEN, {"title": "A car"})
    with pytest.raises(RefusedError, match="Agree with all of them"):
        begin_joint_record(given, [one.peer, two.peer], "analyst")
    assert models.CourseStep.objects.count() == models.ReleaseVersion.objects.count() == 0


@pytest.fixture
def rules(me: Any) -> Iterator[None]:
    """What was received is kept for five days."""
    del me  # asked for first, as it brings the home
    file = settings.HOME.path / "retention.yaml"
    file.write_text(RULES)
    yield
    file.unlink()


def test_a_step_that_retention_destroys_ends_the_course_here_and_names_us(
    end: End, me: Any, rules: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del rules  # asked for, to be in force
    row = end.begun()
    came = end.say("registry_contribution", end.addition(row.digest, countries=("FR",)), "registry")
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=6))
    assert [each.id for each in apply_retention("records manager").destroyed] == [came.object]
    assert not models.CourseStep.objects.filter(received=came).exclude(body=None).exists()
    assert courses.matter(row, clock.now()).recalled == (me.id,)
