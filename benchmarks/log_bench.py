"""The log beside pymerkle, in one run: appends and proof verifications a second, and their ratio.

Both hash as RFC 6962 does, on the same entries; that both come to the same root is checked first. Ours also
returns every node that a store must keep. CPU time of this process, best of several rounds, as the machine
is shared.

    .venv/bin/python benchmarks/log_bench.py [ENTRIES]
"""

import gc
import sys
import time
from collections.abc import Callable

import pymerkle

from fourfold.log import (
    Frontier,
    Stored,
    append,
    entry_hash,
    prove_consistency,
    prove_inclusion,
    read_frontier,
    verify_consistency,
    verify_inclusion,
)

ROUNDS = 5
PROOFS = 2_000


def rate(count: int, work: Callable[[], object]) -> float:
    """How many a second, in the best of the rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return count / best


def show(what: str, ours: float, theirs: float) -> None:
    print(f"{what:<34}{ours:>14,.0f}{theirs:>14,.0f}{ours / theirs:>9.1f}x")


def append_one_by_one(entries: list[bytes]) -> Frontier:
    frontier = Frontier()
    for entry in entries:
        frontier, _ = append(frontier, [entry_hash(entry)])
    return frontier


def append_with_pymerkle(entries: list[bytes]) -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return tree


def main(count: int) -> None:
    entries = [number.to_bytes(32, "big") for number in range(count)]
    stored, tree = Stored.of(map(entry_hash, entries)), append_with_pymerkle(entries)
    root = read_frontier(stored, count).root()
    assert root == append_one_by_one(entries).root() == tree.get_root()
    print(f"{count:,} entries; a second:{'fourfold':>24}{'pymerkle':>14}{'ratio':>10}")
    show(
        "append, one by one",
        rate(count, lambda: append_one_by_one(entries)),
        rate(count, lambda: append_with_pymerkle(entries)),
    )
    places = [number * (count // PROOFS) for number in range(PROOFS)]
    show(
        "prove inclusion",
        rate(PROOFS, lambda: [prove_inclusion(stored, place, count) for place in places]),
        rate(PROOFS, lambda: [tree.prove_inclusion(place + 1, count) for place in places]),
    )
    ours = [(place, entry_hash(entries[place]), prove_inclusion(stored, place, count)) for place in places]
    theirs = [(entry_hash(entries[place]), tree.prove_inclusion(place + 1, count)) for place in places]
    show(
        "verify inclusion",
        rate(PROOFS, lambda: [verify_inclusion(leaf, at, count, proof, root) for at, leaf, proof in ours]),
        rate(PROOFS, lambda: [pymerkle.verify_inclusion(leaf, root, proof) for leaf, proof in theirs]),
    )
    verify_growth(stored, tree, places[1:], count)


def verify_growth(stored: Stored, tree: pymerkle.InmemoryTree, sizes: list[int], count: int) -> None:
    root = read_frontier(stored, count).root()
    roots = [read_frontier(stored, old).root() for old in sizes]
    ours = [
        (old, before, prove_consistency(stored, old, count)) for old, before in zip(sizes, roots, strict=True)
    ]
    theirs = [(before, tree.prove_consistency(old, count)) for old, before in zip(sizes, roots, strict=True)]
    show(
        "verify consistency",
        rate(
            len(sizes), lambda: [verify_consistency(old, count, at, root, proof) for old, at, proof in ours]
        ),
        rate(len(sizes), lambda: [pymerkle.verify_consistency(at, root, proof) for at, proof in theirs]),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
