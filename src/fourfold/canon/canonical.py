"""Canonical bytes (RFC 8785), digests and new identifiers: one home for each."""

import hashlib
import json
import re
import secrets
import uuid
from typing import Any

import rfc8785

from fourfold.errors import Fault, InputError

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MOST = 2**53 - 1
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False, check_circular=False
)


def canonical_bytes(value: Any) -> bytes:
    """The one byte string that stands for a JSON value (RFC 8785); what we sign and digest.

    Raises:
        InputError: the value is not JSON (a set, NaN, an integer beyond 2**53).
    """
    try:
        if _is_plain(value):
            return _ENCODER.encode(value).encode()
        return rfc8785.dumps(value)  # noqa: TID251  this is the home that the ban points to
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise InputError([Fault(f"This value has no canonical form: {error}.")]) from error


def _is_plain(value: Any) -> bool:
    """Whether the standard encoder writes a value just as RFC 8785 does, in less than half the time.

    The two differ in fractions (ECMAScript's form), integers beyond 2**53 (refused) and the order of names
    beyond the basic plane; here those count as not plain from the first letter that is not ASCII.
    """
    kind = type(value)
    if kind is dict:
        for name, each in value.items():
            if type(name) is not str or not name.isascii() or not (type(each) is str or _is_plain(each)):
                return False
        return True
    if kind is list or kind is tuple:
        return all(type(each) is str or _is_plain(each) for each in value)
    if kind is int:
        return bool(-_MOST <= value <= _MOST)
    return kind is str or kind is bool or value is None


def digest_bytes(data: bytes) -> str:
    """`sha256:` and 64 hexadecimal digits over raw bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """The digest of a JSON value's canonical bytes."""
    return digest_bytes(canonical_bytes(value))


def new_id(prefix: str) -> str:
    """A fresh identifier in the form of STIX 2.1: `prefix--UUIDv4`."""
    return f"{prefix}--{uuid.uuid4()}"  # noqa: TID251  this is the home that the ban points to


def new_salt() -> str:
    """Fresh secret randomness for a commitment or a log leaf: 32 bytes, as 64 hexadecimal digits."""
    return secrets.token_hex(32)
