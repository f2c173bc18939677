"""Communication: share, acknowledge, withdraw; where one release stands with its one recipient.

    shared -> delivered -> acknowledged | refused
    any of these, by an update -> shared
    any of these -> withdrawal-pending -> withdrawal-confirmed

The brief's sense of the level (its note 2): to tell, expecting no change; so nothing is asked back but a
receipt. A move that says again what is already so (a second delivery, a repeated receipt) changes nothing.
"""

from enum import StrEnum

from fourfold.protocols.machine import Machine


class State(StrEnum):
    """Where a release stands, seen from its sender."""

    SHARED = "shared"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    WITHDRAWAL_PENDING = "withdrawal-pending"
    WITHDRAWAL_CONFIRMED = "withdrawal-confirmed"


class Move(StrEnum):
    """What can happen to a release; `update` shares a further version of it."""

    UPDATE = "update"
    DELIVER = "deliver"
    ACKNOWLEDGE = "acknowledge"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm the withdrawal"


# A receipt is signed and our note of the delivery is not: it counts though that note be lost. And a refused
# version may be collected again and stored: what the recipient holds is what matters, so nothing that was
# acknowledged can be refused later, only withdrawn.
_OPEN = {
    Move.UPDATE: State.SHARED,
    Move.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Move.WITHDRAW: State.WITHDRAWAL_PENDING,
}
_AWAITED = {**_OPEN, Move.DELIVER: State.DELIVERED, Move.REFUSE: State.REFUSED}
# A receipt for an earlier version may still arrive; only the answer to the withdrawal ends it.
_LATE = (Move.DELIVER, Move.ACKNOWLEDGE, Move.REFUSE, Move.WITHDRAW)

COMMUNICATION: Machine[State, Move] = Machine(
    "Release",
    {
        State.SHARED: _AWAITED,
        State.DELIVERED: _AWAITED,
        State.ACKNOWLEDGED: {**_OPEN, Move.DELIVER: State.ACKNOWLEDGED},
        State.REFUSED: {**_OPEN, Move.DELIVER: State.REFUSED, Move.REFUSE: State.REFUSED},
        State.WITHDRAWAL_PENDING: {
            **dict.fromkeys(_LATE, State.WITHDRAWAL_PENDING),
            Move.CONFIRM: State.WITHDRAWAL_CONFIRMED,
        },
        State.WITHDRAWAL_CONFIRMED: dict.fromkeys((*_LATE, Move.CONFIRM), State.WITHDRAWAL_CONFIRMED),
    },
    {
        Move.UPDATE: "what was withdrawn does not come back",
        Move.REFUSE: "what the recipient acknowledged it holds, and only a withdrawal ends that",
        Move.CONFIRM: "nothing was withdrawn that could be confirmed",
    },
)


def advance(state: State, move: Move) -> State:
    """Where a release stands after a move.

    Raises:
        RefusedError: the move is not legal in this state.
    """
    return COMMUNICATION.advance(state, move)
