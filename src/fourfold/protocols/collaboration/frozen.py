"""A joint record as exact bytes: what all parties sign."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.protocols.collaboration.steps import Contribution
from fourfold.records.markings import Marking, join
from fourfold.records.signing import Purpose, Signature, Signer


@dataclass(frozen=True)
class Frozen:
    """A joint record as exact bytes: what its contributions come to, whose they are, how it is marked."""

    opening: str
    parties: tuple[str, ...]
    contributions: tuple[tuple[str, Contribution], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The digests of the contributions, in order."""
        return tuple(sorted(name for name, _ in self.contributions))

    @cached_property
    def combined(self) -> dict[str, Any]:
        """What was drafted, as JSON values."""
        ordered = sorted(self.contributions, key=lambda each: (each[1].revision, each[1].author, each[0]))
        given = tuple(each for _, each in ordered)
        return type(given[0]).combined(given)

    @property
    def originators(self) -> frozenset[str]:
        """Whose words are in it: the union."""
        return frozenset().union(*(each.originators for _, each in self.contributions))

    @property
    def marking(self) -> Marking:
        """How it is to be handled: the tightest."""
        return join(each.marking for _, each in self.contributions)

    @cached_property
    def data(self) -> bytes:
        """The canonical bytes that every party signs."""
        return canonical_bytes(
            {
                "type": "joint-record",
                "opening": self.opening,
                "parties": list(self.parties),
                "contributions": list(self.names),
                "originators": sorted(self.originators),
                "marking": self.marking.model_dump(mode="json", exclude_none=True),
                "content": self.combined,
            }
        )

    @cached_property
    def digest(self) -> str:
        """The digest of these bytes."""
        return digest_bytes(self.data)

    @property
    def missing(self) -> frozenset[str]:
        """The parties that contributed nothing to it."""
        return frozenset(self.parties) - {each.author for _, each in self.contributions}

    def sign(self, signer: Signer) -> Signature:
        """A party's signature under it."""
        return signer.sign(Purpose.JOINT_RECORD, self.data)
