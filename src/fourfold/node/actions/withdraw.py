"""Withdrawing a release: it counts as pending until the counterpart has confirmed."""

from dataclasses import dataclass

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
    now, plan = clock.now(), withdrawal_of(release)
    with transaction.atomic():
        recall(plan.steps, now)
        return releasing.take_back_all(plan.releases, reason, actor, now)[0]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What withdrawing a release takes back: it first, then all that goes with it; and the steps that end."""

    releases: tuple[Release, ...]
    steps: tuple[CourseStep, ...]


def withdrawal_of(release: str) -> Withdrawal:
    """What withdrawing a release would take back; pages show it, and `withdraw` does it.

    Raises:
        NotFoundError: there is no such release, or it is not for this reader.
        RefusedError: it is an act between institutions.
    """
    rows = Release.objects.select_related("peer")
    found = Release.readable.select_related("peer").filter(pk=release).first()
    if found is None:
        raise NotFoundError("There is no such release.")
    if found.kind in BETWEEN_INSTITUTIONS:
        raise RefusedError(
            "What was sealed, revealed, signed or consented to is not withdrawn; revoke or end it."
        )
    steps = tuple(CourseStep.objects.filter(record=found.record))
    others = rows.filter(record=found.record, withdrawn=None).exclude(pk=found.pk).order_by("peer__name")
    return Withdrawal((found, *(others if steps else ())), steps)
