"""Whose a node's files are: its user's alone. The store holds titles, and with the keys the sessions."""

import os
from pathlib import Path

from fourfold.errors import RefusedError

UMASK = 0o077
_OTHERS = 0o077


def keep_to_ourselves() -> None:
    """Let nothing that this process makes be read by another user: SQLite, for one, asks nobody."""
    os.umask(UMASK)


def guard(home: Path) -> None:
    """Make a node's folder, or take it over, for its owner alone.

    Raises:
        RefusedError: it belongs to another user.
    """
    keep_to_ourselves()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if _is_open(home):
        try:
            home.chmod(0o700)
        except PermissionError as error:
            raise RefusedError(
                f"Others may look into {home}, and it belongs to another user. Name a folder of your own, or "
                f"let its owner do this first: chmod 700 {home}"
            ) from error


def open_to_others(home: Path) -> list[Path]:
    """What another user of the machine may read or enter: the folder, and what lies directly in it."""
    return [each for each in (home, *sorted(home.iterdir())) if not each.is_symlink() and _is_open(each)]


def _is_open(place: Path) -> bool:
    try:
        return bool(place.stat().st_mode & _OTHERS)
    except FileNotFoundError:
        return False  # a journal of the store that was there a moment ago
