"""What lies in a collection: the releases for one counterpart, and the definitions that are for everybody.

A shelf gives its items in the order in which they were added, each with a time of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Protocol

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from fourfold.canon import canonical_bytes
from fourfold.errors import NotFoundError
from fourfold.exchange.limits import PAGE_BYTES
from fourfold.exchange.stix import DEFINITIONS_COLLECTION, definitions, identity, read_time, stix_time
from fourfold.exchange.taxii import collection_id
from fourfold.node import clock
from fourfold.node.models import Node, ReleaseVersion
from fourfold.node.wire.callers import Caller
from fourfold.node.wire.delivery import COLUMNS, Delivery, Row, rows_of
from fourfold.node.wire.queries import Query

SPEC_VERSION = "2.1"


@dataclass(frozen=True, slots=True)
class Item:
    """One version of one object in a collection, with the bytes that are sent; `key` is its row, if any."""

    id: str
    type: str
    version: datetime
    added: datetime
    wire: bytes
    key: int | None = None


class Shelf(Protocol):
    """A collection's content, as one caller may see it, and what the caller may do there."""

    id: str
    title: str
    description: str
    can_read: bool
    can_write: bool

    def items(self, query: Query) -> Iterator[Item]:
        """The items that a query asks for, in the order in which they were added; its limit aside."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and whether there are more."""

    items: tuple[Item, ...]
    more: bool


def shelves(caller: Caller) -> tuple[Shelf, ...]:
    """The collections that a caller may know of."""
    inbox = (Inbox(caller),) if caller.client is not None and caller.client.may_submit else ()
    return (Releases(caller), Definitions(), *inbox)


def shelf(caller: Caller, wanted: str) -> Shelf:
    """One of them.

    Raises:
        NotFoundError: it does not exist, or is another's: the two are one.
    """
    for each in shelves(caller):
        if each.id == wanted:
            return each
    raise NotFoundError("No such collection.")


def page(given: Shelf, query: Query) -> Page:
    """The first items of a query, up to its limit or the size of a page; at least one, if there is any."""
    found, size, items = [], 0, given.items(query)
    for item in islice(items, query.limit):
        found.append(item)
        size += len(item.wire)
        if size > PAGE_BYTES:
            break
    return Page(tuple(found), next(items, None) is not None)


class Releases:
    """What was released to one counterpart, as it may be delivered at this moment."""

    description = "What was released to you. A withdrawn object is a version of it with revoked: true."
    can_read, can_write = True, False

    def __init__(self, caller: Caller) -> None:
        self._peer = caller.peer
        self._delivery = Delivery(caller.peer, clock.now())
        self.id = collection_id(settings.NODE.id, caller.peer.institution)
        self.title = f"From {settings.NODE.name} for {caller.peer.name}"

    def items(self, query: Query) -> Iterator[Item]:
        """The versions that a query asks for and that may still be delivered."""
        if query.spec_versions is not None and SPEC_VERSION not in query.spec_versions:
            return iter(())
        return (_item(row) for row in self._deliverable(query))

    def _deliverable(self, query: Query) -> Iterator[Row]:
        """What may be delivered, asked for in pieces that hold a page and one more, which says that there is.

        Each piece begins behind the last one, so that neither memory nor time grows with what is stored.
        """
        mine, size = ReleaseVersion.objects.filter(peer=self._peer), query.limit + 1
        while True:
            rows = _first(mine, query, size)
            yield from self._delivery.passing(rows) if rows else ()
            if len(rows) < size:
                return
            query = replace(query, after=rows[-1].date_added)


class Definitions:
    """The constant objects that every node serves, and this institution's own identity."""

    id = DEFINITIONS_COLLECTION
    title = "Definitions: markings, extensions, who we are"
    description = "What the objects in the other collections refer to."
    can_read, can_write = True, False

    def items(self, query: Query) -> Iterator[Item]:
        """The definitions that a query asks for; each has one version."""
        return (item for item in _definitions() if _asked_for(item, query))


class Inbox:
    """Where a third-party client hands in; nobody reads there, not even what they handed in themselves."""

    description = "Hand in STIX 2.1 here; a person decides what becomes of it."
    can_read, can_write = False, True

    def __init__(self, caller: Caller) -> None:
        self.id = collection_id(caller.peer.institution, settings.NODE.id)
        self.title = f"Inbox of {settings.NODE.name} for {caller.peer.name}"

    def items(self, _query: Query) -> Iterator[Item]:
        """Nothing, ever."""
        return iter(())


def _first(mine: QuerySet[ReleaseVersion], query: Query, size: int) -> list[Row]:
    """The first rows of a query.

    Where it names what it wants, each name is looked up by itself: an index holds its rows in the order in
    which they were added. Asked for together they would be looked for along the whole collection.
    """
    ways = _ways(query)
    if ways is None:
        return rows_of(_matching(mine, query).values_list(*COLUMNS)[:size])
    found = [_matching(mine.filter(way), query).values_list("date_added", "pk")[:size] for way in ways]
    keys = [key for _added, key in sorted(chain.from_iterable(found))[:size]]
    return rows_of(mine.filter(pk__in=keys).order_by("date_added").values_list(*COLUMNS)) if keys else []


def _ways(query: Query) -> list[Q] | None:
    """One condition for each thing that a query names, by what names the fewest; None: it names nothing."""
    if query.ids is not None:
        return [Q(stix_id=each) for each in query.ids]
    if query.moments and not query.versions:
        return [Q(modified=each) for each in query.moments]
    if query.types is not None:
        return [Q(stix_type=each) for each in query.types]
    return None


def _matching(rows: QuerySet[ReleaseVersion], query: Query) -> QuerySet[ReleaseVersion]:
    if query.after is not None:
        rows = rows.filter(date_added__gt=query.after)
    if query.ids is not None:
        rows = rows.filter(stix_id__in=query.ids)
    if query.types is not None:
        rows = rows.filter(stix_type__in=query.types)
    if "all" not in query.versions:
        rows = rows.filter(_versions(query))
    rows = rows.exclude(release__withdrawn__isnull=False, revoked=False)  # what was withdrawn is not sent
    return rows.order_by("date_added")


def _versions(query: Query) -> Q:
    same = ReleaseVersion.objects.filter(release=OuterRef("release"))
    wanted = Q(modified__in=query.moments)
    if "last" in query.versions:
        wanted |= ~Exists(same.filter(version__gt=OuterRef("version")))
    if "first" in query.versions:
        wanted |= ~Exists(same.filter(version__lt=OuterRef("version")))
    return wanted


def _item(row: Row) -> Item:
    return Item(row.stix_id, row.stix_type, row.modified, row.date_added, bytes(row.wire), row.pk)


def _definitions() -> Iterator[Item]:
    node = Node.objects.get()
    own = identity(node.institution, node.name, stix_time(node.created))
    for place, each in enumerate((*definitions(), own)):
        version = read_time(each.get("modified", each["created"]))
        added = _ADDED + place * _MICROSECOND
        yield Item(each["id"], each["type"], version, added, canonical_bytes(each))


def _asked_for(item: Item, query: Query) -> bool:
    return (
        (query.after is None or item.added > query.after)
        and (query.ids is None or item.id in query.ids)
        and (query.types is None or item.type in query.types)
        and (query.spec_versions is None or SPEC_VERSION in query.spec_versions)
        and (bool(query.versions) or item.version in query.moments)
    )


_ADDED = datetime(2026, 11, 24, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
