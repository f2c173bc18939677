"""Paging: one page after the other, from servers that may answer badly.

A cursor may come back unchanged, there may be `more` without `next`, pages may be empty though there is more.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from fourfold.errors import ExchangeError
from fourfold.exchange.stix.times import taxii_time

MOST_EMPTY = 100
"""The most pages in a row that may be empty though the server says that there is more."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the items as received, how to go on, and the first and last time they were added."""

    items: tuple[bytes, ...]
    more: bool
    next: str | None
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Position:
    """Where to go on: a server's cursor, or else the time of the last object seen."""

    next: str | None = None
    added_after: datetime | None = None

    def params(self) -> dict[str, str]:
        """As query parameters."""
        given = {"next": self.next, "added_after": self.added_after and taxii_time(self.added_after)}
        return {name: value for name, value in given.items() if value}


def follow(fetch: Callable[[Position], Page], start: Position) -> Iterator[Page]:
    """Page after page from `start`, each fetched when it is asked for.

    Some servers keep one cursor for all pages of a request, so that it alone says nothing: a request that is
    answered a second time with what it was answered before goes round in a circle.

    Raises:
        ExchangeError: the server says that there is more, but gives no way to get there.
    """
    position, seen, empty = start, set(), 0
    while True:
        page = fetch(position)
        if (state := (position, hash(page.items))) in seen or empty > MOST_EMPTY:
            raise ExchangeError("The server's paging does not come to an end; its operator should know.")
        yield page
        if not page.more:
            return
        seen.add(state)
        position, empty = after(position, page), 0 if page.items else empty + 1


def after(position: Position, page: Page) -> Position:
    """The position behind a page; where there is no cursor, the time of its last object serves."""
    if page.next is not None:
        return Position(page.next, position.added_after)
    return Position(None, page.last or position.added_after)
