"""Communication: every history of moves ends where it means, told without any table of states."""

from itertools import product

import pytest

from fourfold.errors import RefusedError
from fourfold.protocols.communication import COMMUNICATION, Move, State, advance

PAIRS = list(product(State, Move))
TOLD = {State.WITHDRAWAL_PENDING, State.WITHDRAWAL_CONFIRMED}
WITHDRAWN = {*TOLD, State.WITHDRAWAL_NOT_HELD}
HANDED_OUT = {State.DELIVERED, State.ACKNOWLEDGED, State.REFUSED}
REFUSED = {
    *product(set(State) - TOLD, [Move.CONFIRM, Move.DENY]),
    *product(HANDED_OUT, [Move.DROP]),
    *product(WITHDRAWN, [Move.UPDATE]),
    (State.ACKNOWLEDGED, Move.REFUSE),
}


HELD = {Move.DELIVER, Move.ACKNOWLEDGE, Move.REFUSE}


def meaning(history: list[Move]) -> State:
    """Where a release stands, from what happened to it."""
    ends = [place for place, move in enumerate(history) if move in {Move.WITHDRAW, Move.DROP}]
    if ends:
        if history[ends[0]] is Move.DROP and not {*history[ends[0] :]} & HELD:
            return State.WITHDRAWAL_NOT_HELD
        said = [move for move in history if move in {Move.CONFIRM, Move.DENY}]
        return State.WITHDRAWAL_CONFIRMED if said[-1:] == [Move.CONFIRM] else State.WITHDRAWAL_PENDING
    updates = [place for place, move in enumerate(history) if move is Move.UPDATE]
    since = history[updates[-1] :] if updates else history
    for move, state in (
        (Move.ACKNOWLEDGE, State.ACKNOWLEDGED),
        (Move.REFUSE, State.REFUSED),
        (Move.DELIVER, State.DELIVERED),
    ):
        if move in since:
            return state
    return State.SHARED


def test_every_history_of_five_moves_ends_where_it_means() -> None:
    ends = {(): State.SHARED}
    for _ in range(5):
        ends = {
            (*history, move): advance(state, move)
            for history, state in ends.items()
            for move in COMMUNICATION.legal(state)
        }
        assert ends == {history: meaning(list(history)) for history in ends}


def test_just_the_pairs_that_make_no_sense_are_refused() -> None:
    assert {(state, move) for state, move in PAIRS if move not in COMMUNICATION.legal(state)} == REFUSED


@pytest.mark.parametrize(("state", "move"), sorted(REFUSED))
def test_a_refusal_names_the_move_the_state_the_rule_and_what_is_possible(state: State, move: Move) -> None:
    with pytest.raises(RefusedError) as refusal:
        advance(state, move)
    words = [move, state, COMMUNICATION.rules[move], *COMMUNICATION.legal(state)]
    assert all(f"{word}" in str(refusal.value) for word in words)


@pytest.mark.parametrize(("state", "move"), sorted(set(PAIRS) - REFUSED))
def test_a_message_that_comes_twice_changes_nothing(state: State, move: Move) -> None:
    once = advance(state, move)
    assert advance(once, move) is once


def test_every_state_can_be_withdrawn_and_nothing_undoes_it() -> None:
    assert {advance(state, Move.WITHDRAW) for state in State} == WITHDRAWN
    assert {end for state in WITHDRAWN for end in COMMUNICATION.moves[state].values()} == WITHDRAWN
