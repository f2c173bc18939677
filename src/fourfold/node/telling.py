"""Telling a counterpart what was decided here alone: the act stands, whether or not it can be told now.

What could not be told is noted once, and tried again with each collection until it was.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction

from fourfold.node import models, trail


def tell(peer: models.Peer, subject: str, send: Callable[[], None], now: datetime) -> None:
    """Send a counterpart what is to be told about a subject; if that fails now, it waits."""
    waits = _noted(models.Tag.NEWS_WAITS, peer, subject)
    try:
        with transaction.atomic():
            send()
            if waits:
                trail.note(models.Tag.NEWS_TOLD, now, peer=peer, subject=subject)
    except Exception as error:  # noqa: BLE001  whatever it is: the act stands, and this is tried again
        if not waits:
            reason = type(error).__name__
            trail.note(models.Tag.NEWS_WAITS, now, peer=peer, subject=subject, reason=reason)


def waiting() -> Iterator[tuple[models.Peer, str]]:
    """What could not be told yet: to whom, and about what."""
    for event in models.Event.objects.filter(tag=models.Tag.NEWS_WAITS).select_related("peer"):
        if not _noted(models.Tag.NEWS_TOLD, event.peer, event.subject):
            yield event.peer, event.subject


def _noted(tag: models.Tag, peer: models.Peer, subject: str) -> bool:
    return models.Event.objects.filter(tag=tag, peer=peer, subject=subject).exists()
