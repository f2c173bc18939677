"""A node key's own word for whom it acts.

A delegation is the institution key's word alone: anybody can delegate a key that is somebody else's. So
nobody is known by a node key before that key itself has signed for the institution.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from fourfold.canon import canonical_bytes
from fourfold.records.signing import PublicKey, Purpose, Signature, Signer, verify

FROZEN = ConfigDict(frozen=True, extra="forbid")


class Possession(BaseModel):
    """What a node key says: it acts for this institution. It holds for every delegation of the key by it."""

    model_config = FROZEN

    type: Literal["possession"] = "possession"
    institution: str
    node_key: PublicKey

    def signed_bytes(self) -> bytes:
        """The bytes that the node key signs."""
        return canonical_bytes(self.model_dump(mode="json"))


class SignedPossession(BaseModel):
    """The same, with the node key's signature."""

    model_config = FROZEN

    possession: Possession
    signature: Signature

    def check(self) -> Possession:
        """What the key says, if it was that key.

        Raises:
            SignatureError: another key signed it, or it was changed.
        """
        given = self.possession
        verify(self.signature, Purpose.POSSESSION, given.signed_bytes(), given.node_key)
        return given


def possess(node: Signer, institution: str) -> SignedPossession:
    """Let a node key say that it acts for an institution."""
    given = Possession(institution=institution, node_key=node.key)
    return SignedPossession(possession=given, signature=node.sign(Purpose.POSSESSION, given.signed_bytes()))
