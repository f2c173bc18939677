"""Keys and signatures (Ed25519): who a party is, is its key.

What is signed begins with a purpose, so that no signature can be used for anything else.
"""

import base64
import hashlib
from enum import StrEnum
from functools import lru_cache
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict

from fourfold.errors import SignatureError


class Purpose(StrEnum):
    """What a signature is for; the closed list of all that is ever signed."""

    IDENTITY = "identity"
    DELEGATION = "delegation"
    INVITATION = "invitation"
    AGREEMENT = "agreement"
    ENDING = "ending"
    RELEASE = "release"
    RECEIPT = "receipt"
    CONSENT = "consent"
    APPROVAL = "approval"
    EPOCH = "epoch"


class Signature(BaseModel):
    """A signature and the key that made it. `key` and `value` are base64; `key` is the public key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Purpose
    key: str
    value: str


def fingerprint(key: str) -> str:
    """What two people compare by voice: the first 128 bits of SHA-256 of the public key, in groups of four."""
    text = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    return " ".join(text[start : start + 4] for start in range(0, 32, 4))


class Signer:
    """A private key, and what it can do: sign for a purpose."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.key = base64.b64encode(raw).decode()

    @classmethod
    def generate(cls) -> Self:
        """A new key pair."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes) -> Self:
        """The key in an encrypted PKCS 8 file.

        Raises:
            SignatureError: the passphrase is wrong, or the file holds no Ed25519 key.
        """
        try:
            private = serialization.load_pem_private_key(pem, passphrase)
        except (ValueError, TypeError) as error:
            raise SignatureError("The key file cannot be opened: wrong passphrase, or not a key file.") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise SignatureError("The key file holds another kind of key; Fourfold uses Ed25519.")
        return cls(private)

    def to_pem(self, passphrase: bytes) -> bytes:
        """The key as an encrypted PKCS 8 file."""
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )

    def sign(self, purpose: Purpose, data: bytes) -> Signature:
        """A signature over `data` for one purpose."""
        value = base64.b64encode(self._private.sign(_signed_bytes(purpose, data))).decode()
        return Signature(purpose=purpose, key=self.key, value=value)

    def sign_raw(self, data: bytes) -> bytes:
        """The bare 64 bytes over `data`, for formats with a purpose of their own (C2SP notes, RFC 9421)."""
        return self._private.sign(data)


def verify(signature: Signature, purpose: Purpose, data: bytes, key: str) -> None:
    """Check that `key` signed `data` for `purpose`.

    Raises:
        SignatureError: another key, another purpose, or other bytes.
    """
    if signature.key != key:
        raise SignatureError(f"Signed by another key: {fingerprint(signature.key)} is not {fingerprint(key)}.")
    if signature.purpose is not purpose:
        raise SignatureError(f"Signed as {signature.purpose}, needed as {purpose}.")
    verify_raw(key, signature.value, _signed_bytes(purpose, data))


def verify_raw(key: str, value: str, data: bytes) -> None:
    """Check bare signature bytes (base64) over `data`.

    Raises:
        SignatureError: the signature does not hold.
    """
    try:
        _public(key).verify(base64.b64decode(value, validate=True), data)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("The signature does not hold: the content was changed, or signed otherwise.") from error


def _signed_bytes(purpose: Purpose, data: bytes) -> bytes:
    return b"fourfold/v1/" + purpose.value.encode() + b"\x00" + data


@lru_cache(maxsize=1024)
def _public(key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
