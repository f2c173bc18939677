"""The hashes of a log: RFC 6962, section 2.1 (the same in RFC 9162), and what a leaf stands for."""

import hashlib
from collections.abc import Sequence

from fourfold.canon import canonical_bytes
from fourfold.records.encoding import secret_bytes
from fourfold.records.signing import Purpose

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a log without leaves."""

_ENTRY = b"fourfold/v1/log-entry\x00"


def entry(salt: str, object_digest: str, purpose: Purpose) -> bytes:
    """What a log takes in for one object: 32 bytes that tell nothing to whoever has not the salt.

    A log holds no content, only these; they may be published. `salt` is as `fourfold.canon.new_salt` writes
    it, `object_digest` as `fourfold.canon.digest` does.

    Raises:
        InputError: the salt is not 64 lower-case hexadecimal digits.
    """
    secret_bytes(salt)  # a short salt would let the object be found by trying
    content = {"object": object_digest, "purpose": purpose.value, "salt": salt}
    return hashlib.sha256(_ENTRY + canonical_bytes(content)).digest()


def leaf_hash(salt: str, object_digest: str, purpose: Purpose) -> bytes:
    """The leaf hash of one object: RFC 6962's over its salted entry.

    Raises:
        InputError: as in `entry`.
    """
    return entry_hash(entry(salt, object_digest, purpose))


def entry_hash(data: bytes) -> bytes:
    """RFC 6962's leaf hash: SHA-256 over 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962's node hash: SHA-256 over 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees, given from left to right, each smaller than the one before."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root
