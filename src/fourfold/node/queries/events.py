"""The trail as rows: when, what, by whom, about what id; never content."""

from typing import Any

from fourfold.canon import remedy_for
from fourfold.errors import Fault, InputError
from fourfold.node.models import Event, Tag

TOPICS = tuple(dict.fromkeys(tag.value.partition(":")[0] for tag in Tag))


def listed(topic: str = "", last: int = 50) -> list[dict[str, Any]]:
    """The last events, the newest first; of one topic, if it is named.

    Raises:
        InputError: there is no such topic.
    """
    if topic and topic not in TOPICS:
        remedy = remedy_for(topic, list(TOPICS))
        raise InputError([Fault(f"There is no topic {topic!r}.", field="--topic", remedy=remedy)])
    rows = Event.objects.select_related("peer").order_by("-at", "-pk")
    if topic:
        rows = rows.filter(tag__startswith=f"{topic}:")
    return [_as_row(row) for row in rows[:last]]


def _as_row(row: Event) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(timespec="seconds"),
        "tag": row.tag,
        "what": row.get_tag_display(),
        "who": row.actor,
        "counterpart": row.peer.name if row.peer else None,
        "subject": row.subject,
        "reason": row.reason,
    }
