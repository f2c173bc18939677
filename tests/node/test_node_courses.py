"""Proposals and joint records on a node, with counterparts that hold their own ends of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from fourfold.agreements import AgreementText, Direction, Party, PartyFacts, SliceTerms, countersign, sign
from fourfold.canon import new_id
from fourfold.errors import InputError, NotFoundError, RefusedError
from fourfold.framework import Level
from fourfold.node import agreeing, clock, courses, models
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.amend_proposal import amend_proposal
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.begin_joint_record import NewJointRecord, begin_joint_record
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.conclude_joint_record import leave_joint_record, publish_joint_record
from fourfold.node.actions.contribute import contribute
from fourfold.node.actions.handle_received import handle
from fourfold.node.actions.propose import NewProposal, propose
from fourfold.node.actions.sign_joint_record import sign_joint_record
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.drafting import DEFAULT_FIELDS
from fourfold.node.kinds import kind_of
from fourfold.node.sources import Sources, sources_of
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.collaboration import Part
from fourfold.protocols.coordination import Answer, Move
from fourfold.protocols.steps import Step
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Purpose, Signer

ACTIVITY = "incident_reporting"
GREEN, AMBER = Marking(tlp=Tlp.GREEN), Marking(tlp=Tlp.AMBER)
SLICES = {
    "registry": Level.COLLABORATION,
    "definitions": Level.COORDINATION,
    "public-incidents": Level.COMMUNICATION,
    "sensitive-incidents": Level.SEPARATION,
}
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
ENTRY = {"title": "A car did not stop", "severity": [{"scheme": "One", "value": "serious"}]}


def text_between(me: Any, *others: Any, **changes: Any) -> AgreementText:
    now = clock.now()
    facts = PartyFacts(regulator=False, defence_tie=False)
    fields = dict(DEFAULT_FIELDS[ACTIVITY])
    values = {
        "id": new_id("agreement"),
        "number": 1,
        "predecessor": None,
        "title": "Incident reporting",
        "parties": tuple(
            Party(id=each.id, name=each.name, institution_key=each.institution.key, facts=facts)
            for each in (me, *others)
        ),
        "community": frozenset(each.id for each in (me, *others)),
        "slices": tuple(
            SliceTerms(
                id=name,
                activity=ACTIVITY,
                name=name,
                level=level,
                kinds=frozenset(fields),
                ceiling=Tlp.AMBER,
                directions=tuple(Direction(sender=each.id, fields=fields) for each in (me, *others)),
            )
            for name, level in SLICES.items()
        ),
        "framework": "sha256:" + 64 * "1",
        "valid_from": now - timedelta(hours=1),
        "review_by": now + timedelta(days=300),
    }
    return AgreementText(**{**values, **changes})


def agree(me: Any, *others: Any, **changes: Any) -> models.Agreement:
    given = sign(text_between(me, *others, **changes), me.institution)
    for other in others:
        given = countersign(given, other.institution)
    return agreeing.keep(given, clock.now())


@dataclass
class End:
    """A counterpart's end: what it holds, what it says; it acts by the same protocol, with no node."""

    counterpart: Any
    agreement: models.Agreement
    held: dict[str, Step] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.counterpart.who.id

    def hear(self) -> None:
        """Take all that the node released to it, as its node would on collecting."""
        for row in models.ReleaseVersion.objects.filter(peer=self.counterpart.peer, revoked=False):
            if row.release.kind in DEFAULT_FIELDS[ACTIVITY] and row.release.kind != "incident":
                step = kind_of(row.release.kind).payload.model_validate(row.content().fields)
                self.held[step.digest()] = step

    def header(self, opening: str | None) -> dict[str, Any]:
        held = [step for name, step in self.held.items() if (step.opening or name) == opening]
        number = 1 + sum(step.author == self.id for step in held)
        return {
            "opening": opening,
            "author": self.id,
            "number": number,
            "at": clock.now(),
            "originators": frozenset({self.id}),
            "marking": GREEN,
        }

    def send(self, kind: str, step: Step, slice_: str, **changes: Any) -> models.Received:
        """What the node stores of it; it is acted on as in collecting."""
        values = {
            "activity": ACTIVITY,
            "slice": slice_,
            "agreement": self.agreement.digest,
            "originators": step.originators,
            "marking": step.marking,
            "created": step.at,
            "modified": step.at,
        }
        row = self.counterpart.send(kind, step.fields(), **{**values, **changes})
        models.Received.objects.filter(pk=row.pk).update(
            activity=ACTIVITY, slice=slice_, agreement_digest=self.agreement.digest
        )
        row.refresh_from_db()
        handle(row)
        return row

    def say(self, kind: str, step: Step, slice_: str = "definitions") -> models.Received:
        self.held[step.digest()] = step
        return self.send(kind, step, slice_)

    def answer(self, opening: str, move: Move, **changes: Any) -> Answer:
        head = coordination.course(opening, self.held, clock.now()).head
        extra = {"acceptances": head.acceptances} if move is Move.COMMIT else {}
        return Answer(**{**self.header(opening), "about": head.digest, "move": move, **extra, **changes})

    def signature(self, opening: str, **changes: Any) -> Part:
        text = collaboration.course(opening, self.held).current
        values = {
            "move": collaboration.Move.SIGN,
            "contributions": text.names,
            "content": text.digest,
            "signature": text.sign(self.counterpart.who.node),
        }
        return Part(**{**self.header(opening), **values, **changes})

    def addition(self, opening: str, **fields: Any) -> Any:
        revision = 1 + collaboration.course(opening, self.held).revision
        payload = kind_of("registry_contribution").payload
        return payload(**self.header(opening), revision=revision, **fields)


