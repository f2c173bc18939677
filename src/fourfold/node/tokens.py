"""Bearer tokens: of programs that act for an account, and of third-party clients.

A token is a private key in text form. That of a client gives it an id by its public key, as for every
institution, so that a client is a party that can sign. Of any token a node keeps the SHA-256 only.
"""

import base64
import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fourfold.canon import digest_bytes
from fourfold.records.signing import Signer

PREFIX = "fourfold_"
"""Tells a token from other secrets, to people and to scanners that look for leaked ones."""

LONGEST_DAYS = 366
"""No token counts for longer than a year."""

LONGEST = 200
_SEED_BYTES = 32


def new_token() -> str:
    """A token that nobody can guess: 256 bits."""
    seed = base64.urlsafe_b64encode(secrets.token_bytes(_SEED_BYTES)).decode().rstrip("=")
    return PREFIX + seed


def token_signer(token: str) -> Signer:
    """The key that a token of ours is."""
    seed = base64.urlsafe_b64decode(token.removeprefix(PREFIX) + "=")
    return Signer(Ed25519PrivateKey.from_private_bytes(seed))


def token_digest(token: str) -> str:
    """What is kept of a token. It has 256 bits of chance, so that one plain hash cannot be searched."""
    return digest_bytes(token.encode())
