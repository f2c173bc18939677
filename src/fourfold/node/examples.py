"""Example incidents that a demonstration brings along; a real node has none."""

from collections.abc import Callable, Iterable

from fourfold.errors import RefusedError
from fourfold.node.actions.import_incidents import Import, ImportReport, import_incidents

_providers: list[Callable[[], Iterable[Import]]] = []


def provide(provider: Callable[[], Iterable[Import]]) -> None:
    """Say where this process gets example incidents from."""
    _providers[:] = [provider]


def available() -> bool:
    """Whether there are any."""
    return bool(_providers)


def import_examples(actor: str) -> ImportReport:
    """Import the examples; those that are here already stay as they are.

    Raises:
        RefusedError: this node has none.
    """
    if not _providers:
        raise RefusedError("This node has no example incidents: it is no demonstration.")
    return import_incidents(_providers[0](), actor)
