"""Communication: share, acknowledge, withdraw; where one release stands with its one recipient.

    shared -> delivered -> acknowledged | refused
    any of these, by an update -> shared
    any of these -> withdrawal-pending -> withdrawal-confirmed
    shared, and never handed out -> withdrawal-not-held

The brief's sense of the level (its note 2): to tell, expecting no change; so nothing is asked back but a
receipt. A move that says again what is already so (a second delivery, a repeated receipt) changes nothing.
What nobody was ever handed needs no withdrawal; if it turns out that somebody was, he is told after all.
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
    WITHDRAWAL_NOT_HELD = "withdrawal-not-held"


class Move(StrEnum):
    """What can happen to a release; `update` shares a further version of it.

    `DROP` takes back what was never handed out. `DENY` is a recipient's word by which it destroyed nothing of
    what it says that it stored.
    """

    UPDATE = "update"
    DELIVER = "deliver"
    ACKNOWLEDGE = "acknowledge"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm the withdrawal"
    DROP = "withdraw what was never handed out"
    DENY = "deny the withdrawal"


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
_LATE = (Move.DELIVER, Move.ACKNOWLEDGE, Move.REFUSE, Move.WITHDRAW, Move.DROP)
# Nor does what nobody was handed, until a note or a receipt says that somebody was.
_HELD_AFTER_ALL = (Move.DELIVER, Move.ACKNOWLEDGE, Move.REFUSE)

COMMUNICATION: Machine[State, Move] = Machine(
    "Release",
    {
        State.SHARED: {**_AWAITED, Move.DROP: State.WITHDRAWAL_NOT_HELD},
        State.DELIVERED: _AWAITED,
        State.ACKNOWLEDGED: {**_OPEN, Move.DELIVER: State.ACKNOWLEDGED},
        State.REFUSED: {**_OPEN, Move.DELIVER: State.REFUSED, Move.REFUSE: State.REFUSED},
        State.WITHDRAWAL_PENDING: {
            **dict.fromkeys(_LATE, State.WITHDRAWAL_PENDING),
            Move.DENY: State.WITHDRAWAL_PENDING,
            Move.CONFIRM: State.WITHDRAWAL_CONFIRMED,
        },
        State.WITHDRAWAL_CONFIRMED: {
            **dict.fromkeys((*_LATE, Move.CONFIRM), State.WITHDRAWAL_CONFIRMED),
            Move.DENY: State.WITHDRAWAL_PENDING,
        },
        State.WITHDRAWAL_NOT_HELD: {
            **dict.fromkeys(_HELD_AFTER_ALL, State.WITHDRAWAL_PENDING),
            **dict.fromkeys((Move.WITHDRAW, Move.DROP), State.WITHDRAWAL_NOT_HELD),
        },
    },
    {
        Move.UPDATE: "what was withdrawn does not come back",
        Move.REFUSE: "what the recipient acknowledged it holds, and only a withdrawal ends that",
        Move.CONFIRM: "nothing was withdrawn that could be confirmed",
        Move.DROP: "what was handed out is withdrawn where it is held",
        Move.DENY: "nothing was withdrawn that could be denied",
    },
)


def advance(state: State, move: Move) -> State:
    """Where a release stands after a move.

    Raises:
        RefusedError: the move is not legal in this state.
    """
    return COMMUNICATION.advance(state, move)
