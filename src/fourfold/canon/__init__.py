"""One home each for canonical bytes, digests, identifiers, and for reading what comes from outside."""

from fourfold.canon.addresses import ascii_name, bracketed, node_address, origin_of, own_address
from fourfold.canon.canonical import (
    DIGEST,
    canonical_bytes,
    digest,
    digest_bytes,
    new_id,
    new_salt,
)
from fourfold.canon.characters import composed, escaped, folded, name_fault, printable, visible
from fourfold.canon.checks import Faults, remedy_for
from fourfold.canon.document import read_document
from fourfold.canon.located import Located, shown

__all__ = [
    "DIGEST",
    "Faults",
    "Located",
    "ascii_name",
    "bracketed",
    "canonical_bytes",
    "composed",
    "digest",
    "digest_bytes",
    "escaped",
    "folded",
    "name_fault",
    "new_id",
    "new_salt",
    "node_address",
    "origin_of",
    "own_address",
    "printable",
    "read_document",
    "remedy_for",
    "shown",
    "visible",
]
