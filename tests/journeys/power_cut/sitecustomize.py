"""Ends a process group at its N-th write to the store, as a power cut would.

Python imports this by itself where this folder is in PYTHONPATH; nothing in the product knows of it.
POWER_CUT_AT is N; POWER_CUT_TALLY is a file that gets one byte for each write. POWER_CUT_WHEN says whether
the process ends just `before` that write, or just `after` the commit that makes it last: then the store has
changed, and nobody was told. POWER_CUT_STORE is the kind of store that is written to.
"""

import os
import signal

LIMIT, AFTER = int(os.environ["POWER_CUT_AT"]), os.environ["POWER_CUT_WHEN"] == "after"
WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")
tally = os.open(os.environ["POWER_CUT_TALLY"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
due = False


def end() -> None:
    os.killpg(0, signal.SIGKILL)


def count(statement: str) -> None:
    global due  # noqa: PLW0603  one process, one power supply
    if statement.lstrip().upper().startswith(WRITES):
        os.write(tally, b".")
        due = due or os.fstat(tally).st_size == LIMIT
        if due and not AFTER:
            end()


def supply_sqlite() -> None:
    from sqlite3 import Connection, dbapi2  # noqa: PLC0415  only the store that is written to

    class Supplied(Connection):
        """A connection that may be the last thing that happened."""

        def commit(self) -> None:
            super().commit()
            if due:
                end()

    def connect(*arguments, **named):
        connection = plain(*arguments, **{"factory": Supplied, **named})
        connection.set_trace_callback(count)
        return connection

    plain, dbapi2.connect = dbapi2.connect, connect


def supply_postgresql() -> None:
    from psycopg import Connection, Cursor  # noqa: PLC0415  only the store that is written to

    execute, commit = Cursor.execute, Connection.commit

    def counted(self, query, *arguments, **named):
        count(str(query))
        return execute(self, query, *arguments, **named)

    def committed(self):
        count("COMMIT")
        commit(self)
        if due:
            end()

    Cursor.execute, Connection.commit = counted, committed


{"sqlite": supply_sqlite, "postgresql": supply_postgresql}[os.environ["POWER_CUT_STORE"]]()
