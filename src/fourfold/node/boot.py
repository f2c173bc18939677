"""Making Django ready for one node; nothing else of the command line needs Django."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fourfold.errors import RefusedError
from fourfold.node.guarding import keep_to_ourselves

ENVIRONMENT = "FOURFOLD_HOME"
_LOCK = 0x666F7572666F6C64
"""The number under which PostgreSQL keeps apart who brings a store to the present form: "fourfold"."""


def boot(home: Path) -> None:
    """Set up Django for the node in `home`; once in a process. What it writes is its user's alone.

    Raises:
        InputError: no node lives there, or its settings are wrong.
    """
    keep_to_ourselves()
    os.environ[ENVIRONMENT] = str(home.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "fourfold.node.settings"
    import django

    django.setup()


def migrate() -> None:
    """Bring the store to the present form; safe to repeat, and at once from several processes.

    Raises:
        RefusedError: the database cannot be reached.
    """
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        said = " ".join(str(error).split())
        raise RefusedError(
            f"The store cannot be opened: {said} Check that the database runs, and `database` in node.toml."
        ) from error
    with _alone():
        if pending():
            take_steps()


def pending() -> tuple[str, ...]:
    """The steps that bring the store to the present form; none, if it has it.

    Asked first, as taking none of them builds the state of every step all the same.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def take_steps(store: str = "default") -> None:
    """Bring a store that is open to the present form, whoever else may do so too; `migrate` does it alone.

    The libraries' tables come first, then ours: their steps are many, and each builds anew what refers to it.
    Rows about Django's own permissions and kinds of content, which no node asks for, are not made.
    """
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    for ours in (False, True):
        executor = MigrationExecutor(connections[store])
        executor.loader.check_consistent_history(connections[store])
        last = executor.loader.graph.leaf_nodes()
        executor.migrate([each for each in last if (each[0] == "node") is ours])


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: two that create the same table would both fail. Let go of if a process dies."""
    import fcntl

    from django.conf import settings
    from django.db import connection

    if connection.vendor != "postgresql":
        with (settings.HOME.path / "migrate.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
