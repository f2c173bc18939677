"""Moving a store from SQLite into PostgreSQL: every row of every table, in one transaction.

The copy is brought to the form of this release first, so that both sides have the same tables and columns.
Values go over as they are: keys, bytes, moments. What Django itself put into the new tables is replaced.
"""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import DataError, IntegrityError, connection, connections, transaction

from fourfold.errors import RefusedError
from fourfold.node.boot import migrate, take_steps
from fourfold.node.database import sqlite

_COPY = "copy"
_BATCH = 1000


def move_in(file: Path) -> None:
    """Bring all that a SQLite store holds into the node's own, empty PostgreSQL database.

    Raises:
        RefusedError: PostgreSQL does not take a value that SQLite took.
    """
    connections.settings[_COPY] = {**connections.settings["default"], **sqlite(file)}
    try:
        take_steps(_COPY)
        migrate()
        with transaction.atomic():
            _move()
    except (DataError, IntegrityError) as error:
        said = " ".join(str(error).split())
        raise RefusedError(f"PostgreSQL does not take a value of this store: {said}") from error
    finally:
        connections[_COPY].close()
        del connections[_COPY], connections.settings[_COPY]


def _move() -> None:
    models = apps.get_models(include_auto_created=True)
    tables = [model._meta.db_table for model in models]  # noqa: SLF001  Django's documented interface
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), tables):
            cursor.execute(statement)
        for model in models:
            _move_table(cursor, model)
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _move_table(cursor: Any, model: Any) -> None:
    fields = model._meta.concrete_fields  # noqa: SLF001  Django's documented interface
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    rows = model._base_manager.using(_COPY).values_list(*(field.attname for field in fields))  # noqa: SLF001  the same interface
    with cursor.copy(f"COPY {quoted(model._meta.db_table)} ({columns}) FROM STDIN") as copy:  # noqa: SLF001  the same interface
        for row in rows.iterator(chunk_size=_BATCH):
            pairs = zip(fields, row, strict=True)
            copy.write_row([field.get_db_prep_save(value, connection) for field, value in pairs])
