"""The audit trail: when, by whom, about what id; never content."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import compress

from django.conf import settings
from django.db.models import Exists, Max, QuerySet
from django.urls import reverse

from fourfold.node.inboxing import PREFIX, number_in
from fourfold.node.models import (
    Agreement,
    ConsentCase,
    ConsentDocument,
    CourseStep,
    Event,
    Log,
    Received,
    RecordVersion,
    Release,
    Submitted,
)
from fourfold.node.models.reading import sees_logs, sought_by_place
from fourfold.node.queries.events import TOPICS, Sought, sought
from fourfold.node.trail import NODE
from fourfold.node.web.queries.listing import Asked, Choice, PageView, page_of
from fourfold.node.web.queries.reasons import reason_word
from fourfold.node.web.queries.showing import names
from fourfold.node.web.queries.sources import counterparts
from fourfold.node.web.queries.words import EVENT_TOPICS, Word

SIZE = 50
ASKED = ("topic", "peer", "about", "hand", "since", "until")
"""What a reader may ask of the trail, by the names in the address."""


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that happened; `by_node` where nobody did it by hand.

    `url` is the page of what it is about, `named` its name where it is an institution.
    """

    at: datetime
    title: str
    actor: str
    by_node: bool
    peer: str
    subject: str
    url: str
    named: str
    reason: Word


@dataclass(frozen=True, slots=True)
class EventsView:
    """One page of the trail, what it is narrowed to, and the private log that it is sealed into.

    `no_dates` are what was typed for a day and is none.
    """

    rows: tuple[EventView, ...]
    page: PageView
    topics: tuple[Choice, ...]
    peers: tuple[Choice, ...]
    asked: Mapping[str, str]
    narrowed: bool
    no_dates: tuple[str, ...]
    log: str
    size: int


def events_view(asked: Asked, *, links: bool) -> EventsView:
    """One page of the trail, the newest first; `links`: the reader may see what the events are about."""
    given = asked.values
    rows, page = page_of(sought(_sought(given)), asked, SIZE)
    urls = _urls({row.subject for row in rows}) if links else {}
    known = names()
    log = Log.objects.filter(peer=None).order_by("-epoch").first() if sees_logs() else None
    return EventsView(
        tuple(_event(row, urls.get(row.subject, ""), known.get(row.subject, "")) for row in rows),
        page,
        _topics(given.get("topic", "")),
        tuple(
            Choice(each.institution, each.name, each.institution == given.get("peer"))
            for each in counterparts()
        ),
        given,
        asked.narrowed,
        tuple(given[name] for name in ("since", "until") if name in given and _day(given[name]) is None),
        log.origin if log else "",
        log.size if log else 0,
    )


def _sought(given: Mapping[str, str]) -> Sought:
    topic = given.get("topic", "")
    return Sought(
        topic=topic if topic in EVENT_TOPICS else "",
        about=given.get("about", "").strip(),
        peer=given.get("peer", ""),
        hand="hand" in given,
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _event(row: Event, url: str, named: str) -> EventView:
    return EventView(
        row.at,
        row.what,
        row.actor,
        row.actor == NODE,
        row.peer.name if row.peer else "",
        row.subject,
        url,
        named,
        reason_word(row.reason),
    )


def _urls(subjects: Iterable[str]) -> dict[str, str]:
    """The pages of what events are about, where there is one; an id has one meaning, so the order is free."""
    records = RecordVersion.readable.filter(record__in=subjects, latest=True).values_list("record", flat=True)
    received = Received.readable.filter(object__in=subjects).values_list("object").annotate(last=Max("pk"))
    return {
        **{each: reverse("record", args=[each]) for each in records},
        **{each: reverse("received", args=[last]) for each, last in received},
        **_named("release", Release.readable.filter(pk__in=subjects).values_list("pk", flat=True)),
        **_named("agreement", Agreement.objects.filter(pk__in=subjects).values_list("pk", flat=True)),
        **_named(
            "course", CourseStep.readable.filter(opening__in=subjects).values_list("opening", flat=True)
        ),
        **_named("consent", ConsentCase.readable.filter(pk__in=subjects).values_list("pk", flat=True)),
        **_named("consent", _own_consents(subjects)),
        **{each: reverse("submitted", args=[number]) for each, number in _handed_in(subjects)},
    }


def _own_consents(subjects: Iterable[str]) -> QuerySet[ConsentDocument, str]:
    """What this institution consented to by itself."""
    own = ConsentDocument.readable.filter(pk__in=subjects, originator=settings.NODE.id, case=None)
    return own.values_list("pk", flat=True)


def _handed_in(subjects: Iterable[str]) -> list[tuple[str, int]]:
    """What third-party tools handed in, by the names that the trail has for it."""
    named = {f"{PREFIX}{number}": number for number in map(number_in, subjects) if number}
    found = set(Submitted.readable.filter(pk__in=named.values()).values_list("pk", flat=True))
    return [(name, number) for name, number in named.items() if number in found]


def _named(page: str, ids: Iterable[str]) -> dict[str, str]:
    return {each: reverse(page, args=[each]) for each in ids}


def _topics(current: str) -> tuple[Choice, ...]:
    """The topics that occur, in the order of the vocabulary; of each, one event is looked for."""
    occurs = {f"of_{each}": Exists(Event.readable.filter(tag__in=TOPICS[each])) for each in EVENT_TOPICS}
    one = sought_by_place(Event.readable.all()).annotate(**occurs).values_list(*occurs)[:1]
    there = compress(EVENT_TOPICS.items(), next(iter(one), ()))
    return tuple(Choice(each, title, each == current) for each, title in there)
