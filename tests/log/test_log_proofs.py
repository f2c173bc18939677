import hashlib

import pytest

from fourfold.errors import InputError, ProofError
from fourfold.log import (
    EMPTY_ROOT,
    Stored,
    entry,
    entry_hash,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    read_frontier,
    verify_consistency,
    verify_inclusion,
)
from fourfold.records import Purpose

LEAVES = [hashlib.sha256(bytes([number])).digest() for number in range(17)]
STORED = Stored.of(LEAVES)
ROOT_AT = [read_frontier(STORED, size).root() for size in range(18)]
CASES = [(index, size) for size in (1, 2, 3, 7, 8, 13) for index in range(size)]
PAIRS = [(old, new) for new in (2, 3, 7, 8, 13) for old in range(1, new)]


def flips(text):
    """The same bytes with one byte changed, for every byte."""
    for place in range(len(text)):
        yield text[:place] + bytes([text[place] ^ 0x10]) + text[place + 1 :]


def bent(proof):
    """Proofs that are not this one: a byte changed, a hash too many or too few, or in another order."""
    for place, part in enumerate(proof):
        for changed in flips(part):
            yield (*proof[:place], changed, *proof[place + 1 :])
        yield (*proof[:place], *proof[place + 1 :])
        yield (*proof[:place], part, part, *proof[place + 1 :])
        yield (*proof[:place], part[:-1], *proof[place + 1 :])
    yield (*proof, bytes(32))
    yield (bytes(32), *proof)
    yield (*proof, b"")
    if len(set(proof)) > 1:
        yield proof[::-1]


@pytest.mark.parametrize(("index", "size"), CASES)
def test_an_inclusion_proof_with_any_byte_changed_does_not_hold(index, size):
    leaf, root, proof = LEAVES[index], ROOT_AT[size], prove_inclusion(STORED, index, size)
    for wrong in bent(proof):
        with pytest.raises(ProofError):
            verify_inclusion(leaf, index, size, wrong, root)
    for wrong in (*flips(leaf), leaf[:-1], b""):
        with pytest.raises(ProofError):
            verify_inclusion(wrong, index, size, proof, root)
    for wrong in (*flips(root), root[:-1], b"", EMPTY_ROOT):
        with pytest.raises(ProofError):
            verify_inclusion(leaf, index, size, proof, wrong)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_consistency_proof_with_any_byte_changed_does_not_hold(old, new):
    before, after, proof = ROOT_AT[old], ROOT_AT[new], prove_consistency(STORED, old, new)
    for wrong in (*bent(proof), ()):
        with pytest.raises(ProofError):
            verify_consistency(old, new, before, after, wrong)
    for wrong in (*flips(before), before[:-1]):
        with pytest.raises(ProofError):
            verify_consistency(old, new, wrong, after, proof)
    for wrong in (*flips(after), after[:-1]):
        with pytest.raises(ProofError):
            verify_consistency(old, new, before, wrong, proof)
    with pytest.raises(ProofError):
        verify_consistency(old, new, after, before, proof)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_log_rewritten_in_any_of_its_old_leaves_is_found_out(old, new):
    for place in range(old):
        other = Stored.of([*LEAVES[:place], bytes(32), *LEAVES[place + 1 : new]])
        with pytest.raises(ProofError):
            verify_consistency(
                old, new, ROOT_AT[old], read_frontier(other, new).root(), prove_consistency(other, old, new)
            )


@pytest.mark.parametrize(
    ("old", "new", "old_root", "new_root", "proof"),
    [
        (0, 0, ROOT_AT[1], ROOT_AT[1], ()),
        (0, 3, ROOT_AT[1], ROOT_AT[3], ()),
        (0, 3, EMPTY_ROOT, ROOT_AT[3], (bytes(32),)),
        (3, 3, ROOT_AT[3], ROOT_AT[4], ()),
        (3, 3, ROOT_AT[3], ROOT_AT[3], (bytes(32),)),
        (3, 2, ROOT_AT[3], ROOT_AT[2], ()),
        (3, 1, ROOT_AT[1], ROOT_AT[1], (ROOT_AT[1],)),
        (-1, 2, ROOT_AT[3], ROOT_AT[2], ()),
        (1, 2, ROOT_AT[1], ROOT_AT[2], ()),
    ],
)
def test_what_shows_no_growth_is_refused(old, new, old_root, new_root, proof):
    with pytest.raises(ProofError):
        verify_consistency(old, new, old_root, new_root, proof)


@pytest.mark.parametrize("size", [0, 1, 5, 16])
def test_every_log_is_consistent_with_the_empty_one_and_with_itself(size):
    verify_consistency(0, size, EMPTY_ROOT, ROOT_AT[size], ())
    verify_consistency(size, size, ROOT_AT[size], ROOT_AT[size], ())


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (2, 1), (-1, 1)])
def test_a_leaf_outside_the_log_is_refused(index, size):
    with pytest.raises(ProofError, match="has no leaf"):
        verify_inclusion(LEAVES[0], index, size, (), LEAVES[0])


def test_a_byte_cannot_be_moved_from_a_leaf_to_its_neighbour():
    # Both pairs join to the same bytes under the root; only the lengths tell them apart.
    leaf, neighbour = LEAVES[0], LEAVES[1]
    with pytest.raises(ProofError, match="32 bytes"):
        verify_inclusion(leaf + neighbour[:1], 0, 2, (neighbour[1:],), ROOT_AT[2])
    with pytest.raises(ProofError, match="32 bytes"):
        verify_consistency(1, 2, leaf + neighbour[:1], ROOT_AT[2], (neighbour[1:],))


def test_an_absurd_size_is_refused_at_once():
    with pytest.raises(ProofError):
        verify_inclusion(LEAVES[0], 0, 10**18, (), LEAVES[0])
    with pytest.raises(ProofError):
        verify_consistency(1, 10**18, LEAVES[0], LEAVES[1], ())


def test_a_node_is_never_taken_for_a_leaf():
    # Without the prefixes of RFC 6962, the pair of leaves 0 and 1 would also be one leaf of a smaller log.
    pair = LEAVES[0] + LEAVES[1]
    assert entry_hash(pair) != ROOT_AT[2]


SALT = "5a" * 32
DIGEST = "sha256:" + "0d" * 32


def test_a_leaf_differs_by_salt_object_and_purpose():
    leaves = {
        leaf_hash(salt, digest, purpose)
        for salt in (SALT, "5b" * 32)
        for digest in (DIGEST, "sha256:" + "0e" * 32)
        for purpose in Purpose
    }
    assert len(leaves) == 4 * len(Purpose)


def test_an_entry_shows_neither_salt_nor_object():
    given = entry(SALT, DIGEST, Purpose.RELEASE)
    assert len(given) == 32
    assert leaf_hash(SALT, DIGEST, Purpose.RELEASE) == entry_hash(given)
    assert bytes.fromhex(SALT)[:4] not in given
    assert bytes.fromhex("0d" * 4) not in given


@pytest.mark.parametrize("salt", ["", "5a", "5A" * 32, "5a" * 33])
def test_a_salt_that_could_be_guessed_is_refused(salt):
    with pytest.raises(InputError):
        leaf_hash(salt, DIGEST, Purpose.RELEASE)
