"""What the tests on several nodes share: the nodes (tests/network.py), joined and agreed as asked for."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def load() -> ModuleType:
    """The module that runs several nodes in one process; it boots Django, so that pytest-django finds it."""
    spec = importlib.util.spec_from_file_location(
        "several_nodes", Path(__file__).resolve().parents[1] / "network.py"
    )
    assert spec
    assert spec.loader
    module = sys.modules["several_nodes"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NODES = load()


@pytest.fixture
def several() -> ModuleType:
    """What tests/network.py defines: terms of a slice, texts."""
    return NODES


@pytest.fixture(scope="session")
def institutions(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> tuple[Any, Path]:
    """The keys of three institutions, and an empty store to copy."""
    del django_db_setup  # asked for, so that nothing touches the store of the settings
    folder = tmp_path_factory.mktemp("institutions")
    with django_db_blocker.unblock():
        return NODES.make_keys(folder), NODES.make_template(folder)


@pytest.fixture(autouse=True, scope="session")
def passphrases(institutions: tuple[Any, Path]) -> Iterator[None]:
    """The keys of all institutions can be opened."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("FOURFOLD_PASSPHRASE_FILE", "FOURFOLD_INSTITUTION_PASSPHRASE_FILE"):
            patch.setenv(variable, str(institutions[1].parent / "passphrase"))
        yield


@pytest.fixture
def network(institutions: tuple[Any, Path], tmp_path: Path, django_db_blocker: Any) -> Iterator[Any]:
    """Three real nodes in this process, each with an empty store; none has joined another yet."""
    keys, template = institutions
    with django_db_blocker.unblock():
        made = NODES.Network(keys, template, tmp_path)
        yield made
        made.end()


@pytest.fixture(scope="session")
def chained(institutions: tuple[Any, Path], tmp_path_factory: Any, django_db_blocker: Any) -> Path:
    """The stores of three nodes of which the first and third do not know each other; made once."""
    keys, template = institutions
    with django_db_blocker.unblock():
        made = NODES.Network(keys, template, tmp_path_factory.mktemp("chain"))
        first, middle, last = made.nodes
        for one, other in ((first, middle), (middle, last)):
            made.join(one, other)
            made.agree(one, other)
        saved: Path = made.save(tmp_path_factory.mktemp("chained"))
        made.end()
    return saved


@pytest.fixture
def chain(
    institutions: tuple[Any, Path], chained: Path, tmp_path: Path, django_db_blocker: Any
) -> Iterator[Any]:
    """Three nodes in a row, with an agreement on incident reporting between any two neighbours."""
    with django_db_blocker.unblock():
        made = NODES.Network(institutions[0], chained, tmp_path)
        yield made
        made.end()


@pytest.fixture
def two(chain: Any) -> tuple[Any, Any]:
    """The first two of them."""
    one, other, _ = chain.nodes
    return one, other
