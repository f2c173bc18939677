"""A page offers what the protocol lets us do, and no more: in every state that a few steps of two reach."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from fourfold.activities.incident_reporting.collaboration import RegistryContribution
from fourfold.errors import RefusedError
from fourfold.node.web.queries.course_moves import may_draft, may_say
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.collaboration import Part
from fourfold.protocols.coordination import ANSWERS, Answer, Move, Proposal
from fourfold.protocols.steps import Step
from fourfold.records.markings import Marking, Tlp
from fourfold.records.signing import Signer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OTHER = "identity--other"
DEPTH = 6
Steps = dict[str, Step]


def header(steps: Steps, opening: str | None, author: str) -> dict[str, Any]:
    number = 1 + sum(step.author == author for step in steps.values())
    marking, whole = Marking(tlp=Tlp.GREEN), frozenset({author, *(each.author for each in steps.values())})
    return {
        "opening": opening,
        "author": author,
        "number": number,
        "at": NOW,
        "marking": marking,
        "originators": whole,
    }


def saying(opening: str, steps: Steps, author: str, move: Move) -> Step:
    """A step by which a party would make a move on the text that counts, as well-formed as can be."""
    head = coordination.course(opening, steps, NOW).head
    own = header(steps, opening, author)
    if move is Move.AMEND:
        title = f"Text {len(steps)} by {author}"
        return Proposal(**own, title=title, due=head.proposal.due, supersedes=head.digest)
    rests = head.acceptances if move is Move.COMMIT else None
    return Answer(**own, about=head.digest, move=move, acceptances=rests)


def drafting(opening: str, steps: Steps, author: str, move: collaboration.Move, signers: Any) -> Step:
    """A step by which a party would make a move on the joint record as it is."""
    course = collaboration.course(opening, steps)
    own = header(steps, opening, author)
    if move is collaboration.Move.CONTRIBUTE:
        return RegistryContribution(**own, revision=course.revision + 1, remark=f"{len(steps)}")
    text = course.current
    if move is collaboration.Move.SIGN:
        signature = text.sign(signers[author])
        return Part(**own, move=move, contributions=text.names, content=text.digest, signature=signature)
    return Part(**own, move=move, content=text.digest if move is collaboration.Move.PUBLISH else None)


def reached(
    first: Step, parties: tuple[str, str], every: Callable[[Steps, str], Iterator[tuple[Any, Step | None]]]
) -> Iterator[Steps]:
    """All sets of steps that the parties can come to, up to a depth; each once by who made which moves."""
    front, seen = [((), {first.digest(): first})], set()
    for _depth in range(DEPTH):
        after = []
        for path, steps in front:
            yield steps
            for party in parties:
                for move, step in every(steps, party):
                    name = tuple(sorted((*path, (party, move))))
                    if step is not None and name not in seen:
                        seen.add(name)
                        after.append((name, {**steps, step.digest(): step}))
        front = after


def test_a_page_offers_just_what_may_be_said(node: Any) -> None:
    parties = tuple(sorted((node.id, OTHER)))
    tried = set()
    for opener in parties:
        own = header({}, None, opener)
        first = Proposal(**own, title="First", due=date(2026, 12, 31), parties=parties)
        opening = first.digest()

        def every(steps: Steps, party: str, opening: str = opening) -> Iterator[tuple[Any, Step | None]]:
            for move in (*sorted(ANSWERS), Move.AMEND):
                step = saying(opening, steps, party, move)
                try:
                    coordination.attempt(opening, steps, step, NOW)
                except RefusedError:
                    step = None
                yield move, step

        for steps in reached(first, parties, every):
            course = coordination.course(opening, steps, NOW)
            possible = {move for move, step in every(steps, node.id) if step is not None}
            assert may_say(course) == possible
            tried.add((course.state, course.head.stances[node.id]))
    assert {state for state, _stance in tried} >= set(coordination.State) - {coordination.State.LAPSED}


def test_a_page_offers_just_what_may_be_drafted(node: Any) -> None:
    parties = tuple(sorted((node.id, OTHER)))
    signers = {party: Signer.generate() for party in parties}
    states = set()
    for opener in parties:
        own = header({}, None, opener)
        first = RegistryContribution(**own, revision=1, parties=parties, title="First")
        opening = first.digest()

        def every(steps: Steps, party: str, opening: str = opening) -> Iterator[tuple[Any, Step | None]]:
            for move in collaboration.Move:
                step = drafting(opening, steps, party, move, signers)
                try:
                    collaboration.attempt(opening, steps, step)
                except RefusedError:
                    step = None
                yield move, step

        for steps in reached(first, parties, every):
            course = collaboration.course(opening, steps)
            possible = {move for move, step in every(steps, node.id) if step is not None}
            assert may_draft(course) == possible
            states.add(course.state)
    assert states == set(collaboration.State)


@pytest.mark.parametrize("due", [date(2026, 11, 24), date(2026, 11, 25)])
def test_nothing_is_offered_once_its_date_has_passed(node: Any, due: date) -> None:
    parties = tuple(sorted((node.id, OTHER)))
    at = datetime(2026, 11, 20, tzinfo=UTC)
    own = {**header({}, None, OTHER), "at": at}
    first = Proposal(**own, title="First", due=due, parties=parties)
    course = coordination.course(first.digest(), {first.digest(): first}, NOW)
    assert (may_say(course) == frozenset()) == (due < NOW.date())
