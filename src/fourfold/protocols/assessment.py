"""Assessing together: both seal, then both reveal; nobody sees the other's answers before its own are fixed.

Seen from one side; the counterpart runs the same machine with the sides exchanged. A reveal is legal only
once both seals are there, on either side. What is sealed is what will be revealed: an answer that is
withheld stands in neither, and counts as unknown. That a reveal is what was sealed is a question of bytes,
not of order: `fourfold.records.check_reveal` answers it.
"""

from enum import StrEnum

from fourfold.protocols.machine import Machine


class State(StrEnum):
    """Where the joint assessment of one activity stands, seen from one side."""

    EMPTY = "empty"
    DRAFTED = "drafted"
    SEALED = "sealed"
    THEIRS_SEALED = "theirs sealed"
    THEIRS_SEALED_OURS_DRAFTED = "theirs sealed, ours drafted"
    BOTH_SEALED = "both sealed"
    OURS_REVEALED = "ours revealed"
    THEIRS_REVEALED = "theirs revealed"
    JOINT = "joint"


class Move(StrEnum):
    """What can happen to a joint assessment."""

    DRAFT = "draft"
    SEAL = "seal"
    RECEIVE_SEAL = "receive their seal"
    REVEAL = "reveal"
    RECEIVE_REVEAL = "receive their answers"


ASSESSMENT: Machine[State, Move] = Machine(
    "Assessment",
    {
        State.EMPTY: {Move.DRAFT: State.DRAFTED, Move.RECEIVE_SEAL: State.THEIRS_SEALED},
        State.DRAFTED: {
            Move.DRAFT: State.DRAFTED,
            Move.SEAL: State.SEALED,
            Move.RECEIVE_SEAL: State.THEIRS_SEALED_OURS_DRAFTED,
        },
        State.SEALED: {Move.RECEIVE_SEAL: State.BOTH_SEALED},
        State.THEIRS_SEALED: {Move.DRAFT: State.THEIRS_SEALED_OURS_DRAFTED},
        State.THEIRS_SEALED_OURS_DRAFTED: {
            Move.DRAFT: State.THEIRS_SEALED_OURS_DRAFTED,
            Move.SEAL: State.BOTH_SEALED,
        },
        State.BOTH_SEALED: {Move.REVEAL: State.OURS_REVEALED, Move.RECEIVE_REVEAL: State.THEIRS_REVEALED},
        State.OURS_REVEALED: {Move.RECEIVE_REVEAL: State.JOINT},
        State.THEIRS_REVEALED: {Move.REVEAL: State.JOINT},
        State.JOINT: {},
    },
    {
        Move.DRAFT: "answers cannot change once they are sealed",
        Move.SEAL: "answers are drafted first, and sealed once",
        Move.RECEIVE_SEAL: "the counterpart seals once",
        Move.REVEAL: "answers are revealed once, after both sides have sealed",
        Move.RECEIVE_REVEAL: "the counterpart reveals once, after both sides have sealed",
    },
)


def advance(state: State, move: Move) -> State:
    """Where a joint assessment stands after a move.

    Raises:
        RefusedError: the move is not legal in this state.
    """
    return ASSESSMENT.advance(state, move)
