"""Stores in the form of the first release, and the way on from there by every step that was ever released."""

import os
import sys
from pathlib import Path

import warm
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

FIRST = ("node", "0001_first")


class Steps(MigrationLoader):
    """Each step as it was released: none that stands for several."""

    def load_disk(self) -> None:
        """Leave out the short way."""
        super().load_disk()
        self.disk_migrations = {key: each for key, each in self.disk_migrations.items() if not each.replaces}


def to_first(alias: str) -> None:
    """Bring an empty store to the form of the first release."""
    executor = MigrationExecutor(connections[alias])
    executor.loader = Steps(connections[alias])
    executor.migrate([FIRST])


def back_to_first() -> None:
    """Give the open node a store of the first release; of its rows only the one about itself remains."""
    table = Steps(None).project_state(FIRST).apps.get_model("node", "Node")
    (row,) = table.objects.values()
    _empty()
    to_first("default")
    table.objects.create(**row)


def _empty() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        return
    connection.close()
    for file in settings.HOME.path.glob("store.sqlite3*"):
        file.unlink()


def bring(home: Path) -> None:
    """The same for the node in this folder, in a process of its own."""
    done = warm.run(str(home), cwd=home, env={"PATH": os.environ["PATH"]}, program=__file__)
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    from fourfold.node.boot import boot

    boot(Path(sys.argv[1]))
    back_to_first()
