"""Short ways to say answers in the tests of the framework."""

from collections.abc import Callable

import pytest

from fourfold.framework import Framework, Level, shipped

Said = dict[str, frozenset[str]]

NO_OBSTACLE = {
    "sens": "minimal",
    "risk": "minimal",
    "infosec": "no",
    "prop": "no",
    "priodiff": "no",
    "lowvalue": "no",
    "political": "no",
    "autonomy": "no",
}


@pytest.fixture(scope="session")
def brief() -> Framework:
    return shipped()


@pytest.fixture(scope="session")
def say() -> Callable[..., Said]:
    """`say("sens=low interop=important|top")`: one party's answers; `clear=True` adds "no obstacle"."""

    def answers(text: str = "", *, clear: bool = False) -> Said:
        pairs = dict(pair.split("=") for pair in text.split())
        return {
            name: frozenset(value.split("|"))
            for name, value in {**(NO_OBSTACLE if clear else {}), **pairs}.items()
        }

    return answers


@pytest.fixture(scope="session")
def closer() -> list[Level]:
    return [level for level in Level if level is not Level.SEPARATION]