@pytest.fixture
def end(me: Any, other: Any) -> End:
    """The other end, with whom there is a slice at each level."""
    return End(other, agree(me, other.who))


def new(**changes: Any) -> NewProposal:
    values = {"kind": "definition_mapping", "slice": "definitions", "marking": GREEN, "fields": MAPPING}
    return NewProposal(**{**values, **changes})


def entry(**changes: Any) -> NewJointRecord:
    values = {"kind": "registry_contribution", "slice": "registry", "marking": GREEN, "fields": ENTRY}
    return NewJointRecord(**{**values, **changes})


def proposed(end: End, **changes: Any) -> models.CourseStep:
    row = propose(new(**changes), [end.counterpart.peer], "analyst")
    end.hear()
    return row


def begun(end: End, **changes: Any) -> models.CourseStep:
    row = begin_joint_record(entry(**changes), [end.counterpart.peer], "analyst")
    end.hear()
    return row


def state(row: models.CourseStep) -> str:
    course = courses.matter(row, clock.now()).course
    return course.state.value if course else "recalled"


def both(end: End, row: models.CourseStep) -> str:
    """Where it stands, which must be the same at both ends."""
    here = courses.matter(row, clock.now()).course
    if isinstance(here, coordination.Course):
        there: Any = coordination.course(row.digest, end.held, clock.now())
        assert here.texts == there.texts
    else:
        there = collaboration.course(row.digest, end.held)
        assert here.current.data == there.current.data
        assert here.signatures == there.signatures
    assert here.state == there.state
    return here.state.value


def refusals() -> list[str]:
    tags = [models.Tag.PROPOSAL_REFUSED, models.Tag.JOINT_REFUSED]
    return list(models.Event.objects.filter(tag__in=tags).order_by("pk").values_list("reason", flat=True))


def counts() -> tuple[int, ...]:
    return tuple(
        kind.objects.count()
        for kind in (models.CourseStep, models.RecordVersion, models.ReleaseVersion, models.Leaf)
    )


# --- coordination ---


def test_a_proposal_goes_through_to_done_at_both_ends(end: End) -> None:
    row = proposed(end)
    assert both(end, row) == "proposed"
    end.say("answer", end.answer(row.digest, Move.ACCEPT))
    assert both(end, row) == "accepted"
    answer_proposal(row, Said(Move.COMMIT), "analyst")
    end.hear()
    end.say("answer", end.answer(row.digest, Move.COMMIT))
    assert both(end, row) == "committed"
    end.say("answer", end.answer(row.digest, Move.FINISH))
    answer_proposal(row, Said(Move.FINISH, note="In use."), "analyst")
    end.hear()
    assert both(end, row) == "done"
    assert refusals() == []


