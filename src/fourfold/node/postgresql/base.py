"""One writer at a time on PostgreSQL, as on SQLite: a transaction takes the node's write lock when it begins.

What is put into a collection must be seen in the order in which it was put there, and every action ends by
appending to the private log: writers would wait for each other in any case, only later, in changing orders,
and after they had read what another was about to change. So they wait at the beginning. Whoever only reads
opens no transaction and waits for nobody; nor does a single statement.

PostgreSQL lets go of the lock at the end of the transaction, also if the process or its machine dies.
"""

from contextlib import suppress

from django.db.backends.postgresql import base

WRITING = 0x666F757266
"""The number of the lock in a node's database ("fourf")."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for how a transaction begins."""

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001  Django's signature
        """Begin a transaction with the lock; READ COMMITTED then sees all of whoever had it before."""
        super()._set_autocommit(autocommit)
        if not autocommit:
            try:
                self._wait()
            except BaseException:
                self._begin_nothing()
                raise

    def _wait(self) -> None:
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING])

    def _begin_nothing(self) -> None:
        """Leave the connection as it was, where the lock was not to be had in time."""
        with suppress(self.Database.Error):
            self.connection.rollback()
            super()._set_autocommit(autocommit=True)
