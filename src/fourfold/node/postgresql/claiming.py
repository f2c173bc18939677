"""A database for a restore: empty before, complete afterwards, empty again where the restore failed.

A mark in it (a schema) says that a restore is under way. If the process is killed, the next restore finds the
mark, takes away what was left, and begins again. Where there is no mark, what is there is somebody's: never
is a table dropped that was there before.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from fourfold.errors import RefusedError

_RESTORING = 0x726573746F7265
"""The number of the lock of whoever restores into a database ("restore")."""
_MARK = "fourfold_restoring"

_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2
"""
"""All tables and views that anybody made, those that belong to an extension aside."""


@contextmanager
def claimed(address: str) -> Iterator[None]:
    """Hold an empty database while a restore fills it; if that fails, it is empty again.

    Raises:
        RefusedError: it cannot be reached, holds something, is restored into by another process, or its user
            may make nothing in it.
    """
    with _connected(address) as connection:
        if not connection.execute("SELECT pg_try_advisory_lock(%s)", [_RESTORING]).fetchone()[0]:
            raise RefusedError("Another process restores into this database at this moment.")
        _claim(connection)
        try:
            yield
        except BaseException:
            _clear(connection)
            _unmark(connection)
            raise
        _unmark(connection)


@contextmanager
def _connected(address: str) -> Iterator[psycopg.Connection]:
    try:
        connection = psycopg.connect(address, autocommit=True)
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise RefusedError(f"The database cannot be opened: {said}. Make it first: createdb.") from error
    with connection:
        yield connection


def _claim(connection: psycopg.Connection) -> None:
    if _is_marked(connection):
        _clear(connection)
        return
    if found := connection.execute(_TABLES).fetchall():
        raise RefusedError(
            f"This database is not empty ({len(found)} tables, {found[0][1]} among them), and nothing in it "
            "is touched: it may be a node's that is still in use. Make another (createdb), and name that."
        )
    try:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_MARK)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise RefusedError(
            "The user may make nothing in this database. Give it to that user: createdb --owner USER NAME."
        ) from error


def _is_marked(connection: psycopg.Connection) -> bool:
    query = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
    return connection.execute(query, [_MARK]).fetchone() is not None


def _clear(connection: psycopg.Connection) -> None:
    """Take away what a restore made, all at once; the database was empty when the mark was set."""
    connection.execute("SET lock_timeout = '30s'")
    names = [sql.Identifier(*name) for name in connection.execute(_TABLES).fetchall()]
    if names:
        connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.SQL(", ").join(names)))


def _unmark(connection: psycopg.Connection) -> None:
    connection.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(_MARK)))
