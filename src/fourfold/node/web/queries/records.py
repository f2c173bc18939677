"""What this institution keeps: the list of records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fourfold.node.kinds import kinds, kinds_by_acts
from fourfold.node.models import RecordVersion, Release, ReleaseState
from fourfold.node.models.fields import has_words
from fourfold.node.web.queries.listing import (
    Asked,
    Choice,
    FilterView,
    PageView,
    SearchView,
    SortView,
    any_of,
    page_of,
)
from fourfold.node.web.queries.showing import MarkingView, marking_view, names
from fourfold.node.web.queries.words import Word, kind_title
from fourfold.records.markings import Tlp

SORTS: tuple[tuple[str, Word], ...] = (("title", _("Title")), ("modified", _("Changed")))
SYSTEM = tuple(sorted(kinds_by_acts()))
"""Kinds by which institutions agree and work together; a list shows them only when asked."""
_ID = "record--"
HELD = (ReleaseState.SHARED, ReleaseState.DELIVERED, ReleaseState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record in a list; `released` counts the counterparts that have it, or may collect it."""

    id: str
    title: str
    kind: Word
    marking: MarkingView
    version: int
    modified: datetime
    released: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class RecordsView:
    """The whole list; `any_at_all`: something is kept; `asked`: the reader narrowed the list."""

    rows: tuple[RecordRow, ...]
    page: PageView
    sorts: Mapping[str, SortView]
    search: SearchView
    any_at_all: bool
    asked: bool


def records_view(asked: Asked) -> RecordsView:
    """One page of the latest versions, as searched, filtered and sorted."""
    sort = asked.values.get("sort", "")
    sort = sort if sort.lstrip("-") in {name for name, _title in SORTS} else "-modified"
    rows, page = page_of(_found(asked).order_by(sort.replace("title", "folded"), "pk"), asked)
    released, known = _released([row.record for row in rows]), names()
    return RecordsView(
        tuple(_row(row, known, *released.get(row.record, (0, 0))) for row in rows),
        page,
        {name: asked.sort(title, name, sort) for name, title in SORTS},
        asked.search(kind_filter(asked), _tlp_filter(asked), hidden=("sort",)),
        bool(rows) or any_of(RecordVersion.readable.filter(latest=True).exclude(kind__in=SYSTEM)),
        asked.narrowed,
    )


def _found(asked: Asked) -> QuerySet[RecordVersion]:
    rows = RecordVersion.readable.filter(latest=True)
    kind, tlp = asked.values.get("kind", ""), asked.values.get("tlp", "")
    rows = rows.filter(kind=kind) if kind in kinds() else rows.exclude(kind__in=SYSTEM)
    if tlp:
        rows = rows.filter(tlp=tlp)
    return rows.filter(record__in=records_titled(asked.words)) if asked.words else rows


def records_titled(words: Iterable[str]) -> QuerySet[RecordVersion]:
    """The ids of the records with all of these words in their present titles; or with this id."""
    rows = RecordVersion.readable.filter(latest=True).values("record")
    for word in words:
        rows = rows.filter(record=word) if word.startswith(_ID) else rows.filter(has_words(word))
    return rows


def _released(records: list[str]) -> dict[str, tuple[int, int]]:
    counted = (
        Release.readable.filter(record__in=records)
        .values("record")
        .annotate(
            held=Count("id", filter=Q(state__in=HELD)), gone=Count("id", filter=Q(withdrawn__isnull=False))
        )
        .order_by()
    )
    return {each["record"]: (each["held"], each["gone"]) for each in counted}


def _row(row: RecordVersion, known: Mapping[str, str], released: int, withdrawn: int) -> RecordRow:
    return RecordRow(
        row.record,
        row.title,
        kind_title(row.kind),
        marking_view(row.content().marking, known),
        row.version,
        row.modified,
        released,
        withdrawn,
    )


def kind_filter(asked: Asked) -> FilterView:
    """The kinds that a list can be narrowed to."""
    current = asked.values.get("kind", "")
    choices = tuple(Choice(kind, kind_title(kind), kind == current) for kind in kinds())
    return FilterView("kind", _("Kind"), _("what people keep"), choices)


def _tlp_filter(asked: Asked) -> FilterView:
    choices = tuple(Choice(tlp, f"TLP:{tlp}", asked.values.get("tlp") == tlp) for tlp in Tlp)
    return FilterView("tlp", _("Marking"), _("any"), choices)
