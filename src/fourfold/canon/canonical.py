"""Canonical bytes (RFC 8785), digests and new identifiers: one home for each."""

import hashlib
import re
import secrets
import uuid
from typing import Any

import rfc8785

from fourfold.errors import Fault, InputError

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def canonical_bytes(value: Any) -> bytes:
    """The one byte string that stands for a JSON value (RFC 8785); what we sign and digest.

    Raises:
        InputError: the value is not JSON (a set, NaN, an integer beyond 2**53).
    """
    try:
        return rfc8785.dumps(value)  # noqa: TID251  this is the home that the ban points to
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise InputError([Fault(f"This value has no canonical form: {error}.")]) from error


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
