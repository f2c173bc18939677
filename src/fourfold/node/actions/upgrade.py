"""Bringing a node's store to the form of this release, with a copy of it as it was."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from fourfold.errors import Fault, InputError
from fourfold.node.boot import migrate, pending
from fourfold.node.models import Grant
from fourfold.node.snapshots import kind_in_use, snapshot_of


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The steps that were taken (none: the store had this form already), and the copy, if one was made.

    `carried` is how many accounts were let go on reading, which somebody is to decide.
    """

    steps: tuple[str, ...]
    copy: Path | None
    carried: int = 0


def upgrade(copy: Path | None) -> Upgraded:
    """Copy the store as it is, then bring it to the present form. To repeat it changes nothing.

    Raises:
        InputError: the copy exists, or cannot be written; nothing was changed.
        RefusedError: the copy could not be made (PostgreSQL's programs are not here, or fail); nothing was
            changed.
    """
    steps = pending()
    if not steps:
        return Upgraded((), None)
    if copy is not None:
        _keep(copy)
    migrate()
    return Upgraded(steps, copy, Grant.objects.filter(carried=True, ended=None).count())


def _keep(copy: Path) -> None:
    if copy.exists():
        raise InputError([Fault("This file exists.", str(copy), remedy="Name another; none is overwritten.")])
    snapshot = snapshot_of(kind_in_use())
    try:
        copy.touch(mode=0o600)
    except OSError as error:
        raise InputError([Fault(f"Cannot be written: {error.strerror}.", str(copy))]) from error
    try:
        snapshot.write(settings.HOME, copy)
    except BaseException:
        copy.unlink(missing_ok=True)  # a copy that is not whole is none
        raise
