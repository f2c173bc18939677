"""The frameworks that come with the package."""

from functools import cache
from importlib.resources import files

from fourfold.canon import remedy_for, shown
from fourfold.errors import NotFoundError
from fourfold.framework.loader import load_framework
from fourfold.framework.model import Framework

_DATA = files("fourfold.framework") / "data"


def shipped_names() -> tuple[str, ...]:
    """The names of the shipped frameworks, the brief's first."""
    names = sorted(each.name.removesuffix(".yaml") for each in _DATA.iterdir() if each.name.endswith(".yaml"))
    return tuple(sorted(names, key=lambda name: name != "brief-2025"))


@cache
def shipped(name: str = "brief-2025") -> Framework:
    """A shipped framework by its name.

    Raises:
        NotFoundError: there is none of that name.
    """
    file = f"{_named(name)}.yaml"
    return load_framework((_DATA / file).read_bytes(), file=file)


def shipped_text(name: str = "brief-2025") -> str:
    """The file of a shipped framework, as it is written, for somebody to begin another one with.

    Raises:
        NotFoundError: there is none of that name.
    """
    return (_DATA / f"{_named(name)}.yaml").read_text(encoding="utf-8")


def shipped_source(name: str) -> str | None:
    """The source text of a shipped framework, where it comes with the package; the brief's does not."""
    source = _DATA / f"{name}.txt"
    return source.read_text(encoding="utf-8") if name in shipped_names() and source.is_file() else None


def _named(name: str) -> str:
    if name not in shipped_names():
        message = f"No framework {shown(name)} comes with this package. {remedy_for(name, shipped_names())}"
        raise NotFoundError(message)
    return name
