"""Sealing and revealing: every pair of state and move, and two sides that run against each other."""

from itertools import product

import pytest

from fourfold.errors import RefusedError
from fourfold.protocols.assessment import ASSESSMENT, Move, State, advance

# Whether we drafted, we sealed, they sealed, we revealed, they revealed.
MEANINGS = {
    State.EMPTY: (False, False, False, False, False),
    State.DRAFTED: (True, False, False, False, False),
    State.SEALED: (True, True, False, False, False),
    State.THEIRS_SEALED: (False, False, True, False, False),
    State.THEIRS_SEALED_OURS_DRAFTED: (True, False, True, False, False),
    State.BOTH_SEALED: (True, True, True, False, False),
    State.OURS_REVEALED: (True, True, True, True, False),
    State.THEIRS_REVEALED: (True, True, True, False, True),
    State.JOINT: (True, True, True, True, True),
}
STATES = {facts: state for state, facts in MEANINGS.items()}
THEIR_MOVE = {Move.SEAL: Move.RECEIVE_SEAL, Move.REVEAL: Move.RECEIVE_REVEAL}


def expected(state: State, move: Move) -> State | None:
    """What a move does to the five facts, by the rules alone."""
    drafted, sealed, theirs, shown, theirs_shown = MEANINGS[state]
    both = sealed and theirs
    possible, facts = {
        Move.DRAFT: (not sealed, (True, sealed, theirs, shown, theirs_shown)),
        Move.SEAL: (drafted and not sealed, (drafted, True, theirs, shown, theirs_shown)),
        Move.RECEIVE_SEAL: (not theirs, (drafted, sealed, True, shown, theirs_shown)),
        Move.REVEAL: (both and not shown, (drafted, sealed, theirs, True, theirs_shown)),
        Move.RECEIVE_REVEAL: (both and not theirs_shown, (drafted, sealed, theirs, shown, True)),
    }[move]
    return STATES[facts] if possible else None


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_every_pair_follows_from_who_has_drafted_sealed_and_revealed(state: State, move: Move) -> None:
    reached = expected(state, move)
    if reached is not None:
        assert advance(state, move) is reached
        return
    with pytest.raises(RefusedError) as refusal:
        advance(state, move)
    words = [move, state, ASSESSMENT.rules[move], *ASSESSMENT.legal(state)]
    assert all(f"{word}" in str(refusal.value) for word in words)


def test_two_sides_never_block_each_other_and_both_end_joint() -> None:
    """All interleavings of two nodes whose messages arrive in the order in which they were sent."""
    start = (State.EMPTY, State.EMPTY, (), ())
    seen, todo = set(), [start]
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        following = list(steps(*here)) + [flipped(each) for each in steps(*flipped(here))]
        following = [each for each in following if each != here]
        todo.extend(following)
        if not following:
            assert here == (State.JOINT, State.JOINT, (), ())
        # What one side may read of the other is fixed by then, and so is its own.
        if here[0] in {State.THEIRS_REVEALED, State.JOINT}:
            assert here[1] in {State.OURS_REVEALED, State.JOINT}
    assert (State.JOINT, State.JOINT, (), ()) in seen


def steps(ours: State, theirs: State, sent: tuple, coming: tuple):
    """What this side may do next: a move of its own, or taking the first message that is on its way."""
    for move in (Move.DRAFT, Move.SEAL, Move.REVEAL):
        if move in ASSESSMENT.legal(ours):
            message = (THEIR_MOVE[move],) if move in THEIR_MOVE else ()
            yield advance(ours, move), theirs, sent + message, coming
    if coming:
        yield advance(ours, coming[0]), theirs, sent, coming[1:]


def flipped(state: tuple) -> tuple:
    ours, theirs, sent, coming = state
    return theirs, ours, coming, sent
