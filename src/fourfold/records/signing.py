"""Keys and signatures (Ed25519): who a party is, is its key.

What is signed begins with a purpose, so that no signature can be used for anything else.
"""

import hashlib
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fourfold.errors import Fault, InputError, SignatureError
from fourfold.records.encoding import from_base64, to_base64

UNREADABLE = "unreadable key"
"""What a list shows of a key that is none, in a store of an earlier release."""

_KEY_BYTES = 32
_SIGN_BIT = 0x80
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
"""Points of small order, sign bit cleared: anybody can sign for such a key; its holder could disown all."""


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
    SEAL = "seal"
    KEY_REVOCATION = "key-revocation"
    SUCCESSION = "succession"
    REPLACEMENT = "replacement"
    HOLDINGS = "holdings"
    JOINT_RECORD = "joint-record"
    POSSESSION = "possession"


@lru_cache(maxsize=1024)
def raw_key(key: str) -> bytes:
    """The 32 bytes of a public key, if it can be one that only its holder signs for.

    Raises:
        SignatureError: not base64 in its one spelling, not 32 bytes, or a point of small order.
    """
    try:
        raw = from_base64(key)
    except InputError as error:
        raise SignatureError(f"{key!r} is no public key: {error}") from error
    if len(raw) != _KEY_BYTES:
        raise SignatureError(f"A public key has 32 bytes; this one has {len(raw)}.")
    if raw[:-1] + bytes([raw[-1] & ~_SIGN_BIT]) in _SMALL_ORDER:
        raise SignatureError("This public key is a point of small order: anybody could sign for it.")
    return raw


def _is_key(key: str) -> str:
    try:
        raw_key(key)
    except SignatureError as error:
        raise ValueError(
            "not an Ed25519 public key: 32 bytes as base64, and no point of small order"
        ) from error
    return key


PublicKey = Annotated[str, Field(max_length=44), AfterValidator(_is_key)]
"""A key that a model takes: what is none, or anybody could sign for, is refused when it is read."""


class Signature(BaseModel):
    """A signature and the key that made it. `key` and `value` are base64; `key` is the public key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Purpose
    key: PublicKey
    value: str = Field(max_length=200)


def fingerprint(key: str) -> str:
    """What two people compare by voice: the first 128 bits of SHA-256 of the public key, in groups of four.

    Raises:
        SignatureError: not an Ed25519 public key.
    """
    text = hashlib.sha256(raw_key(key)).hexdigest()[:32]
    return " ".join(text[start : start + 4] for start in range(0, 32, 4))


def fingerprint_shown(key: str) -> str:
    """The fingerprint for a list, which must not fail by one row: `unreadable key` for what is no key."""
    try:
        return fingerprint(key)
    except SignatureError:
        return UNREADABLE


class Signer:
    """A private key, and what it can do: sign for a purpose."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.key = to_base64(raw)

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
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SignatureError(
                "The key file cannot be opened: wrong passphrase, or not a key file."
            ) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise SignatureError("The key file holds another kind of key; Fourfold uses Ed25519.")
        return cls(private)

    def to_pem(self, passphrase: bytes) -> bytes:
        """The key as an encrypted PKCS 8 file.

        Raises:
            InputError: the passphrase is empty.
        """
        if not passphrase:
            raise InputError([Fault("A key file needs a passphrase.", remedy="Choose one.")])
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )

    def sign(self, purpose: Purpose, data: bytes) -> Signature:
        """A signature over `data` for one purpose."""
        value = to_base64(self._private.sign(_signed_bytes(purpose, data)))
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
        raise SignatureError(
            f"Signed by another key: {fingerprint(signature.key)} is not {fingerprint(key)}."
        )
    if signature.purpose is not purpose:
        raise SignatureError(f"Signed as {signature.purpose}, needed as {purpose}.")
    verify_raw(key, signature.value, _signed_bytes(purpose, data))


def verify_raw(key: str, value: str, data: bytes) -> None:
    """Check bare signature bytes (base64) over `data`.

    Raises:
        SignatureError: the signature does not hold.
    """
    try:
        _public(key).verify(from_base64(value), data)
    except (InvalidSignature, InputError) as error:
        raise SignatureError(
            "The signature does not hold: the content was changed, or signed otherwise."
        ) from error


def _signed_bytes(purpose: Purpose, data: bytes) -> bytes:
    return b"fourfold/v1/" + purpose.value.encode() + b"\x00" + data


@lru_cache(maxsize=1024)
def _public(key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw_key(key))
