"""A value from a document, with the place where it stands: what lets a message name line and field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fourfold.canon.characters import printable

type_names = {dict: "a mapping", list: "a list", str: "text", bool: "true or false"}
PLAIN_KEY = re.compile(r"[^\W\d][\w-]*")
LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A path as a chain of steps, so that a value holds one step and not the whole path."""

    step: str | int
    parent: "Place | None" = None

    def __str__(self) -> str:
        """`activities[2].answers.AISI.sens`; a key that is no plain word is quoted in brackets."""
        return "".join(reversed([_written(place) for place in self._upwards()]))

    def _upwards(self) -> Iterator["Place"]:
        place: Place | None = self
        while place is not None:
            yield place
            place = place.parent


@dataclass(frozen=True, slots=True)
class Located:
    """One value of a document: plain data, its line (from 1) and its path (empty: the whole document).

    A member of a mapping stands where its key stands, which is where a reader would look for it.
    """

    value: "str | bool | int | float | dict[str, Located] | list[Located] | None"
    line: int
    place: Place | None = None

    @property
    def path(self) -> str:
        """The path as users read it."""
        return str(self.place) if self.place else ""

    def plain(self) -> "object":
        """The value without its places: str, bool, int, float, None, dict and list."""
        if isinstance(self.value, dict):
            return {key: member.plain() for key, member in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value


def shown(text: str) -> str:
    """A piece of an input as it may stand in a message: quoted, on one line, never long."""
    cut = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return f'"{printable(cut)}"'


def described(value: object) -> str:
    """What kind of value stands there, for a message that wanted another."""
    if value is None:
        return "nothing"
    if type(value) in type_names:
        return type_names[type(value)]
    return "a number"


def _written(place: Place) -> str:
    if isinstance(place.step, int):
        return f"[{place.step}]"
    if PLAIN_KEY.fullmatch(place.step) and len(place.step) <= LONGEST_SHOWN:
        return f".{place.step}" if place.parent else place.step
    return f"[{shown(place.step)}]"
