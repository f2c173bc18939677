"""Separation: a record is kept, and no move makes it leave.

    kept -> kept, by a stub
    kept -> sealed -> sealed, by a further seal, a stub, a proof

The institution may go on working on its record. If it so chooses, a stub may stand for it (a closed shape
without substance, which the release table decides on), and it may seal it: the salted hash of what it holds
goes into a log that the counterpart countersigns, so that it can prove later what it held, and when. What is
shown in a proof is shown to whoever may read it. Whatever the other levels do is refused.
"""

from enum import StrEnum

from fourfold.protocols.machine import Machine


class State(StrEnum):
    """Where a record at separation stands."""

    KEPT = "kept"
    SEALED = "sealed"


class Move(StrEnum):
    """What an institution does, or might try to do, with such a record."""

    KEEP = "keep"
    STUB = "let a stub stand for it"
    SEAL = "seal"
    PROVE = "prove"
    SHARE = "share"
    PROPOSE = "propose"
    CONTRIBUTE = "contribute"


_RULE = "at separation nothing of it leaves, unless both sign a closer level"

SEPARATION: Machine[State, Move] = Machine(
    "Record",
    {
        State.KEPT: {Move.KEEP: State.KEPT, Move.STUB: State.KEPT, Move.SEAL: State.SEALED},
        State.SEALED: dict.fromkeys((Move.KEEP, Move.STUB, Move.SEAL, Move.PROVE), State.SEALED),
    },
    {
        Move.PROVE: "only what was sealed can be proven to have been held",
        **dict.fromkeys((Move.SHARE, Move.PROPOSE, Move.CONTRIBUTE), _RULE),
    },
)


def advance(state: State, move: Move) -> State:
    """Where a record stands after a move: kept, sealed or not.

    Raises:
        RefusedError: the move would make it leave, or would prove what was not sealed.
    """
    return SEPARATION.advance(state, move)