def test_what_is_proposed_is_released_logged_and_held_as_a_record(end: End) -> None:
    row = proposed(end)
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
    row = proposed(end)
    before = counts()
    assert propose(new(), [end.counterpart.peer], "analyst") == row
    assert counts() == before
    end.say("answer", end.answer(row.digest, Move.ACCEPT))
    first = answer_proposal(row, Said(Move.COMMIT), "analyst")
    before = counts()
    assert answer_proposal(row, Said(Move.COMMIT), "analyst") == first
    assert counts() == before


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
    assert both(end, row) == "proposed"
    assert coordination.course(row.digest, end.held, clock.now()).head.proposal.title == "One row"
    end.say("answer", end.answer(row.digest, Move.ACCEPT))
    assert both(end, row) == "accepted"


def test_an_amendment_of_an_amber_text_needs_its_originators_consent(end: End, me: Any) -> None:
    payload = kind_of("definition_mapping").payload
    header = {**end.header(None), "marking": AMBER}
    theirs = payload(**header, **MAPPING, parties=tuple(sorted((me.id, end.id))))
    end.say("definition_mapping", theirs)
    row = courses.find(theirs.digest())
    before = counts()
    with pytest.raises(RefusedError, match="has not consented"):
        amend_proposal(row, {**MAPPING, "title": "Another"}, GREEN, "analyst")
    assert counts()[:3] == before[:3]
    answer_proposal(row, Said(Move.ACCEPT), "analyst")  # says nothing that is theirs
    end.hear()
    assert both(end, row) == "accepted"
    assert models.ReleaseVersion.objects.get().content().marking.tlp is Tlp.AMBER


def test_a_proposal_declined_or_withdrawn_is_closed_for_both(end: End) -> None:
    row = proposed(end)
    end.say("answer", end.answer(row.digest, Move.DECLINE, note="Not now."))
    assert both(end, row) == "declined"
    with pytest.raises(RefusedError, match="Propose anew"):
        answer_proposal(row, Said(Move.COMMIT), "analyst")
    again = proposed(end)
    assert again != row
    answer_proposal(again, Said(Move.WITHDRAW), "analyst")
    end.hear()
    assert both(end, again) == "withdrawn"


@pytest.mark.parametrize("move", [Move.ACCEPT, Move.DECLINE, Move.COMMIT, Move.FINISH])
def test_an_illegal_move_is_refused_with_its_rule_and_leaves_no_trace(end: End, move: Move) -> None:
    row = proposed(end)
    before = counts()
    with pytest.raises(RefusedError, match=r"possible|to go"):
        answer_proposal(row, Said(move), "analyst")
    assert counts() == before


@pytest.mark.parametrize("place", ["public-incidents", "sensitive-incidents"])
def test_a_proposal_is_refused_one_level_down_and_noted(end: End, place: str) -> None:
    with pytest.raises(RefusedError, match="Row 3"):
        propose(new(slice=place), [end.counterpart.peer], "analyst")
    assert models.CourseStep.objects.count() == models.ReleaseVersion.objects.count() == 0
    assert models.RecordVersion.objects.count() == 0
    assert models.Event.objects.filter(tag=models.Tag.RELEASE_WITHHELD).count() == 1


@pytest.mark.parametrize("place", ["definitions", "public-incidents", "sensitive-incidents"])
def test_a_joint_record_is_refused_one_level_down_and_noted(end: End, place: str) -> None:
    with pytest.raises(RefusedError, match="Row 3"):
        begin_joint_record(entry(slice=place), [end.counterpart.peer], "analyst")
    assert models.CourseStep.objects.count() == models.ReleaseVersion.objects.count() == 0
    assert models.Event.objects.filter(tag=models.Tag.RELEASE_WITHHELD).count() == 1


def test_what_the_agreement_would_redact_does_not_go_at_all(me: Any, other: Any) -> None:
    fields = {**DEFAULT_FIELDS[ACTIVITY], "definition_mapping": ("title", "due", "parties", "first")}
    text = text_between(me, other.who)
    slices = tuple(
        terms.model_copy(
            update={
                "directions": tuple(Direction(sender=each.sender, fields=fields) for each in terms.directions)
            }
        )
        for terms in text.slices
    )
    agree(me, other.who, slices=slices)
    with pytest.raises(RefusedError, match="whole or not at all"):
        propose(new(), [other.peer], "analyst")
    assert models.ReleaseVersion.objects.count() == 0


