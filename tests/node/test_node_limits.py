"""Tries to sign in are counted by all processes of a node together, in the store."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from real_node import RealNode

PASSWORD = "correct horse battery"
WRONG = "a wrong guess"
BEGIN = 1_800_000_000.0
"""When the processes try, by the clock that they are given: how fast the machine is does not matter."""


@pytest.fixture(params=["sqlite", "postgresql"])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> RealNode:
    """A node of its own, on either store."""
    made = RealNode("Counting", tmp_path / "node")
    if request.param == "postgresql":
        made.database = request.getfixturevalue("postgresql").make(f"counting_{made.port}")
    made.create()
    return made


@pytest.mark.slow
def test_a_process_knows_the_tries_that_another_one_counted(node: RealNode) -> None:
    node.do("account", name="ada", password=PASSWORD)
    assert node.do("try_sign_in", name="ada", passwords=[WRONG] * 3, at=BEGIN) == [200] * 3
    assert node.do("try_sign_in", name="ada", passwords=[WRONG] * 3, at=BEGIN) == [200, 200, 429]
    assert node.do("try_sign_in", name="ada", passwords=[PASSWORD], at=BEGIN + 599) == [429]
    assert node.do("try_sign_in", name="ada", passwords=[PASSWORD], at=BEGIN + 600) == [302]


@pytest.mark.slow
def test_processes_that_try_at_once_are_let_try_no_more_often_together(node: RealNode) -> None:
    node.do("account", name="ada", password=PASSWORD)
    with ThreadPoolExecutor(2) as pool:
        tries = pool.map(
            lambda _one: node.do("try_sign_in", name="ada", passwords=[WRONG] * 4, at=BEGIN), range(2)
        )
        answers = [status for each in tries for status in each]
    assert 1 <= answers.count(200) <= 5
    assert set(answers) == {200, 429}
