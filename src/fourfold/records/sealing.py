"""Sealing: each side commits to its answers before it sees the other's, then both reveal."""

import hmac
from typing import Any

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.errors import InputError, ProofError
from fourfold.records.encoding import secret_bytes

_SEAL = b"fourfold/v1/seal\x00"


def seal(value: Any, nonce: str, author: str) -> str:
    """The seal of a value: a digest that binds its author to it and shows nothing of it.

    `nonce` is fresh for each seal (`fourfold.canon.new_salt`). `author` is the institution's id: without it
    the counterpart could hand back this very seal as its own, and repeat the reveal.

    Raises:
        InputError: the nonce is not 64 lower-case hexadecimal digits, or the value is not JSON.
    """
    secret_bytes(nonce)  # a guessable nonce would let a short answer be found by trying
    return digest_bytes(_SEAL + canonical_bytes({"author": author, "nonce": nonce, "value": value}))


def check_reveal(sealed: str, value: Any, nonce: str, author: str) -> None:
    """Check that this value, and no other, was sealed by this author.

    Raises:
        ProofError: another value, nonce or author.
    """
    try:
        expected = seal(value, nonce, author)
    except InputError as error:
        raise ProofError(f"What was revealed cannot have been sealed: {error}") from error
    if not hmac.compare_digest(sealed.encode(), expected.encode()):
        raise ProofError("What was revealed is not what was sealed.")
