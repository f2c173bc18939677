"""Every state and every move of the protocols, one by one."""

from itertools import product

import pytest

from fourfold.errors import RefusedError
from fourfold.protocols import assessment, communication
from fourfold.protocols.assessment import ASSESSMENT
from fourfold.protocols.communication import COMMUNICATION
from fourfold.protocols.machine import Machine

MACHINES = [(COMMUNICATION, communication), (ASSESSMENT, assessment)]


@pytest.mark.parametrize(("machine", "module"), MACHINES)
def test_every_pair_of_state_and_move_either_advances_or_says_what_is_possible(machine, module):
    for state, move in product(module.State, module.Move):
        if move in machine.legal(state):
            assert machine.advance(state, move) in module.State
            continue
        with pytest.raises(RefusedError, match="possible is") as refusal:
            machine.advance(state, move)
        assert all(str(legal) in str(refusal.value) for legal in machine.legal(state))


@pytest.mark.parametrize(("machine", "module"), MACHINES)
def test_every_state_can_be_reached(machine: Machine, module):
    first = next(iter(module.State))
    reached, todo = set(), [first]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo.extend(machine.moves[state].values())
    assert reached == set(module.State)


@pytest.mark.parametrize("state", communication.State)
def test_a_repeated_answer_changes_nothing(state):
    for move in (
        communication.Move.DELIVER,
        communication.Move.ACKNOWLEDGE,
        communication.Move.REFUSE,
        communication.Move.CONFIRM,
    ):
        if move in COMMUNICATION.legal(state):
            once = COMMUNICATION.advance(state, move)
            assert COMMUNICATION.advance(once, move) is once


def test_a_withdrawal_counts_as_pending_until_it_is_confirmed():
    pending = communication.State.WITHDRAWAL_PENDING
    for move in set(COMMUNICATION.legal(pending)) - {communication.Move.CONFIRM}:
        assert COMMUNICATION.advance(pending, move) is pending


def test_a_confirmed_withdrawal_is_final():
    final = communication.State.WITHDRAWAL_CONFIRMED
    assert {COMMUNICATION.advance(final, move) for move in COMMUNICATION.legal(final)} == {final}


def paths(state, taken=()):
    yield taken
    for move in ASSESSMENT.legal(state):
        if len(taken) < 7:
            yield from paths(ASSESSMENT.advance(state, move), (*taken, move))


def test_no_order_of_moves_reveals_before_both_have_sealed():
    move = assessment.Move
    for path in paths(assessment.State.EMPTY):
        for reveal in (move.REVEAL, move.RECEIVE_REVEAL):
            if reveal in path:
                before = path[: path.index(reveal)]
                assert move.SEAL in before
                assert move.RECEIVE_SEAL in before


def test_sealed_answers_cannot_be_drafted_again():
    for path in paths(assessment.State.EMPTY):
        if assessment.Move.SEAL in path:
            assert assessment.Move.DRAFT not in path[path.index(assessment.Move.SEAL) :]
