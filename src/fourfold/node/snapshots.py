"""Copies of a store while it is in use: one way for each kind of store.

Another store needs one more `Snapshot` in `SNAPSHOTS` (PostgreSQL: pg_dump and pg_restore); a backup names
the kind that wrote it, and is restored by the same.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

from django.db import connection

from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node.home import Home


class Snapshot(Protocol):
    """A kind of store that can be copied consistently while it is written to."""

    member: str
    """The name of the copy in a backup."""

    def write(self, home: Home, file: Path) -> None:
        """Copy the store of a node into a file that does not exist yet."""
        ...

    def restore(self, file: Path, home: Home) -> None:
        """Make the copy in a file the store of a home that has none yet."""
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
        """Move the copy to its place."""
        file.replace(home.store)


SNAPSHOTS: Mapping[str, Snapshot] = {"sqlite": SqliteSnapshot()}


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
