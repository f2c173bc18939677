"""Where a party stands to a joint record, what it can do with it, and where the record stands as a whole."""

from enum import StrEnum

from fourfold.protocols.machine import Machine


class Stance(StrEnum):
    """Where one party stands to a joint record."""

    INVITED = "invited"
    CONTRIBUTED = "contributed"
    SIGNED = "signed"
    PUBLISHED = "published"
    LEFT = "left"


class Move(StrEnum):
    """What one party can do with a joint record."""

    CONTRIBUTE = "contribute"
    SIGN = "sign"
    PUBLISH = "publish"
    LEAVE = "leave"


COLLABORATION: Machine[Stance, Move] = Machine(
    "Joint record",
    {
        Stance.INVITED: {Move.CONTRIBUTE: Stance.CONTRIBUTED, Move.LEAVE: Stance.LEFT},
        Stance.CONTRIBUTED: {
            Move.CONTRIBUTE: Stance.CONTRIBUTED,
            Move.SIGN: Stance.SIGNED,
            Move.LEAVE: Stance.LEFT,
        },
        Stance.SIGNED: {
            Move.CONTRIBUTE: Stance.CONTRIBUTED,
            Move.SIGN: Stance.SIGNED,
            Move.PUBLISH: Stance.PUBLISHED,
            Move.LEAVE: Stance.LEFT,
        },
        Stance.PUBLISHED: {},
        Stance.LEFT: {},
    },
    {
        Move.CONTRIBUTE: "who published or left adds nothing more",
        Move.SIGN: "a party signs once it has contributed, and until it has published or left",
        Move.PUBLISH: "a party publishes, once, the very bytes that it signed last",
        Move.LEAVE: "what was published stays, and a party leaves once",
    },
)


def advance(stance: Stance, move: Move) -> Stance:
    """Where a party stands to a joint record after a move.

    Raises:
        RefusedError: the move is not legal for a party that stands so.
    """
    return COLLABORATION.advance(stance, move)


class State(StrEnum):
    """Where a joint record stands as a whole."""

    DRAFTED = "drafted"
    FROZEN = "frozen"
    COMPLETE = "complete"
    PUBLISHED = "published"
    ABANDONED = "abandoned"

    @property
    def final(self) -> bool:
        """Whether nothing more can happen to it."""
        return self in {State.PUBLISHED, State.ABANDONED}
