"""Pseudonyms: a record has another name for each recipient, so that two of them cannot compare."""

import hashlib
import hmac
import uuid

from fourfold.canon import canonical_bytes
from fourfold.records.encoding import secret_bytes

_PURPOSE = b"fourfold/v1/derived-from\x00"


def pseudonym(secret: str, record: str, recipient: str) -> str:
    """The name of a record for one recipient: the same over all its versions, another for anyone else.

    `secret` is the owner's node's own (32 bytes, as `fourfold.canon.new_salt` writes them) and never leaves
    it; without it a pseudonym leads neither to the record nor to another recipient's pseudonym. The form is
    `derived--` and a UUID of version 8 (RFC 9562, section 5.8) over HMAC-SHA256.

    Raises:
        InputError: the secret is not 64 lower-case hexadecimal digits.
    """
    message = _PURPOSE + canonical_bytes({"recipient": recipient, "record": record})
    mac = hmac.new(secret_bytes(secret), message, hashlib.sha256).digest()
    return f"derived--{_uuid8(mac)}"


def _uuid8(mac: bytes) -> uuid.UUID:
    """The first 128 bits, with the version and variant bits of RFC 9562 set (122 bits remain)."""
    number = int.from_bytes(mac[:16], "big")
    number = number & ~(0xF << 76) | 8 << 76
    return uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62)
