"""What the state machines share: a table of legal moves, and a refusal that teaches."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from fourfold.errors import RefusedError

S = TypeVar("S", bound=StrEnum)
M = TypeVar("M", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, M]):
    """A protocol: `moves` says, for each state, which moves are legal and where they lead.

    `rules` says, for each move that some state refuses, the rule that it would break there.
    """

    name: str
    moves: Mapping[S, Mapping[M, S]]
    rules: Mapping[M, str]

    def legal(self, state: S) -> tuple[M, ...]:
        """The moves that are legal in a state."""
        return tuple(self.moves[state])

    def advance(self, state: S, move: M) -> S:
        """The state that a move leads to.

        Raises:
            RefusedError: the move is not legal here; the message says why, and which are.
        """
        after = self.moves[state].get(move)
        if after is None:
            allowed = ", ".join(self.legal(state)) or "nothing more"
            raise RefusedError(
                f"{self.name}: '{move}' is not possible while '{state}': {self.rules[move]}; "
                f"possible is: {allowed}."
            )
        return after
