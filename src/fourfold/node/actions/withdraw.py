"""Withdrawing a release: it counts as pending until the counterpart has confirmed."""

from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import clock, releasing
from fourfold.node.actions.add_record import SYSTEM
from fourfold.node.models import Release, ReleaseVersion


def withdraw(release: str, reason: str, actor: str) -> ReleaseVersion:
    """Take a release back. The reason stays here; to withdraw again changes nothing.

    Raises:
        NotFoundError: there is no such release.
        RefusedError: it is an act between institutions, which has a way of its own to be ended.
    """
    found = Release.objects.filter(pk=release).first()
    if found is None:
        raise NotFoundError("There is no such release.")
    if found.kind in SYSTEM:
        raise RefusedError(
            "What was sealed, revealed, signed or consented to is not withdrawn; revoke or end it."
        )
    return releasing.take_back(found, reason, actor, clock.now())
