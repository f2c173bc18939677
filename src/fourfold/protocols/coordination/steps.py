"""The steps of a proposal: its texts, and what the parties say to them."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Field

from fourfold.errors import RefusedError
from fourfold.framework import Level
from fourfold.protocols.coordination.moves import Move
from fourfold.protocols.steps import MOST_PARTIES, Digest, Institution, Step, check_parties
from fourfold.records.kinds import Kind


class Proposal(Step):
    """A text that is proposed: the opening of a course, or an amendment.

    `due` is the day until whose end (UTC) what it proposes is to be done. An opening names the `parties`;
    an amendment names the text that it `supersedes`. What is proposed stands in the fields that a row of
    the brief's table adds.
    """

    title: Annotated[str, Field(min_length=1, max_length=500)]
    due: date
    parties: tuple[Institution, ...] | None = Field(default=None, max_length=MOST_PARTIES)
    supersedes: Digest | None = None

    @classmethod
    def asked(cls) -> tuple[str, ...]:
        """What a text says: title and date first, then what a row of the table adds."""
        return tuple(name for name in super().asked() if name not in {"parties", "supersedes"})


class Answer(Step):
    """What a party says to a text without changing it.

    `about` is the digest of the text. A commitment says by when (`by`) the party will have done its part,
    and names the `acceptances` on which it rests, so that nobody can have told two parties different things.
    """

    about: Digest
    move: Move
    note: Annotated[str, Field(min_length=1, max_length=5_000)] | None = None
    by: date | None = None
    acceptances: tuple[Digest, ...] | None = Field(default=None, max_length=MOST_PARTIES)


ANSWER = Kind("answer", "Answer to a proposal", Level.COORDINATION, Answer)

ANSWERS = frozenset({Move.ACCEPT, Move.DECLINE, Move.WITHDRAW, Move.COMMIT, Move.FINISH})
"""The moves that an answer can make; a text makes the others."""


def check_opening(step: Proposal) -> tuple[str, ...]:
    """The parties of a course, if this step can open one.

    Raises:
        RefusedError: it is no opening.
    """
    if step.supersedes is not None:
        raise RefusedError("A course begins with a text that supersedes no other.")
    return check_parties(step, step.parties)


def check_date(step: Proposal, now: datetime) -> None:
    """Whether there is time left to do what is proposed.

    Raises:
        RefusedError: there is none.
    """
    if step.due < now.astimezone(UTC).date():
        raise RefusedError(
            f"The date until which it is to be done, {step.due}, has passed. Choose a later one."
        )
