"""Separation: a record is kept, and no move makes it leave.

There is one state. The institution may go on working on its record, and may let a stub stand for it (a
closed shape without substance, which the release table decides on); the record itself stays kept. Whatever
the other levels do is refused.
"""

from enum import StrEnum

from fourfold.protocols.machine import Machine


class State(StrEnum):
    """Where a record at separation stands."""

    KEPT = "kept"


class Move(StrEnum):
    """What an institution does, or might try to do, with such a record."""

    KEEP = "keep"
    STUB = "let a stub stand for it"
    SHARE = "share"
    PROPOSE = "propose"
    CONTRIBUTE = "contribute"


_RULE = "at separation nothing of it leaves, unless both sign a closer level"

SEPARATION: Machine[State, Move] = Machine(
    "Record",
    {State.KEPT: {Move.KEEP: State.KEPT, Move.STUB: State.KEPT}},
    dict.fromkeys((Move.SHARE, Move.PROPOSE, Move.CONTRIBUTE), _RULE),
)


def advance(state: State, move: Move) -> State:
    """Where a record stands after a move: kept.

    Raises:
        RefusedError: the move would make it leave.
    """
    return SEPARATION.advance(state, move)
