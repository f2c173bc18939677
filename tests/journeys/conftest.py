"""A stage that is always cleared, whatever happened on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fourfold.demo.stage import Stage, free_ports, set_up


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = set_up(tmp_path, free_ports())
    yield made
    for side in made.sides:
        side.kill()
    made.stop()
