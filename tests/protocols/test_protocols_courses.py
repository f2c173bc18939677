"""Coordination and collaboration as courses of steps at two or three ends: in any order, repeated, forked."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import permutations, product
from typing import Any

import pytest
from effort import examples
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fourfold.activities.incident_reporting.collaboration import RegistryContribution
from fourfold.errors import RefusedError
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.collaboration import Contribution, Part
from fourfold.protocols.coordination import Answer, Move, Proposal, Stance, State
from fourfold.protocols.steps import Step, admit
from fourfold.records.markings import Marking, Tlp
from fourfold.records.signing import Signer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DUE = date(2026, 12, 31)
GREEN = Marking(tlp=Tlp.GREEN)
A, B, C = "identity--a", "identity--b", "identity--c"
SIGNERS = {name: Signer.generate() for name in (A, B, C)}


def header(author: str, number: int, opening: str | None, at: datetime = NOW) -> dict[str, Any]:
    return {
        "author": author,
        "number": number,
        "opening": opening,
        "at": at,
        "originators": frozenset({author}),
        "marking": GREEN,
    }


def opening(parties: tuple[str, ...] = (A, B), **changes: Any) -> Proposal:
    values = {**header(A, 1, None), "title": "First", "due": DUE, "parties": parties, **changes}
    return Proposal(**values)


def answer(first: Proposal, author: str, move: Move, number: int = 1, **changes: Any) -> Answer:
    values = {**header(author, number, first.digest()), "about": first.digest(), "move": move, **changes}
    return Answer(**values)


def held(*steps: Step) -> dict[str, Step]:
    return {step.digest(): step for step in steps}


# --- coordination: every stance and move, against what was said before ---

SAID: dict[Stance, tuple[Move, ...]] = {
    Stance.ASKED: (),
    Stance.PROPOSED: (Move.PROPOSE,),
    Stance.ACCEPTED: (Move.ACCEPT,),
    Stance.AMENDED: (Move.AMEND,),
    Stance.DECLINED: (Move.DECLINE,),
    Stance.WITHDRAWN: (Move.PROPOSE, Move.WITHDRAW),
    Stance.COMMITTED: (Move.ACCEPT, Move.COMMIT),
    Stance.DONE: (Move.ACCEPT, Move.COMMIT, Move.FINISH),
}


def may_follow(said: tuple[Move, ...], move: Move) -> bool:
    """The rule of each move, from what the party has said to the text so far, and from nothing else."""
    bound = bool(said) and said[0] in {Move.PROPOSE, Move.ACCEPT}
    ended = Move.WITHDRAW in said
    return {
        Move.PROPOSE: not said,
        Move.ACCEPT: not said,
        Move.AMEND: not said,
        Move.DECLINE: not said,
        Move.WITHDRAW: said == (Move.PROPOSE,),
        Move.COMMIT: bound and not ended and Move.COMMIT not in said,
        Move.FINISH: Move.COMMIT in said and Move.FINISH not in said,
    }[move]


@pytest.mark.parametrize(("stance", "move"), list(product(Stance, Move)))
def test_every_stance_and_move_follows_from_what_was_said(stance: Stance, move: Move) -> None:
    if may_follow(SAID[stance], move):
        assert SAID[coordination.advance(stance, move)][-1] is move
        return
    with pytest.raises(RefusedError) as refusal:
        coordination.advance(stance, move)
    assert coordination.COORDINATION.rules[move] in str(refusal.value)


# --- coordination: whole courses ---


def state_of(first: Proposal, *steps: Step, now: datetime = NOW) -> State:
    """The state, which must be the same in whatever order the steps came."""
    found = set()
    for order in permutations((first, *steps)):
        found.add(coordination.course(first.digest(), held(*order), now).state)
    assert len(found) == 1
    return found.pop()


def committed(first: Proposal) -> tuple[Answer, Answer, Answer]:
    yes = answer(first, B, Move.ACCEPT)
    rests = (yes.digest(),)
    theirs = answer(first, B, Move.COMMIT, 2, acceptances=rests, by=date(2026, 12, 1))
    return yes, theirs, answer(first, A, Move.COMMIT, 2, acceptances=rests)


def test_a_proposal_is_accepted_committed_to_and_done() -> None:
    first = opening()
    yes, theirs, ours = committed(first)
    done = [answer(first, party, Move.FINISH, 3) for party in (A, B)]
    assert state_of(first) is State.PROPOSED
    assert state_of(first, yes) is State.ACCEPTED
    assert state_of(first, yes, theirs) is State.ACCEPTED
    assert state_of(first, yes, theirs, ours) is State.COMMITTED
    assert state_of(first, yes, theirs, ours, done[0]) is State.COMMITTED
    assert state_of(first, yes, theirs, ours, *done) is State.DONE


def test_what_was_not_done_when_its_date_passed_has_lapsed_and_what_came_late_counts_not() -> None:
    first = opening()
    yes, theirs, ours = committed(first)
    december, january = datetime(2026, 12, 2, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert state_of(first, now=datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) is State.PROPOSED
    assert state_of(first, now=january) is State.LAPSED
    assert state_of(first, yes, now=january) is State.LAPSED
    assert state_of(first, yes, theirs, ours, now=december) is State.LAPSED  # theirs was for the first
    late = answer(first, B, Move.FINISH, 3, at=december)
    assert state_of(first, yes, theirs, ours, late, now=december) is State.LAPSED
    in_time = [answer(first, party, Move.FINISH, 3) for party in (A, B)]
    assert state_of(first, yes, theirs, ours, *in_time, now=january) is State.DONE
    too_late = answer(first, B, Move.ACCEPT, at=january)
    found = coordination.course(first.digest(), held(first, too_late), january)
    assert "had passed" in found.order.void[too_late.digest()]


def test_an_amendment_supersedes_and_asks_the_first_proposer() -> None:
    first = opening()
    second = Proposal(
        **header(B, 1, first.digest()) | {"originators": frozenset({A, B})},
        title="Second",
        due=DUE,
        supersedes=first.digest(),
    )
    found = coordination.course(first.digest(), held(second, first), NOW)
    assert found.state is State.PROPOSED
    assert found.head.digest == second.digest()
    assert (found.due(A), found.due(B)) == (Move.ACCEPT, None)
    old = answer(first, A, Move.WITHDRAW, 2)
    assert state_of(first, second, old) is State.PROPOSED
    yes = answer(first, A, Move.ACCEPT, 2, about=second.digest())
    assert state_of(first, second, yes) is State.ACCEPTED
    with pytest.raises(RefusedError, match="superseded"):
        coordination.attempt(first.digest(), held(first, second), old, NOW)


@pytest.mark.parametrize("title", ["First", "Another", "A third", "A fourth", "A fifth"])
def test_of_two_amendments_that_cross_every_end_keeps_the_same(title: str) -> None:
    first = opening((A, B, C), title=title)
    texts = [
        Proposal(
            **header(author, 1, first.digest()) | {"originators": frozenset({A, author})},
            title=f"By {author}",
            due=DUE,
            supersedes=first.digest(),
        )
        for author in (B, C)
    ]
    heads = {
        coordination.course(first.digest(), held(*order), NOW).head.digest
        for order in permutations((first, *texts))
    }
    assert heads == {min(text.digest() for text in texts)}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"parties": (A, B)}, "neither the parties"),
        ({"marking": Marking(tlp=Tlp.CLEAR)}, "guarded no less"),
        ({"originators": frozenset({B})}, "guarded no less"),
        ({"at": datetime(2027, 1, 1, tzinfo=UTC)}, "had passed"),
        ({"author": C, "originators": frozenset({A, C})}, "no party"),
        ({"author": A, "number": 2, "originators": frozenset({A})}, "not by its proposer"),
    ],
)
def test_an_amendment_against_the_rules_counts_for_nothing(changes: dict[str, Any], reason: str) -> None:
    first = opening()
    values = {
        **header(B, 1, first.digest()),
        "originators": frozenset({A, B}),
        "title": "Second",
        "due": DUE,
        "supersedes": first.digest(),
    }
    step = Proposal(**{**values, **changes})
    found = coordination.course(first.digest(), held(first, step), NOW)
    assert reason in found.order.void[step.digest()]
    assert found.head.digest == first.digest()
    assert state_of(first, step) is State.PROPOSED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"move": Move.AMEND}, "takes a text"),
        ({"move": Move.PROPOSE}, "takes a text"),
        ({"by": DUE}, "Only a commitment"),
        ({"marking": Marking(tlp=Tlp.CLEAR)}, "guarded no less"),
        ({"move": Move.WITHDRAW}, "only its proposer"),
        ({"move": Move.COMMIT}, "what it proposed or accepted"),
        ({"move": Move.FINISH}, "committed to before"),
        ({"author": C}, "no party"),
    ],
)
def test_an_answer_against_the_rules_counts_for_nothing(changes: dict[str, Any], reason: str) -> None:
    first = opening()
    step = Answer(**{**answer(first, B, Move.ACCEPT).model_dump(), **changes})
    with pytest.raises(RefusedError, match=reason):
        coordination.attempt(first.digest(), held(first), step, NOW)
    assert state_of(first, step) is State.PROPOSED


def test_a_commitment_rests_on_the_acceptances_that_are_held() -> None:
    first = opening((A, B, C))
    yes = [answer(first, party, Move.ACCEPT) for party in (B, C)]
    other = answer(first, B, Move.ACCEPT, note="Told to one only.")
    rests = tuple(sorted(each.digest() for each in yes))
    good = answer(first, A, Move.COMMIT, 2, acceptances=rests)
    early = coordination.course(first.digest(), held(first, yes[0], good), NOW)
    assert "1 to go" in early.order.waiting[good.digest()]
    fork = coordination.course(first.digest(), held(first, other, yes[1], good), NOW)
    assert "other acceptances" in fork.order.void[good.digest()]
    assert fork.head.stances[A] is Stance.PROPOSED


def test_a_declined_or_withdrawn_proposal_takes_no_further_step() -> None:
    first = opening()
    for last in (answer(first, B, Move.DECLINE), answer(first, A, Move.WITHDRAW, 2)):
        steps = held(first, last)
        for author in (A, B):
            step = answer(first, author, Move.ACCEPT, 3)
            with pytest.raises(RefusedError, match="Propose anew"):
                coordination.attempt(first.digest(), steps, step, NOW)


def test_a_course_begins_with_an_opening_of_two_parties_or_more() -> None:
    wrong = (
        opening((A,)),
        opening((B, A)),
        opening((A, A, B)),
        opening((B, C)),
        opening(number=2),
        opening(supersedes="sha256:" + 64 * "0"),
    )
    for step in wrong:
        with pytest.raises(RefusedError):
            coordination.course(step.digest(), held(step), NOW)
    with pytest.raises(RefusedError, match="not here"):
        coordination.course("sha256:" + 64 * "0", {}, NOW)
    two = [opening(title=title) for title in ("One", "Two")]
    assert {coordination.course(each.digest(), held(*two), NOW).head.proposal.title for each in two} == {
        "One",
        "Two",
    }


def test_a_step_at_the_place_of_the_opening_gives_no_other_text_to_anybody() -> None:
    first = opening()
    beside = [answer(first, A, Move.WITHDRAW, 1, note=f"{number}") for number in range(8)]
    assert len({step.digest() < first.digest() for step in beside}) == 2
    for step in beside:
        with pytest.raises(RefusedError, match="contradicts itself"):
            admit(held(first), step)
        if step.digest() < first.digest():
            with pytest.raises(RefusedError, match="in two ways"):
                coordination.course(first.digest(), held(first, step), NOW)
        else:
            found = coordination.course(first.digest(), held(first, step), NOW)
            assert found.state is State.PROPOSED
            assert "missing" in found.order.waiting[step.digest()]


# --- joint records ---


def begun(parties: tuple[str, ...] = (A, B), **fields: Any) -> RegistryContribution:
    values = {"title": "A car", "severity": ({"scheme": "X", "value": "serious"},), **fields}
    return RegistryContribution(**header(A, 1, None), revision=1, parties=parties, **values)


def added(
    first: Contribution, author: str, number: int, revision: int, **fields: Any
) -> RegistryContribution:
    return RegistryContribution(**header(author, number, first.digest()), revision=revision, **fields)


def signed(first: Contribution, steps: dict[str, Step], author: str, number: int) -> Part:
    text = collaboration.course(first.digest(), steps).current
    return Part(
        **header(author, number, first.digest()),
        move=collaboration.Move.SIGN,
        contributions=text.names,
        content=text.digest,
        signature=text.sign(SIGNERS[author]),
    )


# --- any number of ends, with messages in any order, repeated and forked ---


RARELY = st.integers(0, 7)


class Ends(RuleBasedStateMachine):
    """Parties that act on what they hold; their steps arrive in any order, more than once, or forked."""

    parties: tuple[str, ...] = (A, B)

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, dict[str, Step]] = {party: {} for party in self.parties}
        self.coming: dict[str, list[Step]] = {party: [] for party in self.parties}
        self.first: Step | None = None
        self.forked = False
        self.told: list[str] = []

    def send(self, step: Step, author: str) -> None:
        self.held[author][step.digest()] = step
        for party in self.parties:
            if party != author:
                self.coming[party].append(step)

    def number(self, party: str) -> int:
        return 1 + sum(step.author == party for step in self.held[party].values())

    def knows(self, party: str) -> bool:
        return self.first is not None and self.first.digest() in self.held[party]

    @rule(data=st.data(), again=st.sampled_from(["once", "again"]))
    def deliver(self, data: st.DataObject, again: str) -> None:
        party = data.draw(st.sampled_from(self.parties))
        if not self.coming[party]:
            return
        place = data.draw(st.integers(0, len(self.coming[party]) - 1))
        step = self.coming[party][place]
        if again == "once":
            del self.coming[party][place]
        self.take(party, step)

    @rule(data=st.data())
    def deliver_all_to_one(self, data: st.DataObject) -> None:
        party = data.draw(st.sampled_from(self.parties))
        for step in data.draw(st.permutations(self.coming[party])):
            self.take(party, step)
        self.coming[party] = []

    def take(self, party: str, step: Step) -> None:
        before = dict(self.held[party])
        try:
            if admit(before, step):
                self.held[party][step.digest()] = step
        except RefusedError:
            assert self.forked
            assert self.held[party] == before

    @invariant()
    def every_refusal_says_which_rule(self) -> None:
        assert all(len(said) > 20 for said in self.told)

    def settle(self) -> None:
        for party in self.parties:
            for step in self.coming[party]:
                self.take(party, step)
            self.coming[party] = []

    def fork(self, party: str, data: st.DataObject, other: Callable[[Step], Step]) -> None:
        """A party that tells somebody else another thing than it told the first."""
        own = [step for step in self.held[party].values() if step.author == party and step.opening]
        if own:
            self.forked = True
            victim = data.draw(st.sampled_from([each for each in self.parties if each != party]))
            self.coming[victim].insert(0, other(data.draw(st.sampled_from(own))))


class Coordinating(Ends):
    """A proposal among the parties."""

    @initialize()
    def propose(self) -> None:
        self.first = opening(self.parties)
        self.send(self.first, A)

    def course(self, party: str) -> coordination.Course:
        return coordination.course(self.first.digest(), self.held[party], NOW)

    @rule(data=st.data())
    def goes_on(self, data: st.DataObject) -> None:
        """What is expected of a party next."""
        party = data.draw(st.sampled_from(self.parties))
        if self.knows(party) and (move := self.course(party).due(party)):
            self.answer(party, move)

    @rule(data=st.data(), move=st.sampled_from(sorted(coordination.ANSWERS)), sure=RARELY)
    def does_something_else(self, data: st.DataObject, move: Move, sure: int) -> None:
        party = data.draw(st.sampled_from(self.parties))
        if self.knows(party) and sure == 1:
            self.answer(party, move)

    def answer(self, party: str, move: Move) -> None:
        head = self.course(party).head
        extra = {"acceptances": head.acceptances} if move is Move.COMMIT else {}
        self.act(party, answer(self.first, party, move, self.number(party), about=head.digest, **extra))

    @rule(data=st.data(), title=st.sampled_from(["Second", "Third"]), sure=RARELY)
    def amends(self, data: st.DataObject, title: str, sure: int) -> None:
        party = data.draw(st.sampled_from(self.parties))
        if not self.knows(party) or sure != 1:
            return
        head = self.course(party).head
        values = header(party, self.number(party), self.first.digest())
        values["originators"] = head.proposal.originators | {party}
        self.act(party, Proposal(**values, title=title, due=DUE, supersedes=head.digest))

    def act(self, party: str, step: Step) -> None:
        try:
            after = coordination.attempt(self.first.digest(), self.held[party], step, NOW)
        except RefusedError as refusal:
            self.told.append(str(refusal))
            return
        assert step.digest() in after.order.counted
        self.send(step, party)

    @rule(data=st.data(), sure=RARELY)
    def tells_two_things(self, data: st.DataObject, sure: int) -> None:
        if sure != 1:
            return
        party = data.draw(st.sampled_from(self.parties))
        self.fork(party, data, lambda step: step.model_copy(update={"at": NOW + timedelta(seconds=1)}))

    @invariant()
    def nobody_is_committed_to_what_others_have_not_accepted(self) -> None:
        for party in self.parties:
            if self.knows(party):
                head = self.course(party).head
                for stance in head.stances.values():
                    bound = stance in {Stance.COMMITTED, Stance.DONE}
                    assert not bound or len(head.acceptances) == len(self.parties) - 1

    def teardown(self) -> None:
        self.settle()
        if not self.forked:
            found = [self.course(party) for party in self.parties]
            assert all(each == found[0] or _same(each, found[0]) for each in found)
            assert not any(each.order.void or each.order.waiting for each in found)
            return
        bound = {
            (course.head.digest, course.head.acceptances)
            for party in self.parties
            if self.knows(party) and (course := self.course(party)).state in {State.COMMITTED, State.DONE}
        }
        assert len(bound) <= 1


def _same(one: coordination.Course, other: coordination.Course) -> bool:
    """Alike but for the order in which steps of different parties were applied."""
    return (one.state, one.texts, sorted(one.order.counted)) == (
        other.state,
        other.texts,
        sorted(other.order.counted),
    )


class Coordinating3(Coordinating):
    parties = (A, B, C)


class Collaborating(Ends):
    """A joint record of the parties."""

    @initialize()
    def begin(self) -> None:
        self.first = begun(self.parties)
        self.send(self.first, A)

    def course(self, party: str) -> collaboration.Course:
        return collaboration.course(self.first.digest(), self.held[party])

    def act(self, party: str, step: Step) -> None:
        try:
            after = collaboration.attempt(self.first.digest(), self.held[party], step)
        except RefusedError as refusal:
            self.told.append(str(refusal))
            return
        assert step.digest() in after.order.counted
        self.send(step, party)

    @rule(data=st.data())
    def goes_on(self, data: st.DataObject) -> None:
        """What is expected of a party next."""
        party = data.draw(st.sampled_from(self.parties))
        move = self.course(party).due(party) if self.knows(party) else None
        if move is collaboration.Move.CONTRIBUTE:
            self.contribute(party, None, "FR")
        elif move is not None:
            self.put(party, move)

    @rule(data=st.data(), title=st.sampled_from(["One", "Two"]), sure=RARELY)
    def contributes(self, data: st.DataObject, title: str, sure: int) -> None:
        party = data.draw(st.sampled_from(self.parties))
        if self.knows(party) and sure == 1:
            self.contribute(party, title, "DE")

    @rule(data=st.data(), move=st.sampled_from(["sign", "publish", "leave"]), sure=RARELY)
    def does_something_else(self, data: st.DataObject, move: str, sure: int) -> None:
        party = data.draw(st.sampled_from(self.parties))
        if self.knows(party) and sure == 1:
            self.put(party, collaboration.Move(move))

    def contribute(self, party: str, title: str | None, country: str) -> None:
        revision, number = self.course(party).revision + 1, self.number(party)
        self.act(party, added(self.first, party, number, revision, title=title, countries=(country,)))

    def put(self, party: str, move: collaboration.Move) -> None:
        number = self.number(party)
        if move is collaboration.Move.SIGN:
            self.act(party, signed(self.first, self.held[party], party, number))
            return
        publishes = move is collaboration.Move.PUBLISH
        content = self.course(party).current.digest if publishes else None
        self.act(party, Part(**header(party, number, self.first.digest()), move=move, content=content))

    @rule(data=st.data(), sure=RARELY)
    def tells_two_things(self, data: st.DataObject, sure: int) -> None:
        if sure != 1:
            return
        party = data.draw(st.sampled_from(self.parties))
        self.fork(party, data, lambda step: step.model_copy(update={"at": NOW + timedelta(seconds=1)}))

    @invariant()
    def complete_means_all_signatures_hold_over_these_bytes(self) -> None:
        for party in self.parties:
            if self.knows(party):
                found = self.course(party)
                if found.state in {collaboration.State.COMPLETE, collaboration.State.PUBLISHED}:
                    assert set(found.signatures) == set(self.parties)
                    for signer, signature in found.signatures.items():
                        assert found.current.sign(SIGNERS[signer]) == signature

    def teardown(self) -> None:
        self.settle()
        known = [self.course(party) for party in self.parties if self.knows(party)]
        if not self.forked:
            alike = {(each.state, each.current.data, tuple(sorted(each.signatures))) for each in known}
            assert len(alike) == 1
            assert not any(each.order.void or each.order.waiting for each in known)
            return
        ended = {collaboration.State.COMPLETE, collaboration.State.PUBLISHED}
        published = {each.current.digest for each in known if each.state is collaboration.State.PUBLISHED}
        assert len(published) <= 1
        assert all(set(each.signatures) == set(self.parties) for each in known if each.state in ended)


class Collaborating3(Collaborating):
    parties = (A, B, C)


HARD = settings(
    max_examples=examples(50),
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestCoordinating = Coordinating.TestCase
TestCoordinating3 = Coordinating3.TestCase
TestCollaborating = Collaborating.TestCase
TestCollaborating3 = Collaborating3.TestCase
for _case in (TestCoordinating, TestCoordinating3, TestCollaborating, TestCollaborating3):
    _case.settings = HARD
