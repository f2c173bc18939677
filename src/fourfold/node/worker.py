"""What a worker process of a node serves, and what one of them does beside: collecting from counterparts."""

import fcntl
import logging
import os
import threading
import time
from typing import IO

from django.conf import settings
from django.db import close_old_connections

from fourfold.node.operating.vitals import note_collection
from fourfold.node.wsgi import application

__all__ = ["application"]

log = logging.getLogger("fourfold")
TICK = 1.0  # seconds


def _tend(parent: int) -> None:
    """Collect from the counterparts from time to time; end when the process that started us is gone.

    Of several workers one collects; the system lets go of its lock if it dies, and another goes on.
    """
    from fourfold.node.actions.sync import sync

    turn = (settings.HOME.path / "tend.lock").open("w")
    pause = settings.NODE.sync_seconds
    due = time.monotonic() + pause
    while True:
        time.sleep(TICK)
        if os.getppid() != parent:
            os._exit(1)
        if pause and time.monotonic() >= due and _is_ours(turn):
            _sync(sync)
            due = time.monotonic() + pause


def _is_ours(turn: IO[str]) -> bool:
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync(sync) -> None:  # noqa: ANN001  the action itself
    """One collection; whatever goes wrong is logged by its class and place, and tried again next time.

    Whatever it is: this thread would end in silence, and nothing would be collected until a restart.
    """
    close_old_connections()
    try:
        sync(whole=False, after_each=note_collection)
        note_collection()
    except Exception:
        log.exception("Collecting failed; it is tried again.")
    finally:
        close_old_connections()


threading.Thread(target=_tend, args=(os.getppid(),), name="tend", daemon=True).start()
