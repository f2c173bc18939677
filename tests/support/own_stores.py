"""Stores of one's own beside the one that the tests of a node share: on the kind of store that is tested.

A store is named by a path. On SQLite that is its file; on PostgreSQL a database, whose name follows from it.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection as shared
from django.db import connections
from psycopg import sql


def connect(store: Path) -> Any:
    """A connection to a store; on SQLite the store is made by that, on PostgreSQL by `make`."""
    given = connections["default"]
    return type(given)({**given.settings_dict, "NAME": _name(store)}, "default")


def make(store: Path) -> None:
    """An empty store, without any table."""
    if shared.vendor == "postgresql":
        _administer("CREATE DATABASE {}", store)


def copy(source: Path, target: Path) -> None:
    """A store with all that another holds, to which nobody is connected."""
    if shared.vendor == "postgresql":
        _administer("CREATE DATABASE {1} TEMPLATE {0}", source, target)
    else:
        shutil.copyfile(source, target)


def settle(connection: Any) -> None:
    """Leave a store so that it can be copied: all in it, nobody connected. Its next use connects again."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def drop(store: Path) -> None:
    """Take a store away, to which nobody is connected."""
    if shared.vendor == "postgresql":
        _administer("DROP DATABASE IF EXISTS {}", store)
    else:
        store.unlink(missing_ok=True)


def holds(connection: Any, secret: bytes) -> bool:
    """Whether a store holds these bytes anywhere: in its file, or in any row of any table."""
    if connection.vendor == "sqlite":
        settle(connection)
        return secret in Path(connection.settings_dict["NAME"]).read_bytes()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            found = sql.SQL("SELECT 1 FROM {} row WHERE row::text LIKE ANY(%s) LIMIT 1")
            forms = [f"%{secret.decode()}%", f"%{secret.hex()}%"]  # bytes are shown in hexadecimal
            cursor.execute(found.format(sql.Identifier(table)), [forms])
            if cursor.fetchone():
                return True
    return False


def _name(store: Path) -> str:
    if shared.vendor == "postgresql":
        return f"own_{hashlib.sha256(str(store).encode()).hexdigest()[:20]}"
    return str(store)


def _administer(statement: str, *stores: Path) -> None:
    given = shared.settings_dict
    names = [sql.Identifier(_name(store)) for store in stores]
    with psycopg.connect(
        dbname="postgres", user=given["USER"], host=given["HOST"], autocommit=True
    ) as connection:
        connection.execute(sql.SQL(statement).format(*names))
