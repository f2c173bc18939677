"""Derivation: what is written from others' material stays theirs too, and as closely held as the closest."""

from collections.abc import Iterable
from dataclasses import dataclass

from fourfold.records.envelope import Record
from fourfold.records.markings import Marking, join


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What a derived record must carry: whose it is, how it is marked, from which records it came."""

    originators: frozenset[str]
    marking: Marking
    derived_from: tuple[str, ...]


def inherit(sources: Iterable[Record], author: str) -> Inheritance:
    """The union of originators and caveats and the tightest marking of all sources.

    `author` joins the originators. The markings of single fields count as well: nobody can tell from the
    result which fields it was written from. An originator that could not be verified stays among them, so
    that the result never leaves either.

    Raises:
        ValueError: no source was given.
    """
    given = tuple(sources)
    markings = [mark for record in given for mark in (record.marking, *record.field_markings.values())]
    return Inheritance(
        originators=frozenset({author}).union(*(record.originators for record in given)),
        marking=join(markings),
        derived_from=tuple(sorted({record.id for record in given})),
    )
