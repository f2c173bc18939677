"""The audit trail: when, by whom, about what id; never content."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from fourfold.node.models import Event, Log
from fourfold.node.trail import NODE
from fourfold.node.web.queries.listing import Asked, Choice, PageView, page_of
from fourfold.node.web.queries.reasons import reason_word
from fourfold.node.web.queries.showing import names
from fourfold.node.web.queries.words import EVENT_TOPICS, Word

SIZE = 50


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that happened; `by_node` where nobody did it by hand, `named` where it is an institution."""

    at: datetime
    title: str
    actor: str
    by_node: bool
    peer: str
    subject: str
    named: str
    reason: Word


@dataclass(frozen=True, slots=True)
class EventsView:
    """One page of the trail, and the private log that it is sealed into."""

    rows: tuple[EventView, ...]
    page: PageView
    topics: tuple[Choice, ...]
    log: str
    size: int


def events_view(asked: Asked) -> EventsView:
    """One page of the trail, the newest first."""
    topic = asked.values.get("topic", "")
    rows = Event.objects.select_related("peer").order_by("-at", "-pk")
    if topic in EVENT_TOPICS:
        rows = rows.filter(tag__startswith=f"{topic}:")
    found, page = page_of(rows, asked, SIZE)
    known = names()
    log = Log.objects.filter(peer=None).order_by("-epoch").first()
    return EventsView(
        tuple(
            EventView(
                row.at,
                str(row.get_tag_display()),
                row.actor,
                row.actor == NODE,
                row.peer.name if row.peer else "",
                row.subject,
                known.get(row.subject, ""),
                reason_word(row.reason),
            )
            for row in found
        ),
        page,
        _topics(topic),
        log.origin if log else "",
        log.size if log else 0,
    )


def _topics(current: str) -> tuple[Choice, ...]:
    """The topics that occur, in the order of the vocabulary."""
    found = {
        tag.partition(":")[0] for tag, _ in Event.objects.values_list("tag").annotate(Count("pk")).order_by()
    }
    return tuple(
        Choice(each, title, each == current) for each, title in EVENT_TOPICS.items() if each in found
    )
