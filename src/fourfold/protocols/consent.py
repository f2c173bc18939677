"""Consent: a holder asks an originator whether something of its may go on; it grants or declines, or revokes.

    asked -> granted -> revoked
    asked -> declined

The same machine runs on both sides. What was declined or revoked is asked for anew, as another request.
"""

from enum import StrEnum

from fourfold.protocols.machine import Machine


class State(StrEnum):
    """Where a request for consent stands."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    REVOKED = "revoked"


class Move(StrEnum):
    """What the originator can do."""

    GRANT = "grant"
    DECLINE = "decline"
    REVOKE = "revoke"


CONSENT: Machine[State, Move] = Machine(
    "Consent",
    {
        State.ASKED: {Move.GRANT: State.GRANTED, Move.DECLINE: State.DECLINED},
        State.GRANTED: {Move.REVOKE: State.REVOKED},
        State.DECLINED: {},
        State.REVOKED: {},
    },
    {
        Move.GRANT: "a request is answered once",
        Move.DECLINE: "a request is answered once; what was granted can be revoked",
        Move.REVOKE: "only what was granted can be revoked, and once",
    },
)


def advance(state: State, move: Move) -> State:
    """Where a request stands after a move.

    Raises:
        RefusedError: the move is not legal in this state.
    """
    return CONSENT.advance(state, move)
