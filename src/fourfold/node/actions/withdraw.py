"""Withdrawing a release: it counts as pending until the counterpart has confirmed."""

from fourfold.errors import NotFoundError
from fourfold.node import clock, releasing
from fourfold.node.models import Release, ReleaseVersion


def withdraw(release: str, reason: str, actor: str) -> ReleaseVersion:
    """Take a release back. The reason stays here; to withdraw again changes nothing.

    Raises:
        NotFoundError: there is no such release.
    """
    found = Release.objects.filter(pk=release).first()
    if found is None:
        raise NotFoundError("There is no such release.")
    return releasing.take_back(found, reason, actor, clock.now())
