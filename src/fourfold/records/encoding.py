"""How keys, signatures and secrets are written as text: one spelling each, so that no byte can be altered."""

import base64
import binascii
import re

from fourfold.errors import Fault, InputError

_HEX_32 = re.compile(r"[0-9a-f]{64}")


def to_base64(data: bytes) -> str:
    """The one base64 spelling of these bytes (RFC 4648, section 4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes that a base64 text stands for, if it is their one spelling.

    Python's decoder lets the unused bits of the last letter be anything; here they must be zero (RFC 4648,
    section 3.5), or two texts would stand for one signature.

    Raises:
        InputError: not base64, or not the one spelling.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError([Fault("This is not base64.")]) from error
    if to_base64(data) != text:
        raise InputError([Fault("This base64 is not in its one canonical spelling.")])
    return data


def secret_bytes(text: str) -> bytes:
    """The 32 bytes of a salt, nonce or secret as `fourfold.canon.new_salt` writes it.

    Raises:
        InputError: not 64 lower-case hexadecimal digits.
    """
    if not _HEX_32.fullmatch(text):
        raise InputError([Fault("A salt, nonce or secret is 64 lower-case hexadecimal digits.")])
    return bytes.fromhex(text)
