"""Ends a process group just before its N-th write to the store, as a power cut would.

Python imports this by itself where this folder is in PYTHONPATH; nothing in the product knows of it.
POWER_CUT_AT is N; POWER_CUT_TALLY is a file that gets one byte for each write.
"""

import os
import signal
from sqlite3 import dbapi2

LIMIT = int(os.environ["POWER_CUT_AT"])
WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")
tally = os.open(os.environ["POWER_CUT_TALLY"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def count(statement: str) -> None:
    if statement.lstrip().upper().startswith(WRITES):
        os.write(tally, b".")
        if os.fstat(tally).st_size == LIMIT:
            os.killpg(0, signal.SIGKILL)


def connect(*arguments, **named):
    connection = plain(*arguments, **named)
    connection.set_trace_callback(count)
    return connection


plain, dbapi2.connect = dbapi2.connect, connect
