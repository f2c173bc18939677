"""Withdrawing a release: it counts as pending until the counterpart has confirmed."""

from django.db import transaction

from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import clock, releasing
from fourfold.node.kinds import SYSTEM_KINDS
from fourfold.node.models import CourseStep, Release, ReleaseVersion
from fourfold.node.recalling import recall

BETWEEN_INSTITUTIONS = frozenset(kind.id for kind in SYSTEM_KINDS)


def withdraw(release: str, reason: str, actor: str) -> ReleaseVersion:
    """Take a release back. The reason stays here; to withdraw again changes nothing.

    A step of a proposal or a joint record is taken back from all its parties at once, and ends the course:
    none of them holds another part of it than the others. A party that cannot be told at this moment does not
    keep it for the rest: nothing of it is handed out any more, and the party is told with a later collection.

    Raises:
        NotFoundError: there is no such release.
        RefusedError: it is an act between institutions, which has a way of its own to be ended.
    """
    found = Release.readable.filter(pk=release).first()
    if found is None:
        raise NotFoundError("There is no such release.")
    if found.kind in BETWEEN_INSTITUTIONS:
        raise RefusedError(
            "What was sealed, revealed, signed or consented to is not withdrawn; revoke or end it."
        )
    now = clock.now()
    steps = list(CourseStep.objects.filter(record=found.record))
    if not steps:
        return releasing.take_back(found, reason, actor, now)
    with transaction.atomic():
        recall(steps, now)
        others = Release.objects.filter(record=found.record).exclude(pk=found.pk)
        return releasing.take_back_all([found, *others], reason, actor, now)[0]
