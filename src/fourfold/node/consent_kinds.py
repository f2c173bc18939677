"""How consent travels: a request and its answer, as records under an agreement."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from fourfold.agreements import SignedConsent, SignedRevocation
from fourfold.framework import Level
from fourfold.records.bounded import Id
from fourfold.records.kinds import Kind
from fourfold.records.signing import PublicKey
from fourfold.release.onward import Onward

FROZEN = ConfigDict(frozen=True, extra="forbid")


class ConsentRequest(BaseModel):
    """The payload of kind `consent_request`: what is to go on, to whom, under what, for what; no content.

    `object`, its `object_version` and `object_digest` name what the originator released, as it knows it.
    `record` is the digest of the record version that is to go on, which follows from these and `onward`.
    """

    model_config = FROZEN

    title: str = Field(min_length=1, max_length=200)
    object: str = Field(pattern=r"^release--[0-9a-f-]{36}$")
    object_version: int = Field(ge=1)
    object_digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    onward: Onward
    record: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    recipient: Id
    recipient_name: str = Field(min_length=1, max_length=200)
    recipient_key: PublicKey
    agreement: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    purpose: str
    reason: str | None = Field(default=None, max_length=2_000)


class ConsentAnswer(BaseModel):
    """The payload of kind `consent`: the answer to a request, named by the release id under which it came."""

    model_config = FROZEN

    title: str = Field(min_length=1, max_length=200)
    request: str = Field(pattern=r"^release--[0-9a-f-]{36}$")
    answer: Literal["granted", "declined", "revoked"]
    consent: SignedConsent | None = None
    revocation: SignedRevocation | None = None


CONSENT_REQUEST = Kind("consent_request", "Request for consent", Level.COORDINATION, ConsentRequest)
CONSENT = Kind("consent", "Consent", Level.COORDINATION, ConsentAnswer)