def test_a_date_that_has_passed_or_wrong_fields_are_told_before_anything_leaves(end: End) -> None:
    with pytest.raises(RefusedError, match="has passed"):
        propose(new(fields={**MAPPING, "due": "2020-01-01"}), [end.counterpart.peer], "analyst")
    wrong = {**MAPPING, "rows": [{"first": "x", "relation": "broad"}, {"relation": "none"}], "due": "soon"}
    with pytest.raises(InputError) as refusal:
        propose(new(fields=wrong), [end.counterpart.peer], "analyst")
    assert len(refusal.value.faults) == 3
    with pytest.raises(RefusedError, match="not proposed"):
        propose(new(kind="incident", fields={"title": "x"}), [end.counterpart.peer], "analyst")
    assert models.CourseStep.objects.count() == 0


def test_steps_are_not_made_or_changed_by_hand(end: End) -> None:
    row = proposed(end)
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
    row = proposed(end)
    step, changes, reason = forged(end, row)[name]
    before = models.CourseStep.objects.count()
    end.send("answer", step, "definitions", **changes)
    assert refusals() == [reason]
    assert models.CourseStep.objects.count() == before
    assert state(row) == "proposed"


def test_what_breaks_a_rule_is_kept_shown_and_counts_for_nothing(end: End) -> None:
    row = proposed(end)
    end.say("answer", end.answer(row.digest, Move.WITHDRAW))
    assert state(row) == "proposed"
    assert "only its proposer" in refusals()[0]
    matter = courses.matter(row, clock.now())
    assert len(matter.course.order.void) == 1
    assert both(end, row) == "proposed"


def test_the_same_step_again_changes_nothing_and_another_at_its_place_is_refused(end: End) -> None:
    row = proposed(end)
    yes = end.answer(row.digest, Move.ACCEPT)
    end.say("answer", yes)
    before = counts()
    end.send("answer", yes, "definitions")
    assert counts()[:3] == before[:3]
    no = yes.model_copy(update={"move": Move.DECLINE})
    end.send("answer", no, "definitions")
    assert refusals() == ["RefusedError"]
    assert both(end, row) == "accepted"


def test_an_answer_that_comes_before_its_text_waits_for_it(end: End, me: Any) -> None:
    payload = kind_of("definition_mapping").payload
    theirs = payload(**end.header(None), **MAPPING, parties=tuple(sorted((me.id, end.id))))
    end.held[theirs.digest()] = theirs
    gone = Answer(**end.header(theirs.digest()), about=theirs.digest(), move=Move.WITHDRAW)
    end.say("answer", gone)
    with pytest.raises(NotFoundError):
        courses.find(theirs.digest())
    end.say("definition_mapping", theirs)
    assert both(end, courses.find(theirs.digest())) == "withdrawn"
    assert refusals() == []


def test_a_proposal_among_others_or_in_another_slice_is_refused(end: End, me: Any) -> None:
    payload = kind_of("definition_mapping").payload
    strangers = payload(**end.header(None), **MAPPING, parties=tuple(sorted((end.id, "identity--x"))))
    mixed = payload(**end.header(None), **MAPPING, parties=tuple(sorted((end.id, me.id, "identity--x"))))
    for step in (strangers, mixed):
        end.send("definition_mapping", step, "definitions")
    row = proposed(end)
    end.send("answer", end.answer(row.digest, Move.ACCEPT), "registry")
    assert refusals() == ["RefusedError"] * 3
    assert state(row) == "proposed"


def test_a_step_that_its_author_recalls_ends_the_course_at_both_ends(end: End) -> None:
    row = proposed(end)
    yes = end.answer(row.digest, Move.ACCEPT)
    came = end.say("answer", yes)
    gone = end.counterpart.send(
        "answer", {}, id=came.object, version=2, revoked=True, activity=ACTIVITY, slice="definitions"
    )
    models.Received.objects.filter(pk=gone.pk).update(revoked=True)
    gone.refresh_from_db()
    handle(gone)
    assert state(row) == "recalled"
    tombstone = models.CourseStep.objects.get(digest=yes.digest())
    assert (tombstone.body, tombstone.recalled is None) == (None, False)
    with pytest.raises(RefusedError, match="recalled"):
        answer_proposal(row, Said(Move.COMMIT), "analyst")
    end.send("answer", yes, "definitions")
    assert state(row) == "recalled"
    assert refusals() == ["RefusedError"]


