import hashlib

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import ProofError
from fourfold.log import (
    EMPTY_ROOT,
    Frontier,
    Place,
    Stored,
    append,
    entry_hash,
    prove_consistency,
    prove_inclusion,
    read_frontier,
    verify_consistency,
    verify_inclusion,
)

# The test vectors of the reference implementation of Certificate Transparency (RFC 6962), as published in
# github.com/transparency-dev/merkle, proof/verify_test.go.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
LEAF_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
LEAF_2 = "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"
LEAF_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
PAIR_23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
PAIR_45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
LEAF_6 = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
PAIR_67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
HALF_4_TO_7 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
PUBLISHED = Stored.of(map(entry_hash, ENTRIES))

SIZES = range(34)
LEAVES = [hashlib.sha256(bytes([number])).digest() for number in SIZES]
STORED = Stored.of(LEAVES)
ROOT_AT = [read_frontier(STORED, size).root() for size in SIZES]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size):
    assert append(Frontier(), map(entry_hash, ENTRIES[:size]))[0].root() == ROOTS[size]
    assert read_frontier(PUBLISHED, size).root() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (0, 8, [LEAF_1, PAIR_23, HALF_4_TO_7]),
        (5, 8, [LEAF_4, PAIR_67, ROOTS[4].hex()]),
        (2, 3, [ROOTS[2].hex()]),
        (1, 5, [ROOTS[1].hex(), PAIR_23, LEAF_4]),
    ],
)
def test_published_inclusion_proofs(index, size, proof):
    hashes = tuple(map(bytes.fromhex, proof))
    assert prove_inclusion(PUBLISHED, index, size) == hashes
    verify_inclusion(entry_hash(ENTRIES[index]), index, size, hashes, ROOTS[size])


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (1, 1, []),
        (1, 8, [LEAF_1, PAIR_23, HALF_4_TO_7]),
        (6, 8, [PAIR_45, PAIR_67, ROOTS[4].hex()]),
        (2, 5, [PAIR_23, LEAF_4]),
        (6, 7, [PAIR_45, LEAF_6, ROOTS[4].hex()]),
    ],
)
def test_published_consistency_proofs(old, new, proof):
    hashes = tuple(map(bytes.fromhex, proof))
    assert prove_consistency(PUBLISHED, old, new) == hashes
    verify_consistency(old, new, ROOTS[old], ROOTS[new], hashes)


def test_the_leaves_of_the_published_log():
    assert [PUBLISHED([Place(0, index)])[0].hex() for index in (1, 2, 4, 6)] == [
        LEAF_1,
        LEAF_2,
        LEAF_4,
        LEAF_6,
    ]


@pytest.mark.parametrize("size", SIZES)
def test_every_inclusion_proof_of_every_leaf_holds_at_its_place_only(size):
    for index in range(size):
        proof = prove_inclusion(STORED, index, size)
        verify_inclusion(LEAVES[index], index, size, proof, ROOT_AT[size])
        for other in range(size):
            if other != index:
                with pytest.raises(ProofError):
                    verify_inclusion(LEAVES[index], other, size, proof, ROOT_AT[size])
                with pytest.raises(ProofError):
                    verify_inclusion(LEAVES[other], index, size, proof, ROOT_AT[size])


@pytest.mark.parametrize("new", SIZES)
def test_every_consistency_proof_of_every_pair_of_sizes_holds(new):
    for old in range(new + 1):
        verify_consistency(old, new, ROOT_AT[old], ROOT_AT[new], prove_consistency(STORED, old, new))


def _oracle(size):
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(size):
        tree.append_entry(b"entry %d" % number)
    return tree


def test_roots_and_proofs_agree_with_another_implementation():
    tree = _oracle(70)
    ours = Stored.of(entry_hash(b"entry %d" % number) for number in range(70))
    for size in range(1, 71):
        assert read_frontier(ours, size).root() == tree.get_root(size)
        for index in range(size):
            theirs = tree.prove_inclusion(index + 1, size).path
            assert (ours([Place(0, index)])[0], *prove_inclusion(ours, index, size)) == tuple(theirs)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=300), st.data())
