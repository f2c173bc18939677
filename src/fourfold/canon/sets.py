"""Sets that have one serialised form: sorted, so that equal sets give equal bytes."""

from typing import Annotated, Any, TypeVar

from pydantic import PlainSerializer

T = TypeVar("T")


def _in_order(items: frozenset[Any]) -> list[Any]:
    return sorted(getattr(item, "value", item) for item in items)


SortedSet = Annotated[frozenset[T], PlainSerializer(_in_order, return_type=list)]
"""A frozen set whose JSON form is a sorted list; plain sets would serialise in the order of their hashes."""