def test_recalling_ones_own_step_takes_it_back_from_everybody(end: End) -> None:
    row = proposed(end)
    release = models.Release.objects.get(record=row.record)
    withdraw(release.id, "a mistake", "analyst")
    assert state(row) == "recalled"
    assert release.latest().revoked
    before = counts()
    withdraw(release.id, "a mistake", "analyst")
    assert counts()[:3] == before[:3]


# --- collaboration ---


def test_a_joint_record_is_drafted_signed_by_both_and_published(end: End, me: Any) -> None:
    row = begun(end)
    end.say("registry_contribution", end.addition(row.digest, countries=("FR",)), "registry")
    assert both(end, row) == "drafted"
    with pytest.raises(RefusedError, match="changed since"):
        sign_joint_record(row, "sha256:" + 64 * "0", "analyst")
    first = sign_joint_record(row, None, "analyst")
    assert sign_joint_record(row, None, "analyst") == first
    end.hear()
    assert both(end, row) == "frozen"
    with pytest.raises(RefusedError, match="to go"):
        publish_joint_record(row, "analyst")
    end.say("joint_part", end.signature(row.digest), "registry")
    assert both(end, row) == "complete"
    publish_joint_record(row, "analyst")
    before = counts()
    publish_joint_record(row, "analyst")
    assert counts() == before
    end.hear()
    assert both(end, row) == "published"
    text = courses.matter(row, clock.now()).course.current
    assert text.originators == {me.id, end.id}
    assert text.combined["severity"] == {me.id: [{"scheme": "One", "value": "serious"}]}
    for act in (lambda: contribute(row, {"title": "More"}, None, Sources(), "analyst"),):
        with pytest.raises(RefusedError, match="Begin another"):
            act()
    assert refusals() == []


def test_one_contribution_more_voids_the_signatures_at_both_ends(end: End) -> None:
    row = begun(end)
    end.say("registry_contribution", end.addition(row.digest, countries=("FR",)), "registry")
    sign_joint_record(row, None, "analyst")
    end.hear()
    end.say("joint_part", end.signature(row.digest), "registry")
    assert both(end, row) == "complete"
    contribute(row, {"remark": "One thing more."}, None, Sources(), "analyst")
    before = counts()
    contribute(row, {"remark": "One thing more."}, None, Sources(), "analyst")
    assert counts() == before
    end.hear()
    assert both(end, row) == "drafted"
    end.say("joint_part", end.signature(row.digest), "registry")
    sign_joint_record(row, None, "analyst")
    end.hear()
    assert both(end, row) == "complete"


@pytest.mark.parametrize("spoil", ["another key", "another purpose", "other bytes", "an old revision"])
def test_a_signature_that_does_not_hold_is_refused_and_said(end: End, spoil: str) -> None:
    row = begun(end)
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
        contribute(row, {"remark": "More."}, None, Sources(), "analyst")
    end.send("joint_part", good.model_copy(update=changes), "registry")
    assert state(row) == "drafted"
    if spoil == "an old revision":
        assert refusals() == []
        assert courses.matter(row, clock.now()).course.signatures == {}
    else:
        assert len(refusals()) == 1


def test_rewriting_anothers_words_names_it_as_originator_and_guards_as_tightly(end: End, me: Any) -> None:
    row = begun(end)
    tight = {**end.header(row.digest), "marking": AMBER}
    payload = kind_of("registry_contribution").payload
    end.say(
        "registry_contribution",
        payload(**tight, revision=2, what_happened="It drove on."),
        "registry",
    )
    with pytest.raises(RefusedError, match="has not consented"):
        contribute(row, {"what_happened": "It drove on, and turned."}, None, Sources(), "analyst")
    own = contribute(row, {"remark": "Ours."}, None, Sources(), "analyst")
    record = models.RecordVersion.objects.get(record=own.record).content()
    assert (record.originators, record.marking.tlp) == (frozenset({me.id}), Tlp.AMBER)


