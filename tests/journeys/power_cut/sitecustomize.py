"""Ends a process group at its N-th write to the store, as a power cut would.

Python imports this by itself where this folder is in PYTHONPATH; nothing in the product knows of it.
POWER_CUT_AT is N; POWER_CUT_TALLY is a file that gets one byte for each write. POWER_CUT_WHEN says whether
the process ends just `before` that write, or just `after` the commit that makes it last: then the store has
changed, and nobody was told.
"""

import os
import signal
from sqlite3 import Connection, dbapi2

LIMIT, AFTER = int(os.environ["POWER_CUT_AT"]), os.environ["POWER_CUT_WHEN"] == "after"
WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")
tally = os.open(os.environ["POWER_CUT_TALLY"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
due = False


def count(statement: str) -> None:
    global due  # noqa: PLW0603  one process, one power supply
    if statement.lstrip().upper().startswith(WRITES):
        os.write(tally, b".")
        due = due or os.fstat(tally).st_size == LIMIT
        if due and not AFTER:
            os.killpg(0, signal.SIGKILL)


class Supplied(Connection):
    """A connection that may be the last thing that happened."""

    def commit(self) -> None:
        super().commit()
        if due:
            os.killpg(0, signal.SIGKILL)


def connect(*arguments, **named):
    connection = plain(*arguments, **{"factory": Supplied, **named})
    connection.set_trace_callback(count)
    return connection


plain, dbapi2.connect = dbapi2.connect, connect
