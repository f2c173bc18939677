"""Where a party stands to a text, what it can do with it, and where a proposal stands as a whole."""

from enum import StrEnum

from fourfold.protocols.machine import Machine


class Stance(StrEnum):
    """Where one party stands to one text."""

    ASKED = "asked"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    AMENDED = "amended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    COMMITTED = "committed"
    DONE = "done"


class Move(StrEnum):
    """What one party can do with one text."""

    PROPOSE = "propose"
    ACCEPT = "accept"
    AMEND = "amend"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    COMMIT = "commit"
    FINISH = "finish"


COORDINATION: Machine[Stance, Move] = Machine(
    "Proposal",
    {
        Stance.ASKED: {
            Move.PROPOSE: Stance.PROPOSED,
            Move.ACCEPT: Stance.ACCEPTED,
            Move.AMEND: Stance.AMENDED,
            Move.DECLINE: Stance.DECLINED,
        },
        Stance.PROPOSED: {Move.WITHDRAW: Stance.WITHDRAWN, Move.COMMIT: Stance.COMMITTED},
        Stance.ACCEPTED: {Move.COMMIT: Stance.COMMITTED},
        Stance.AMENDED: {},
        Stance.DECLINED: {},
        Stance.WITHDRAWN: {},
        Stance.COMMITTED: {Move.FINISH: Stance.DONE},
        Stance.DONE: {},
    },
    {
        Move.PROPOSE: "a text is proposed once",
        Move.ACCEPT: "a text is answered once, and not by its proposer",
        Move.AMEND: "a text is answered once, and not by its proposer",
        Move.DECLINE: "a text is answered once, and not by its proposer",
        Move.WITHDRAW: "only its proposer withdraws a text, and only before it has committed to it",
        Move.COMMIT: "a party commits once, to what it proposed or accepted",
        Move.FINISH: "done is what was committed to before",
    },
)


def advance(stance: Stance, move: Move) -> Stance:
    """Where a party stands to a text after a move.

    Raises:
        RefusedError: the move is not legal for a party that stands so.
    """
    return COORDINATION.advance(stance, move)


class State(StrEnum):
    """Where a proposal stands as a whole; the first three are open, the others are final."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    COMMITTED = "committed"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def final(self) -> bool:
        """Whether nothing more can happen to it."""
        return self not in {State.PROPOSED, State.ACCEPTED, State.COMMITTED}
