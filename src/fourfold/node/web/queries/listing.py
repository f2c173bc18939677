"""Lists: one page of rows, and how to turn to the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet

from fourfold.node.models.reading import sought_by_place

SIZE = 25
MOST = 10_000
"""So many rows of a list are counted and shown in pages; whoever looks for one of the others narrows it."""


@dataclass(frozen=True, slots=True)
class PageView:
    """Which page of a list this is; `before` and `after` are addresses, empty at the ends.

    `beyond`: there are more rows than the pages show; `most` is how many they show at the most.
    """

    number: int
    pages: int
    before: str
    after: str
    beyond: bool = False
    most: int = MOST


@dataclass(frozen=True, slots=True)
class SortView:
    """A column that a list can be sorted by; `direction` is ascending, descending or empty."""

    title: object
    url: str
    direction: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to filter by."""

    value: str
    title: object
    current: bool


@dataclass(frozen=True, slots=True)
class FilterView:
    """One way to narrow a list: the name of its box, its title, what stands for all, the values."""

    name: str
    title: object
    any: object
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SearchView:
    """How a list was searched: the words, the filters, and what of the address goes on unseen."""

    words: str
    filters: tuple[FilterView, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked of a list, as the address says it."""

    path: str
    values: Mapping[str, str]

    @property
    def narrowed(self) -> bool:
        """Whether words or filters leave rows out."""
        return bool(self.values.keys() - {"page", "sort"})

    @property
    def words(self) -> tuple[str, ...]:
        """The words that are searched for; ten at most."""
        return tuple(self.values.get("words", "").split()[:10])

    def search(self, *filters: FilterView, hidden: Iterable[str] = ()) -> SearchView:
        """The search as it was asked; `hidden` are parts of the address that a new search keeps."""
        kept = tuple((name, self.values[name]) for name in hidden if self.values.get(name))
        return SearchView(self.values.get("words", ""), filters, kept)

    def url(self, **changes: str) -> str:
        """The address with some of it changed; an empty value is left out."""
        query = urlencode({name: value for name, value in {**self.values, **changes}.items() if value})
        return f"{self.path}?{query}" if query else self.path

    def sort(self, title: object, name: str, current: str) -> SortView:
        """A sortable column: from the way it is sorted now to the other."""
        if current == name:
            return SortView(title, self.url(sort=f"-{name}", page=""), "ascending")
        direction = "descending" if current == f"-{name}" else ""
        return SortView(title, self.url(sort=name, page=""), direction)


def count_of(rows: QuerySet[Model]) -> str:
    """How many rows there are; from some number on only that there are more."""
    found = _counted(sought_by_place(rows))
    return f"{MOST:,}+" if found > MOST else str(found)


def any_of(rows: QuerySet[Model]) -> bool:
    """Whether there is one at all."""
    return bool(sought_by_place(rows).exists())


def _counted(rows: QuerySet[Model]) -> int:
    """The number of rows, and one more than the most where there are more."""
    return int(rows.order_by().values("pk")[: MOST + 1].count())


def page_of(rows: QuerySet[Model], asked: Asked, size: int = SIZE) -> tuple[list[Model], PageView]:
    """The rows of the page that was asked for; the nearest, where there is none of that number.

    Nothing is counted beyond the first rows, as a million takes seconds. Words leave out more than places do.
    """
    counted = _counted(rows if asked.words else sought_by_place(rows))
    pages = Paginator(rows, size)
    pages.count = min(counted, MOST)
    page = pages.get_page(asked.values.get("page", "1"))
    return list(page.object_list), PageView(
        page.number,
        pages.num_pages,
        asked.url(page=str(page.number - 1)) if page.has_previous() else "",
        asked.url(page=str(page.number + 1)) if page.has_next() else "",
        beyond=counted > MOST,
    )
