"""The steps of a joint record: what the parties contribute, and their signatures under what it comes to."""

from typing import Annotated, Any, ClassVar

from pydantic import Field

from fourfold.errors import RefusedError
from fourfold.framework import Level
from fourfold.protocols.collaboration.moves import Move
from fourfold.protocols.steps import MOST_PARTIES, Digest, Institution, Step, check_parties
from fourfold.records.kinds import Kind
from fourfold.records.signing import Signature

MOST_CONTRIBUTIONS = 500


class Contribution(Step):
    """What one party adds to a joint record; the first one opens the course and names the `parties`.

    `revision` is one more than that of the latest contribution which its author had seen. What is added
    stands in the fields that a row of the brief's table adds. `SINGLE` names those of which the record has
    one value, so that a later contribution rewrites an earlier one; `OWN` those that stand under each
    party's name, where a later one replaces the party's own; what all others name is put together. `WHOLE`
    is what people call the record.
    """

    WHOLE: ClassVar[str] = "Joint record"
    SINGLE: ClassVar[tuple[str, ...]] = ()
    OWN: ClassVar[tuple[str, ...]] = ()

    revision: int = Field(ge=1, le=MOST_CONTRIBUTIONS)
    parties: tuple[Institution, ...] | None = Field(default=None, max_length=MOST_PARTIES)

    @classmethod
    def asked(cls) -> tuple[str, ...]:
        """What a contribution says: what a row of the table adds."""
        return tuple(name for name in cls.model_fields if name not in _HEADER)

    def content(self) -> dict[str, Any]:
        """What it adds: the fields beyond those that every contribution has, as JSON values."""
        return {name: value for name, value in self.fields().items() if name not in _HEADER}

    @classmethod
    def combined(cls, contributions: "tuple[Contribution, ...]") -> dict[str, Any]:
        """What contributions come to, given in the order of their revisions; each row has its own rule."""
        raise NotImplementedError


_HEADER = frozenset(Contribution.model_fields)


class Part(Step):
    """A party's signature under a joint record, its word that it is published, or that the party leaves.

    `contributions` are the digests of all that was combined, in order, and `content` is the digest of the
    bytes that they come to; the signature is over these bytes.
    """

    move: Move
    contributions: tuple[Digest, ...] | None = Field(default=None, max_length=MOST_CONTRIBUTIONS)
    content: Digest | None = None
    signature: Signature | None = None
    note: Annotated[str, Field(min_length=1, max_length=5_000)] | None = None


PART = Kind("joint_part", "Signature under a joint record", Level.COLLABORATION, Part)


def check_opening(step: Contribution) -> tuple[str, ...]:
    """The parties of a course, if this contribution can open one.

    Raises:
        RefusedError: it is no opening.
    """
    if step.revision != 1:
        raise RefusedError("A course begins with the first revision.")
    return check_parties(step, step.parties)
