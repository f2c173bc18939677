"""What holds of every protocol."""

from types import ModuleType

import pytest

from fourfold.protocols import assessment, communication, consent, separation
from fourfold.protocols.machine import Machine

MACHINES = [
    (assessment.ASSESSMENT, assessment),
    (communication.COMMUNICATION, communication),
    (consent.CONSENT, consent),
    (separation.SEPARATION, separation),
]


@pytest.mark.parametrize(("machine", "module"), MACHINES)
def test_every_state_can_be_reached(machine: Machine, module: ModuleType) -> None:
    reached, todo = set(), [next(iter(module.State))]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo.extend(machine.moves[state].values())
    assert reached == set(machine.moves) == set(module.State)


@pytest.mark.parametrize(("machine", "module"), MACHINES)
def test_there_is_a_rule_for_each_move_that_can_be_refused_and_no_other(
    machine: Machine, module: ModuleType
) -> None:
    refused = {move for move in module.Move for legal in machine.moves.values() if move not in legal}
    assert set(machine.rules) == refused
