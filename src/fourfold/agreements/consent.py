"""An originator's consent: a signed object that lets exactly these bytes go to exactly this recipient."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.canon.sets import SortedSet
from fourfold.errors import SignatureError
from fourfold.records.bounded import DigestText, Id
from fourfold.records.instants import Instant
from fourfold.records.signing import PublicKey, Purpose, Signature, Signer, verify

FROZEN = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Use:
    """A use that a consent must cover: which bytes, to whom, under what, for what, when.

    `record` is the digest of the record version, `field` the one field in question (None: any of them),
    `recipient_key` the recipient's institution key, `agreement` its digest, `purpose` the activity.
    """

    record: str
    field: str | None
    recipient_key: str
    agreement: str
    purpose: str
    at: datetime


class Consent(BaseModel):
    """What an originator consents to.

    `record` is the digest of one version of a record: any edit makes another version, which this does not
    cover. `purpose` is the activity for which the recipient gets it. `expires` ends it in any case.
    """

    model_config = FROZEN

    type: Literal["consent"] = "consent"
    id: str = Field(pattern=r"^consent--[0-9a-f-]{36}$")
    originator: Id
    record: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    fields: SortedSet[str] = Field(min_length=1)
    recipient_key: PublicKey
    agreement: DigestText
    purpose: str
    expires: Instant

    def signed_bytes(self) -> bytes:
        """The bytes that the originator signs."""
        return canonical_bytes(self.model_dump(mode="json"))

    def digest(self) -> str:
        """The digest by which it is revoked."""
        return digest_bytes(self.signed_bytes())

    def covers(self, use: Use) -> bool:
        """Whether just this use is consented to."""
        return (
            use.record == self.record
            and (use.field is None or use.field in self.fields)
            and use.recipient_key == self.recipient_key
            and use.agreement == self.agreement
            and use.purpose == self.purpose
            and use.at < self.expires
        )


class Revocation(BaseModel):
    """The originator takes a consent back; what has left meanwhile is withdrawn, not unsent."""

    model_config = FROZEN

    type: Literal["consent-revocation"] = "consent-revocation"
    consent: str
    originator: str
    revoked: Instant

    def signed_bytes(self) -> bytes:
        """The bytes that the originator signs."""
        return canonical_bytes(self.model_dump(mode="json"))


class SignedConsent(BaseModel):
    """A consent with its originator's signature."""

    model_config = FROZEN

    consent: Consent
    signature: Signature

    def check(self, keys: Collection[str]) -> Consent:
        """The consent, if one of the originator's `keys` signed it (node keys with their delegation checked).

        Raises:
            SignatureError: none of these keys signed it.
        """
        _verify(self.signature, self.consent.signed_bytes(), keys)
        return self.consent


class SignedRevocation(BaseModel):
    """A revocation with its originator's signature."""

    model_config = FROZEN

    revocation: Revocation
    signature: Signature

    def check(self, keys: Collection[str]) -> Revocation:
        """The revocation, if one of the originator's `keys` signed it.

        Raises:
            SignatureError: none of these keys signed it.
        """
        _verify(self.signature, self.revocation.signed_bytes(), keys)
        return self.revocation


def _verify(signature: Signature, data: bytes, keys: Collection[str]) -> None:
    if signature.key not in keys:
        raise SignatureError("Only the originator's own keys sign its consent; this key is none of them.")
    verify(signature, Purpose.CONSENT, data, signature.key)


def give(consent: Consent, node: Signer) -> SignedConsent:
    """Sign a consent."""
    return SignedConsent(consent=consent, signature=node.sign(Purpose.CONSENT, consent.signed_bytes()))


def revoke(consent: Consent, node: Signer, now: datetime) -> SignedRevocation:
    """Take a consent back."""
    revocation = Revocation(consent=consent.digest(), originator=consent.originator, revoked=now)
    return SignedRevocation(
        revocation=revocation, signature=node.sign(Purpose.CONSENT, revocation.signed_bytes())
    )


def still_given(consents: Iterable[Consent], revocations: Iterable[Revocation]) -> tuple[Consent, ...]:
    """The consents that were not revoked, of those whose signatures were checked.

    Only its own originator revokes a consent, at once, whatever moment the revocation names.
    """
    revoked = {(revocation.originator, revocation.consent) for revocation in revocations}
    return tuple(given for given in consents if (given.originator, given.digest()) not in revoked)
