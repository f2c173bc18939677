"""Communication: share, acknowledge, withdraw; where one release stands with its one recipient.

A move that says again what is already so (a second delivery, a repeated receipt) changes nothing.
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
    """What can happen to a release."""

    UPDATE = "update"
    DELIVER = "deliver"
    ACKNOWLEDGE = "acknowledge"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm the withdrawal"


_OPEN = {Move.UPDATE: State.SHARED, Move.WITHDRAW: State.WITHDRAWAL_PENDING}
_ANSWERS = {Move.DELIVER: State.DELIVERED, Move.ACKNOWLEDGE: State.ACKNOWLEDGED, Move.REFUSE: State.REFUSED}
_PENDING = State.WITHDRAWAL_PENDING

COMMUNICATION: Machine[State, Move] = Machine(
    "Release",
    {
        State.SHARED: {**_OPEN, **_ANSWERS},
        State.DELIVERED: {**_OPEN, **_ANSWERS},
        State.ACKNOWLEDGED: {
            **_OPEN,
            Move.DELIVER: State.ACKNOWLEDGED,
            Move.ACKNOWLEDGE: State.ACKNOWLEDGED,
        },
        State.REFUSED: {**_OPEN, Move.DELIVER: State.REFUSED, Move.REFUSE: State.REFUSED},
        # A receipt for an earlier version may still arrive; only the answer to the withdrawal ends it.
        _PENDING: {
            Move.DELIVER: _PENDING,
            Move.ACKNOWLEDGE: _PENDING,
            Move.REFUSE: _PENDING,
            Move.WITHDRAW: _PENDING,
            Move.CONFIRM: State.WITHDRAWAL_CONFIRMED,
        },
        State.WITHDRAWAL_CONFIRMED: {
            Move.DELIVER: State.WITHDRAWAL_CONFIRMED,
            Move.ACKNOWLEDGE: State.WITHDRAWAL_CONFIRMED,
            Move.REFUSE: State.WITHDRAWAL_CONFIRMED,
            Move.CONFIRM: State.WITHDRAWAL_CONFIRMED,
        },
    },
)
