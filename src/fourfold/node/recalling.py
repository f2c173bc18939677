"""Recalling steps of proposals and joint records: the content goes, a tombstone stays, the course ends."""

from collections.abc import Iterable
from datetime import datetime

from fourfold.node import models, trail


def recall(rows: Iterable[models.CourseStep], now: datetime) -> None:
    """Empty steps that were taken back or destroyed; what is left says that there was one."""
    for row in rows:
        if models.CourseStep.objects.filter(pk=row.pk, recalled=None).update(recalled=now, body=None):
            trail.note(models.Tag.STEP_RECALLED, now, subject=row.opening, actor=trail.NODE)
