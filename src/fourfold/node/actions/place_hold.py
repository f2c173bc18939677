"""Placing a legal hold."""

from django.db import transaction

from fourfold.errors import NotFoundError
from fourfold.node import clock, trail
from fourfold.node.models import Hold, Received, RecordVersion, Tag


def place_hold(subject: str, reason: str, actor: str) -> Hold:
    """Keep a record, or something received, from being destroyed; a second hold changes nothing.

    Raises:
        NotFoundError: nothing of that id is kept here.
    """
    now = clock.now()
    with transaction.atomic():
        if not _is_here(subject):
            raise NotFoundError("Nothing of this id is kept here.")
        standing = Hold.objects.filter(subject=subject, lifted=None).first()
        if standing is not None:
            return standing
        trail.note(Tag.HOLD_PLACED, now, subject=subject, actor=actor)
        return Hold.objects.create(subject=subject, reason=reason[:500], placed=now, placed_by=actor)


def _is_here(subject: str) -> bool:
    own = RecordVersion.readable.filter(record=subject, latest=True)
    return own.exists() or Received.readable.filter(object=subject, wire__isnull=False).exists()
