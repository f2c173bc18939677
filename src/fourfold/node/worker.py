"""What the worker process of a node serves, and what it does beside: collecting from counterparts."""

import logging
import os
import threading
import time

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from fourfold.node.wsgi import application

__all__ = ["application"]

log = logging.getLogger("fourfold")
TICK = 1.0  # seconds


def _tend(parent: int) -> None:
    """Collect from the counterparts from time to time; end when the process that started us is gone."""
    from fourfold.node.actions.sync import sync

    pause = settings.NODE.sync_seconds
    due = time.monotonic() + pause
    while True:
        time.sleep(TICK)
        if os.getppid() != parent:
            os._exit(1)
        if pause and time.monotonic() >= due:
            _sync(sync)
            due = time.monotonic() + pause


def _sync(sync) -> None:  # noqa: ANN001  the action itself
    """One collection; whatever goes wrong is logged without content, and tried again next time."""
    close_old_connections()
    try:
        sync(whole=False)
    except DatabaseError as error:
        log.warning("collecting failed: %s", type(error).__name__)
    finally:
        close_old_connections()


threading.Thread(target=_tend, args=(os.getppid(),), name="tend", daemon=True).start()