def test_what_was_written_from_others_carries_their_originators_and_caveats(
    end: End, me: Any, join_with: Callable[[str], Any]
) -> None:
    third = join_with("Third")
    marking = Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON}))
    came = third.send("incident", {"title": "Theirs"}, marking=marking)
    sources = sources_of([came.object])
    assert sources.carried(me.id, GREEN) == (frozenset({me.id, third.who.id}), marking)
    with pytest.raises(RefusedError, match=r"[Oo]riginator"):
        begin_joint_record(entry(sources=sources), [end.counterpart.peer], "analyst")
    assert models.ReleaseVersion.objects.count() == 0
    with pytest.raises(RefusedError, match="Nothing is held"):
        sources_of(["release--00000000-0000-4000-8000-000000000000"])


def test_who_leaves_ends_the_draft_for_both(end: End) -> None:
    row = begun(end)
    leave_joint_record(row, "No capacity.", "analyst")
    before = counts()
    leave_joint_record(row, "No capacity.", "analyst")
    assert counts() == before
    end.hear()
    assert both(end, row) == "abandoned"
    with pytest.raises(RefusedError, match="Begin another"):
        contribute(row, {"title": "More"}, None, Sources(), "analyst")


def test_an_empty_contribution_says_nothing(end: End) -> None:
    row = begun(end)
    with pytest.raises(RefusedError, match="says nothing"):
        contribute(row, {}, None, Sources(), "analyst")


# --- three parties ---


@pytest.fixture
def ends(me: Any, join_with: Callable[[str], Any]) -> tuple[End, End]:
    """Two other ends, with whom one agreement is in force."""
    one, two = join_with("One"), join_with("Two")
    agreement = agree(me, one.who, two.who)
    return End(one, agreement), End(two, agreement)


def test_three_parties_hold_the_same_whatever_the_order_in_which_answers_arrive(ends: Any) -> None:
    peers = [each.counterpart.peer for each in ends]
    row = propose(new(), peers, "analyst")
    for each in ends:
        each.hear()
    one, two = ends
    yes, also = one.answer(row.digest, Move.ACCEPT), two.answer(row.digest, Move.ACCEPT)
    for each in ends:
        each.held |= {yes.digest(): yes, also.digest(): also}
    commit = one.answer(row.digest, Move.COMMIT)
    for step in (commit, yes):  # the commitment arrives before the acceptance that it rests on
        one.say("answer", step)
    assert state(row) == "proposed"
    two.held[commit.digest()] = commit
    two.say("answer", also)
    assert state(row) == "accepted"
    answer_proposal(row, Said(Move.COMMIT), "analyst")
    for each in ends:
        each.hear()
        assert both(each, row) == "accepted"
    assert refusals() == []


def test_who_tells_two_parties_different_things_binds_nobody(ends: Any) -> None:
    row = propose(new(), [each.counterpart.peer for each in ends], "analyst")
    one, two = ends
    for each in ends:
        each.hear()
    yes, no = one.answer(row.digest, Move.ACCEPT), one.answer(row.digest, Move.DECLINE)
    two.held[no.digest()] = no  # one tells two that it declines, and us that it accepts
    one.say("answer", yes)
    two.say("answer", two.answer(row.digest, Move.ACCEPT))
    assert state(row) == "accepted"
    answer_proposal(row, Said(Move.COMMIT), "analyst")
    two.hear()
    there = coordination.course(row.digest, two.held, clock.now())
    assert there.state.value == "declined"
    assert state(row) == "accepted"


def test_three_parties_sign_one_record(ends: Any) -> None:
    row = begin_joint_record(entry(), [each.counterpart.peer for each in ends], "analyst")
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
    assert both(one, row) == both(two, row) == "complete"


def test_not_all_named_have_signed_the_agreement(me: Any, join_with: Callable[[str], Any]) -> None:
    one, two = join_with("One"), join_with("Two")
    agree(me, one.who)
    agree(me, two.who)
    with pytest.raises(RefusedError, match="Agree with all of them"):
        propose(new(), [one.peer, two.peer], "analyst")
    assert models.CourseStep.objects.count() == models.ReleaseVersion.objects.count() == 0