def test_random_logs_agree_with_another_implementation(entries, data):
    tree = pymerkle.InmemoryTree.init_from_entries(entries, algorithm="sha256")
    ours = Stored.of(map(entry_hash, entries))
    old, new = sorted(data.draw(st.tuples(*[st.integers(1, len(entries))] * 2)))
    roots = [read_frontier(ours, size).root() for size in (old, new)]
    assert roots == [tree.get_root(old), tree.get_root(new)]
    verify_consistency(old, new, *roots, prove_consistency(ours, old, new))
    proof = tree.prove_inclusion(old, new)
    verify_inclusion(entry_hash(entries[old - 1]), old - 1, new, proof.path[1:], roots[1])


@given(st.lists(st.lists(st.sampled_from(LEAVES), max_size=9), max_size=9))
def test_appending_in_any_batches_gives_one_log(batches):
    frontier, nodes = Frontier(), {}
    for batch in batches:
        frontier, completed = append(frontier, batch)
        assert not nodes.keys() & {node.place for node in completed}
        nodes |= {node.place: node.hash for node in completed}
    leaves = [leaf for batch in batches for leaf in batch]
    assert frontier == append(Frontier(), leaves)[0] == read_frontier(Stored(nodes), len(leaves))
    assert nodes == Stored.of(leaves).nodes


@pytest.mark.parametrize("size", [*SIZES, 1000, 4096, 5000])
def test_an_append_and_a_proof_touch_a_number_of_nodes_that_grows_as_the_logarithm(size):
    stored = Stored.of(hashlib.sha256(b"%d" % number).digest() for number in range(size))
    reads = []

    def read(places):
        reads.append(len(places))
        return stored(places)

    bound = size.bit_length()
    assert len(stored.nodes) <= 2 * size
    _, completed = append(read_frontier(read, size), [bytes(32)])
    assert len(completed) <= bound + 1
    if size:
        prove_inclusion(read, size // 3, size)
        prove_consistency(read, max(1, size // 3), size)
    assert all(count <= 2 * bound for count in reads)
    assert len(reads) <= 3


def test_a_log_of_a_million_million_leaves_is_continued_from_its_frontier():
    size = 10**12
    before = Frontier(size, tuple(hashlib.sha256(b"%d" % n).digest() for n in range(size.bit_count())))
    after, nodes = append(before, LEAVES)
    assert after.size == size + len(LEAVES)
    assert len(nodes) < 3 * len(LEAVES)
    assert after.root() != before.root()


def test_the_empty_log_has_the_root_of_rfc_6962():
    assert Frontier().root() == read_frontier(Stored({}), 0).root() == EMPTY_ROOT == ROOTS[0]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (7, 3)])
def test_a_leaf_that_is_not_there_cannot_be_proven(index, size):
    with pytest.raises(ProofError, match="has no leaf"):
        prove_inclusion(STORED, index, size)


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2), (1, 0)])
def test_a_log_that_shrank_cannot_be_proven(old, new):
    with pytest.raises(ProofError, match="does not go"):
        prove_consistency(STORED, old, new)


def test_a_log_shorter_than_asked_for_says_so():
    with pytest.raises(ProofError, match="no node"):
        read_frontier(STORED, 64)


@pytest.mark.parametrize(
    ("size", "hashes"), [(1, ()), (0, (bytes(32),)), (3, (bytes(32),)), (1, (bytes(31),)), (-1, (bytes(32),))]
)
def test_a_frontier_that_no_log_can_have_is_refused(size, hashes):
    with pytest.raises(ValueError, match="no such frontier"):
        Frontier(size, hashes)


def test_a_leaf_that_is_no_hash_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        append(Frontier(), [b"short"])
