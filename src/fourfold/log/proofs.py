"""Checking proofs with hashes and sizes alone: what a counterpart does, and `fourfold verify` offline."""

from collections.abc import Sequence

from fourfold.errors import ProofError
from fourfold.log.hashing import EMPTY_ROOT, HASH_BYTES, node_hash


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf hash stands at `index` in the log of `size` leaves (RFC 9162, section 2.1.3.2).

    Raises:
        ProofError: it does not follow from the proof.
    """
    if not 0 <= index < size:
        raise ProofError(f"A log of {size} leaves has no leaf {index}.")
    _check_hashes(leaf, root, *proof)
    node = leaf
    for sibling, on_the_left in zip(proof, _turns(index, size - 1, len(proof)), strict=True):
        node = node_hash(sibling, node) if on_the_left else node_hash(node, sibling)
    if node != root:
        raise ProofError("The log does not hold this leaf at this place.")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that a log only grew: the old one is the beginning of the new (RFC 9162, section 2.1.4.2).

    Every log is consistent with the empty one.

    Raises:
        ProofError: it shrank, was rewritten, or the proof does not show that it was not.
    """
    _check_hashes(old_root, new_root, *proof)
    if not 0 <= old <= new:
        raise ProofError(f"A log does not go from {old} leaves to {new}.")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofError("A log without leaves has another root.")
    if old == new and old_root != new_root:
        raise ProofError("The log was rewritten: two roots for one size.")
    if old not in {0, new}:
        _check_growth(old, new, old_root, new_root, proof)
    elif proof:
        raise ProofError("Nothing is to be proven here, and the proof is not empty.")


def _check_growth(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Both roots follow from one path; if the old log is a subtree of the new, its root begins the path."""
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    path = list(proof) if here else [old_root, *proof]
    turns = _turns(here, last, len(path) - 1)
    before = after = path[0]
    for sibling, on_the_left in zip(path[1:], turns, strict=True):
        before = node_hash(sibling, before) if on_the_left else before
        after = node_hash(sibling, after) if on_the_left else node_hash(after, sibling)
    if (before, after) != (old_root, new_root):
        raise ProofError("The log was rewritten: the old one is not the beginning of the new.")


def _turns(here: int, last: int, length: int) -> list[bool]:
    """For each step to the root, whether the hash beside the way stands on the left.

    `here` and `last` are the index of the node and of the last node in its level.
    """
    turns = []
    while last:
        on_the_left = bool(here & 1) or here == last
        turns.append(on_the_left)
        while on_the_left and here and not here & 1:  # the last node of a level has no neighbour: it rises
            here, last = here >> 1, last >> 1
        here, last = here >> 1, last >> 1
    if len(turns) != length:
        raise ProofError(f"The proof needs {len(turns)} hashes beside the way, and has {length}.")
    return turns


def _check_hashes(*hashes: bytes) -> None:
    if any(len(given) != HASH_BYTES for given in hashes):
        raise ProofError("A hash in a proof has 32 bytes.")
