"""The tree of a log: appending with a frontier, and proving from stored nodes.

Whoever keeps a log stores every *node* that an append completes: its level (0 for a leaf), its index in that
level, its hash; about two for each leaf, written once and never changed. That is all: the frontier, any past
root and any proof are read from a few dozen nodes, so neither an append nor a checkpoint nor a proof grows
with the log by more than its logarithm.

    frontier = read_frontier(read, size)              # at most 64 nodes, in one read
    frontier, nodes = append(frontier, leaves)        # store nodes and the new size in one transaction
    Checkpoint(origin, frontier.size, frontier.root())
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fourfold.errors import ProofError
from fourfold.log.hashing import HASH_BYTES, fold, node_hash


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a node stands: its level, 0 for a leaf, and its index in the level, from 0."""

    level: int
    index: int


@dataclass(frozen=True, slots=True)
class Node:
    """The root of a perfect subtree, once complete: it never changes any more."""

    place: Place
    hash: bytes


ReadNodes = Callable[[Sequence[Place]], Sequence[bytes]]
"""Reads stored nodes: their hashes, in the order asked for. It is called once for each answer."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """A log's size and the roots of its perfect subtrees, largest first: all that an append needs.

    Raises:
        ValueError: not one hash of 32 bytes for each binary one of the size.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a frontier that no log can have."""
        fitting = self.size >= 0 and len(self.hashes) == self.size.bit_count()
        if not fitting or any(len(given) != HASH_BYTES for given in self.hashes):
            raise ValueError(f"a log of {self.size} leaves has no such frontier")

    def root(self) -> bytes:
        """The root of the log at this size."""
        return fold(self.hashes)


def append(frontier: Frontier, leaves: Iterable[bytes]) -> tuple[Frontier, tuple[Node, ...]]:
    """The frontier after these leaf hashes, and the nodes that became complete, in order: store them all.

    Raises:
        ValueError: a leaf is not 32 bytes.
    """
    size, stack, nodes = frontier.size, list(frontier.hashes), []
    for leaf in leaves:
        node, place = leaf, Place(0, size)
        nodes.append(Node(place, node))
        while place.index & 1:
            node, place = node_hash(stack.pop(), node), Place(place.level + 1, place.index >> 1)
            nodes.append(Node(place, node))
        stack.append(node)
        size += 1
    if any(len(node.hash) != HASH_BYTES for node in nodes):
        raise ValueError("a leaf hash has 32 bytes")
    return Frontier(size, tuple(stack)), tuple(nodes)


def read_frontier(read: ReadNodes, size: int) -> Frontier:
    """The frontier of the log when it had this size, from its stored nodes."""
    return Frontier(size, tuple(read(_perfect(0, size))))


def prove_inclusion(read: ReadNodes, index: int, size: int) -> tuple[bytes, ...]:
    """The proof that leaf `index` is in the log of `size` leaves (RFC 6962, section 2.1.1).

    Raises:
        ProofError: the log of that size has no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"A log of {size} leaves has no leaf {index}.")
    return _read_ranges(read, _beside(index, 0, size))


def prove_consistency(read: ReadNodes, old: int, new: int) -> tuple[bytes, ...]:
    """The proof that the log of `old` leaves is the beginning of that of `new` (RFC 6962, section 2.1.2).

    It is empty from size 0, with which every log is consistent.

    Raises:
        ProofError: the log shrank.
    """
    if not 0 <= old <= new:
        raise ProofError(f"A log does not go from {old} leaves to {new}.")
    if old in {0, new}:
        return ()
    return _read_ranges(read, _between(old, 0, new))


@dataclass(frozen=True, slots=True)
class Stored:
    """Nodes kept in memory, for tests and for logs read from a file; a node's store answers the same way."""

    nodes: Mapping[Place, bytes]

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> "Stored":
        """All nodes of a log with these leaf hashes, in time and memory in proportion to their number."""
        return cls({node.place: node.hash for node in append(Frontier(), leaves)[1]})

    def __call__(self, places: Sequence[Place]) -> tuple[bytes, ...]:
        """Read nodes, as `ReadNodes` describes.

        Raises:
            ProofError: a node is not there: the log never was that long.
        """
        try:
            return tuple(self.nodes[place] for place in places)
        except KeyError as error:
            raise ProofError(f"The log has no node {error.args[0]}.") from error


Range = tuple[int, int]
"""Leaves from the first up to, not including, the second."""


def _split(start: int, end: int) -> int:
    """Where RFC 6962 splits a range: after the largest power of two that is smaller than its length."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _beside(index: int, start: int, end: int) -> list[Range]:
    """The ranges beside the way from a leaf to the root of a range, from the leaf upwards."""
    if end - start == 1:
        return []
    middle = _split(start, end)
    if index < middle:
        return [*_beside(index, start, middle), (middle, end)]
    return [*_beside(index, middle, end), (start, middle)]


def _between(old: int, start: int, end: int) -> list[Range]:
    """RFC 6962's SUBPROOF: ranges that give both the root at `old` and the root at the end.

    A range that begins at 0 and ends at `old` is the old log itself, whose root the verifier has.
    """
    if old == end:
        return [] if start == 0 else [(start, end)]
    middle = _split(start, end)
    if old <= middle:
        return [*_between(old, start, middle), (middle, end)]
    return [*_between(old, middle, end), (start, middle)]


def _perfect(start: int, end: int) -> list[Place]:
    """The perfect subtrees that make up a range, largest first; `start` is where RFC 6962 may begin one."""
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        places.append(Place(level, start >> level))
        start += 1 << level
    return places


def _read_ranges(read: ReadNodes, ranges: Sequence[Range]) -> tuple[bytes, ...]:
    """The hash of each range, from its perfect subtrees, all read at once."""
    parts = [_perfect(*leaves) for leaves in ranges]
    hashes = iter(read([place for part in parts for place in part]))
    return tuple(fold([next(hashes) for _ in part]) for part in parts)
