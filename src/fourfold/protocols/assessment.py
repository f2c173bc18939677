"""Assessing together: both seal, then both reveal; nobody sees the other's answers before its own are fixed.

Seen from one side. A reveal is legal only once both seals are there, on either side.
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
)
