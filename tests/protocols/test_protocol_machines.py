"""What holds of every protocol."""

import pytest

from fourfold.protocols import assessment, collaboration, communication, consent, coordination, separation
from fourfold.protocols.machine import Machine

MACHINES = [
    assessment.ASSESSMENT,
    collaboration.COLLABORATION,
    communication.COMMUNICATION,
    consent.CONSENT,
    coordination.COORDINATION,
    separation.SEPARATION,
]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_can_be_reached(machine: Machine) -> None:
    states = type(next(iter(machine.moves)))
    reached, todo = set(), [next(iter(states))]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo.extend(machine.moves[state].values())
    assert reached == set(machine.moves) == set(states)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_there_is_a_rule_for_each_move_that_can_be_refused_and_no_other(machine: Machine) -> None:
    moves = type(next(iter(machine.rules)))
    refused = {move for move in moves for legal in machine.moves.values() if move not in legal}
    assert set(machine.rules) == refused
