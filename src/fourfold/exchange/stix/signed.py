"""Signed objects: a STIX object that carries its own signature, and the bytes that go over the wire.

Signed are the RFC 8785 bytes of the object without its signature. What was received is kept as it came; a
reader that does not know a field signs and checks it all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from fourfold.canon import canonical_bytes, digest
from fourfold.errors import SignatureError
from fourfold.exchange.limits import MAX_OBJECT_BYTES
from fourfold.exchange.stix.codec import encode
from fourfold.exchange.stix.ids import RELEASE_EXTENSION
from fourfold.exchange.strict import parse_json
from fourfold.records.signing import Purpose, Signature, Signer, verify
from fourfold.release.object import ReleaseObject


@dataclass(frozen=True, slots=True)
class SignedObject:
    """An object as it was received: its bytes, its value, its digest, and the signature in it."""

    wire: bytes
    value: Mapping[str, Any]
    digest: str
    signature: Signature

    def check(self, key: str) -> None:
        """Check that `key` signed the object for release.

        Raises:
            SignatureError: another key, another purpose, or changed content.
        """
        verify(self.signature, Purpose.RELEASE, canonical_bytes(_unsigned(self.value)), key)


def sign_object(value: Mapping[str, Any], signer: Signer) -> bytes:
    """The wire bytes of a STIX object: canonical, with the node key's signature in the release extension."""
    signature = signer.sign(Purpose.RELEASE, canonical_bytes(_unsigned(value)))
    return canonical_bytes(_with(value, signature.model_dump(mode="json")))


def sign_release(release: ReleaseObject, signer: Signer) -> bytes:
    """The wire bytes of a release object."""
    return sign_object(encode(release), signer)


def read_object(wire: bytes) -> SignedObject:
    """The signed object in received bytes; its signature is not checked yet.

    Raises:
        InputError: too large, too deep, no strict JSON, or nothing that has a canonical form.
        SignatureError: it holds no signature.
    """
    return signed_object(wire, parse_json(wire, MAX_OBJECT_BYTES))


def signed_object(wire: bytes, value: Any) -> SignedObject:
    """The signed object with these bytes and this value, which is what they say.

    Raises:
        InputError: the value has no canonical form.
        SignatureError: it holds no signature.
    """
    return SignedObject(wire=wire, value=value, digest=digest(value), signature=_signature(value))


def verify_object(wire: bytes, key: str) -> SignedObject:
    """The object in received bytes, once the key's signature over it holds.

    Raises:
        InputError: it cannot be read.
        SignatureError: it is not signed by that key for release.
    """
    found = read_object(wire)
    found.check(key)
    return found


def release_extension(value: Any) -> dict[str, Any] | None:
    """The release extension of a STIX object; None: it has none."""
    extensions = value.get("extensions") if isinstance(value, dict) else None
    found = extensions.get(RELEASE_EXTENSION) if isinstance(extensions, dict) else None
    return found if isinstance(found, dict) else None


def _signature(value: Any) -> Signature:
    try:
        return Signature.model_validate((release_extension(value) or {})["signature"])
    except (KeyError, ValidationError) as error:
        raise SignatureError("The object carries no signature in a release extension.") from error


def _unsigned(value: Mapping[str, Any]) -> dict[str, Any]:
    extension = dict(release_extension(value) or {})
    extension.pop("signature", None)
    return {**value, "extensions": {**value.get("extensions", {}), RELEASE_EXTENSION: extension}}


def _with(value: Mapping[str, Any], signature: dict[str, Any]) -> dict[str, Any]:
    extension = {**(release_extension(value) or {}), "signature": signature}
    return {**value, "extensions": {**value.get("extensions", {}), RELEASE_EXTENSION: extension}}
