"""What an institution signs about its keys, beside delegations: revocation, succession, replacement.

Each is a statement of an institution key about one key, from one moment on. Nothing that was signed before
that moment loses its force.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.errors import SignatureError
from fourfold.records.bounded import WITHOUT_NUL, Id
from fourfold.records.identity import SignedDelegation
from fourfold.records.instants import Instant
from fourfold.records.possession import SignedPossession
from fourfold.records.signing import PublicKey, Purpose, Signature, Signer, verify

FROZEN = ConfigDict(frozen=True, extra="forbid")
MOST_STATEMENTS = 200
"""The most statements of one sort in a history of keys."""


class RevocationReason(StrEnum):
    """Why a node key counts no more.

    `renewed`: another took over; what the key signed in its time may still arrive. `compromised`: somebody
    else may have it, and can write any date; nothing that arrives from now on is believed.
    """

    RENEWED = "renewed"
    COMPROMISED = "compromised"


class KeyRevocation(BaseModel):
    """An institution's word that a node key does not act for it from a moment on."""

    model_config = FROZEN

    type: Literal["key-revocation"] = "key-revocation"
    institution: Id
    institution_key: PublicKey
    node_key: PublicKey
    since: Instant
    reason: RevocationReason

    def signed_bytes(self) -> bytes:
        """The bytes that the institution key signs."""
        return canonical_bytes(self.model_dump(mode="json"))


class SignedKeyRevocation(BaseModel):
    """A revocation with the institution key's signature."""

    model_config = FROZEN

    revocation: KeyRevocation
    signature: Signature

    def check(self) -> KeyRevocation:
        """The revocation, if the key that it names signed it; whose key that is, the caller knows.

        Raises:
            SignatureError: it did not.
        """
        given = self.revocation
        verify(self.signature, Purpose.KEY_REVOCATION, given.signed_bytes(), given.institution_key)
        return given


class Succession(BaseModel):
    """An institution key's word that another takes its place, from a moment on."""

    model_config = FROZEN

    type: Literal["succession"] = "succession"
    institution: Id
    old_key: PublicKey
    new_key: PublicKey
    since: Instant

    @model_validator(mode="after")
    def _another_key(self) -> Self:
        if self.old_key == self.new_key:
            raise ValueError("a key does not succeed itself")
        return self

    def signed_bytes(self) -> bytes:
        """The bytes that both keys sign."""
        return canonical_bytes(self.model_dump(mode="json"))


class SignedSuccession(BaseModel):
    """A succession, signed by the old key, and by the new one: nobody is named against its will."""

    model_config = FROZEN

    succession: Succession
    by_old: Signature
    by_new: Signature

    def check(self) -> Succession:
        """The succession, if both keys signed it.

        Raises:
            SignatureError: one of them did not.
        """
        given = self.succession
        verify(self.by_old, Purpose.SUCCESSION, given.signed_bytes(), given.old_key)
        verify(self.by_new, Purpose.SUCCESSION, given.signed_bytes(), given.new_key)
        return given

    def digest(self) -> str:
        """The digest by which people's confirmations refer to it."""
        return digest_bytes(self.succession.signed_bytes())


class Replacement(BaseModel):
    """A new institution key's claim to stand for an institution whose key is lost: no old key can sign it.

    It proves nothing but that its maker holds the new key; only people can tell whose that is. It brings the
    delegation by which the new key lets a node act.
    """

    model_config = FROZEN

    type: Literal["replacement"] = "replacement"
    institution: Id
    name: str = Field(min_length=1, max_length=200, pattern=WITHOUT_NUL)
    lost_key: PublicKey
    new_key: PublicKey
    since: Instant
    delegation: SignedDelegation

    def signed_bytes(self) -> bytes:
        """The bytes that the new key signs."""
        return canonical_bytes(self.model_dump(mode="json"))


class SignedReplacement(BaseModel):
    """A replacement with the new key's signature."""

    model_config = FROZEN

    replacement: Replacement
    signature: Signature

    def check(self) -> Replacement:
        """The replacement, if the new key signed it and the delegation in it.

        Raises:
            SignatureError: it did not, or the delegation is another institution's.
        """
        given = self.replacement
        verify(self.signature, Purpose.REPLACEMENT, given.signed_bytes(), given.new_key)
        brought = given.delegation.delegation
        if (brought.institution, brought.institution_key) != (given.institution, given.new_key):
            raise SignatureError(
                "The delegation in the replacement is another institution's or another key's."
            )
        given.delegation.check(brought.valid_from, {given.new_key})
        return given

    def digest(self) -> str:
        """The digest by which people's confirmations refer to it."""
        return digest_bytes(self.replacement.signed_bytes())


class KeyHistory(BaseModel):
    """What an institution tells its counterparts of its keys: every statement is signed by itself.

    A node of 0.3.0 knows no `possessions`, and passes over them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    institution: Id
    successions: tuple[SignedSuccession, ...] = Field(default=(), max_length=MOST_STATEMENTS)
    delegations: tuple[SignedDelegation, ...] = Field(default=(), max_length=MOST_STATEMENTS)
    revocations: tuple[SignedKeyRevocation, ...] = Field(default=(), max_length=MOST_STATEMENTS)
    possessions: tuple[SignedPossession, ...] = Field(default=(), max_length=MOST_STATEMENTS)

    def wire(self) -> bytes:
        """The history as it travels."""
        return canonical_bytes(self.model_dump(mode="json"))

    def digest(self) -> str:
        """What changes as soon as there is a new statement."""
        return digest_bytes(self.wire())


def revoke_key(
    institution: Signer, id_: str, node_key: str, since: datetime, reason: RevocationReason
) -> SignedKeyRevocation:
    """Take a delegation back, from a moment on."""
    given = KeyRevocation(
        institution=id_, institution_key=institution.key, node_key=node_key, since=since, reason=reason
    )
    return SignedKeyRevocation(
        revocation=given, signature=institution.sign(Purpose.KEY_REVOCATION, given.signed_bytes())
    )


def succeed(old: Signer, new: Signer, id_: str, since: datetime) -> SignedSuccession:
    """Let a new institution key take the place of the old one."""
    given = Succession(institution=id_, old_key=old.key, new_key=new.key, since=since)
    data = given.signed_bytes()
    return SignedSuccession(
        succession=given,
        by_old=old.sign(Purpose.SUCCESSION, data),
        by_new=new.sign(Purpose.SUCCESSION, data),
    )


def replace_key(
    new: Signer, lost_key: str, name: str, since: datetime, delegation: SignedDelegation
) -> SignedReplacement:
    """Claim, by a new key, to stand for the institution whose key is lost."""
    given = Replacement(
        institution=delegation.delegation.institution,
        name=name,
        lost_key=lost_key,
        new_key=new.key,
        since=since,
        delegation=delegation,
    )
    return SignedReplacement(replacement=given, signature=new.sign(Purpose.REPLACEMENT, given.signed_bytes()))
