"""Who is who: an institution is its key; a name in a message proves nothing.

An institution key, kept offline, signs the delegation of a node key, which signs the daily traffic.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from fourfold.canon import canonical_bytes
from fourfold.errors import SignatureError
from fourfold.records.bounded import Id
from fourfold.records.instants import Instant
from fourfold.records.signing import PublicKey, Purpose, Signature, Signer, raw_key, verify

NAMESPACE = uuid.UUID("0f0c4a5e-9a58-5d6f-8f53-6d1a2b7e4c10")
"""The namespace of institution ids (RFC 9562, version 5); fixed for all time."""


def institution_id(key: str) -> str:
    """The id that an institution key gives: `identity--` and a UUID of version 5 over the raw key.

    Raises:
        SignatureError: not an Ed25519 public key.
    """
    return f"identity--{uuid.uuid5(NAMESPACE, raw_key(key).hex())}"


class Delegation(BaseModel):
    """An institution key's word that a node key may act for it, from and until."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    institution: Id
    institution_key: PublicKey
    node_key: PublicKey
    valid_from: Instant
    valid_until: Instant

    def signed_bytes(self) -> bytes:
        """The bytes that the institution key signs."""
        return canonical_bytes(self.model_dump(mode="json"))


class SignedDelegation(BaseModel):
    """A delegation with the institution key's signature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delegation: Delegation
    signature: Signature

    def check(self, now: datetime, accepted: Collection[str] = ()) -> Delegation:
        """The delegation, if it holds at `now`.

        `accepted` are keys that count as the institution's besides the one from which its id follows: those
        that succeeded it (`fourfold.records.keyring`).

        Raises:
            SignatureError: not signed by the key it names, a key that is not the institution's, out of time.
        """
        given = self.delegation
        verify(self.signature, Purpose.DELEGATION, given.signed_bytes(), given.institution_key)
        if given.institution_key not in accepted and given.institution != institution_id(
            given.institution_key
        ):
            raise SignatureError("The institution's id does not follow from its key.")
        if not given.valid_from <= now < given.valid_until:
            raise SignatureError(
                f"The node key was delegated from {given.valid_from} until {given.valid_until}."
            )
        return given


def delegate(
    institution: Signer,
    node_key: str,
    valid_from: datetime,
    valid_until: datetime,
    id_: str | None = None,
) -> SignedDelegation:
    """Let a node key act for the institution; `id_` is its id where that follows from an earlier key."""
    delegation = Delegation(
        institution=id_ or institution_id(institution.key),
        institution_key=institution.key,
        node_key=node_key,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    return SignedDelegation(
        delegation=delegation, signature=institution.sign(Purpose.DELEGATION, delegation.signed_bytes())
    )
