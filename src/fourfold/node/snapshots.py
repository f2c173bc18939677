"""Copies of a store while it is in use: one way for each kind of store.

A backup names the kind of store that wrote it. A copy of SQLite's is restored into a file, or moved into a
PostgreSQL database; one of PostgreSQL's is restored into a database.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

from django.db import connection

from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node import moving
from fourfold.node.home import Home
from fourfold.node.postgresql import tools


class Snapshot(Protocol):
    """A kind of store that can be copied consistently while it is written to."""

    member: str
    """The name of the copy in a backup."""

    def write(self, home: Home, file: Path) -> None:
        """Copy the store of a node into a file that does not exist yet, or is empty."""
        ...

    def restore(self, file: Path, home: Home) -> None:
        """Make the copy in a file the store of a home, in the form in which it was copied or a later one.

        Where the home names a database, that is empty and held for it (`postgresql.claiming`).
        """
        ...


class SqliteSnapshot:
    """SQLite, by its online backup: readers and writers go on meanwhile."""

    member = "store.sqlite3"

    def write(self, home: Home, file: Path) -> None:
        """Copy the store, and let SQLite check the copy.

        Raises:
            InputError: the copy is damaged, as the store is.
        """
        with closing(sqlite3.connect(home.store)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)
            found = target.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise InputError([Fault(f"The store is damaged: {found}. Restore a backup.", str(home.store))])

    def restore(self, file: Path, home: Home) -> None:
        """Move the copy to its place, or what is in it into the database."""
        if home.config().database:
            moving.move_in(file)
            file.unlink()
        else:
            file.replace(home.store)


class PostgresqlSnapshot:
    """PostgreSQL, by pg_dump: it reads one moment of the database, and nobody waits for it."""

    member = "store.dump"

    def write(self, home: Home, file: Path) -> None:
        """Copy the tables of the store.

        Raises:
            RefusedError: pg_dump is not here, or failed; the message says what to do.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(current_schema())")
            schema = cursor.fetchone()[0]
        quoted = connection.ops.quote_name
        tables = [f"{schema}.{quoted(name)}" for name in connection.introspection.table_names()]
        tools.dump(home.config().database, tables, file)

    def restore(self, file: Path, home: Home) -> None:
        """Bring the tables back, whole or not at all.

        Raises:
            RefusedError: pg_restore is not here, or failed; the message says what to do.
        """
        tools.restore(file, home.config().database)
        file.unlink()


SNAPSHOTS: Mapping[str, Snapshot] = {"sqlite": SqliteSnapshot(), "postgresql": PostgresqlSnapshot()}


def snapshot_of(kind: str) -> Snapshot:
    """How a kind of store is copied.

    Raises:
        RefusedError: no way is known here.
    """
    if kind not in SNAPSHOTS:
        raise RefusedError(f"A store of {kind} is not backed up by this command; use that store's own tools.")
    return SNAPSHOTS[kind]


def kind_in_use() -> str:
    """The kind of the store that this node uses."""
    return connection.vendor
