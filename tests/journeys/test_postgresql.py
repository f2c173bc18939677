"""The whole path on PostgreSQL: each node in a database of its own, answered for by two processes."""

import private_postgresql
import psycopg
import pytest

from fourfold.demo.path import PATH
from fourfold.demo.stage import Stage

pytestmark = pytest.mark.slow


def test_two_nodes_on_postgresql_with_two_processes_each_walk_the_whole_path(
    stage: Stage, postgresql: private_postgresql.Server
) -> None:
    for side in stage.sides:
        side.database, side.workers = postgresql.make(f"path_{side.holder}"), 2
        (side.home / "store.sqlite3").unlink(missing_ok=True)  # made ready for the other tests
    for step in PATH:
        assert list(step.run(stage)), step.name
    for side in stage.sides:
        assert not (side.home / "store.sqlite3").exists()
        with psycopg.connect(side.database) as connection:
            served = "SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE datname = current_database()"
            assert connection.execute(served).fetchone()[0] > 1
