"""Receipts: a recipient's signed answer to an object, kept by its owner as evidence.

A receipt says what became of one version of one object: stored, refused and why, or withdrawn with what was
destroyed and until when copies may live on in backups. The bytes are canonical and kept as signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fourfold.canon import DIGEST, canonical_bytes, digest_bytes
from fourfold.errors import Fault, InputError, SignatureError
from fourfold.exchange.faults import model_faults
from fourfold.exchange.reasons import Reason
from fourfold.exchange.strict import parse_json
from fourfold.records.bounded import MOST, WITHOUT_NUL, DigestText, Id
from fourfold.records.identity import Delegation
from fourfold.records.instants import Instant
from fourfold.records.signing import Purpose, Signature, Signer, verify

MAX_RECEIPT_BYTES = 16_384
"""No receipt is longer than this, in bytes."""

MOST_DESTROYED = 200
"""The most digests in one receipt; of an object with more versions, the newest are listed."""

FORMAT: Literal["fourfold-receipt/1"] = "fourfold-receipt/1"


class Outcome(StrEnum):
    """What became of an object at its recipient."""

    STORED = "stored"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Receipt(BaseModel):
    """What a recipient answers about one version of an object.

    `digest` is that of the object's canonical bytes. `object` and `version` of a refused one are what it
    claimed (empty and 0: it could not be read). `destroyed` lists the digests of the versions whose bytes
    were destroyed for a withdrawal, and of files; the newest, if too many. `backups_until` is when the
    last backup that may hold them is gone (None: the node makes no backups).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["fourfold-receipt/1"] = FORMAT
    owner: Id
    recipient: Id
    object: str = Field(max_length=200, pattern=WITHOUT_NUL)
    version: int = Field(ge=0, le=MOST)
    digest: str = Field(pattern=f"^{DIGEST.pattern}$")
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    destroyed: tuple[DigestText, ...] = Field(default=(), max_length=MOST_DESTROYED)
    backups_until: Instant | None = None
    at: Instant

    @model_validator(mode="after")
    def _fits_its_outcome(self) -> Self:
        """Reasons belong to a refusal, destruction to a withdrawal."""
        if bool(self.reasons) != (self.outcome is Outcome.REFUSED):
            raise ValueError("a refusal names its reasons, and nothing else does")
        if self.outcome is not Outcome.WITHDRAWN and (self.destroyed or self.backups_until):
            raise ValueError("only a withdrawal destroys")
        return self


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt as it was signed: its bytes, their digest, what they say, and who signed."""

    wire: bytes
    digest: str
    receipt: Receipt
    signature: Signature

    def check(self, keys: Mapping[str, Delegation], at: datetime) -> Receipt:
        """The receipt, once a key that its recipient had delegated at `at` is found to have signed it.

        `keys` are the recipient's delegated keys (`exchange.verify.trusted_keys`).

        Raises:
            SignatureError: signed by no such key, out of its time, for another institution, or changed.
        """
        given = keys.get(self.signature.key)
        if given is None or given.institution != self.receipt.recipient:
            raise SignatureError("The receipt is signed by no node key of the institution that it names.")
        if not given.valid_from <= at < given.valid_until:
            raise SignatureError("The key that signed the receipt was not delegated for that moment.")
        verify(self.signature, Purpose.RECEIPT, _signed(self.receipt), given.node_key)
        return self.receipt


def sign_receipt(receipt: Receipt, signer: Signer) -> SignedReceipt:
    """A receipt, signed by the recipient's node key."""
    content = receipt.model_dump(mode="json")
    signature = signer.sign(Purpose.RECEIPT, canonical_bytes(content))
    wire = canonical_bytes({"receipt": content, "signature": signature.model_dump(mode="json")})
    return SignedReceipt(wire, digest_bytes(wire), receipt, signature)


def read_receipt(wire: bytes) -> SignedReceipt:
    """The receipt in received bytes; its signature is not checked yet.

    Raises:
        InputError: it is no receipt in canonical form; all faults.
    """
    body = parse_json(wire, MAX_RECEIPT_BYTES)
    if not isinstance(body, dict) or body.keys() != {"receipt", "signature"} or canonical_bytes(body) != wire:
        raise InputError([Fault("This is no signed receipt in canonical form (RFC 8785).")])
    try:
        receipt = Receipt.model_validate_json(canonical_bytes(body["receipt"]), strict=True)
        signature = Signature.model_validate_json(canonical_bytes(body["signature"]), strict=True)
    except ValidationError as error:
        raise InputError(model_faults(error)) from error
    if _signed(receipt) != canonical_bytes(body["receipt"]):
        raise InputError([Fault("The receipt is not written as it would be signed.", field="receipt")])
    return SignedReceipt(wire, digest_bytes(wire), receipt, signature)


def _signed(receipt: Receipt) -> bytes:
    return canonical_bytes(receipt.model_dump(mode="json"))
