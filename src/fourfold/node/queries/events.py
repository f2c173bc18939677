"""The trail of what happened, narrowed and as rows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet

from fourfold.canon import remedy_for
from fourfold.errors import Fault, InputError
from fourfold.node.models import Event, Release, Tag
from fourfold.node.trail import NODE

TOPICS = {
    topic: tuple(tag for tag in Tag.values if tag.startswith(f"{topic}:"))
    for topic in dict.fromkeys(tag.partition(":")[0] for tag in Tag.values)
}
"""The topics that the trail knows, each with its tags."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is asked of the trail; an empty part narrows nothing.

    `topic` is the first part of a tag; `about` an id, a record's with its releases; `peer`
    an institution's id; `hand` leaves out what the node did by itself; `since` and `until` are days, in UTC
    and both included.
    """

    topic: str = ""
    about: str = ""
    peer: str = ""
    hand: bool = False
    since: date | None = None
    until: date | None = None


def sought(asked: Sought) -> "QuerySet[Event]":
    """The events that fit, the newest first.

    Raises:
        InputError: there is no such topic.
    """
    if asked.topic and asked.topic not in TOPICS:
        remedy = remedy_for(asked.topic, list(TOPICS))
        raise InputError([Fault(f"There is no topic {asked.topic!r}.", field="topic", remedy=remedy)])
    rows = Event.readable.select_related("peer").order_by("-at", "-pk")
    if asked.topic:
        rows = rows.filter(tag__startswith=f"{asked.topic}:")
    if asked.about:
        rows = rows.filter(_about(asked.about))
    if asked.peer:
        rows = rows.filter(peer=asked.peer)
    if asked.hand:
        rows = rows.exclude(actor=NODE)
    if asked.since:
        rows = rows.filter(at__gte=datetime.combine(asked.since, time.min, UTC))
    if asked.until:
        rows = rows.filter(at__lte=datetime.combine(asked.until, time.max, UTC))
    return rows


def as_row(row: Event) -> dict[str, Any]:
    """One event."""
    return {
        "at": row.at.isoformat(),
        "event": row.tag,
        "what": row.what,
        "actor": row.actor,
        "counterpart": row.peer.name if row.peer else "",
        "about": row.subject,
        "reason": row.reason,
    }


def _about(given: str) -> Q:
    return Q(subject__in=[given, *Release.readable.filter(record=given).values_list("pk", flat=True)])
