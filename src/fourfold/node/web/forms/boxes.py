"""The parts of a form: a labelled box for each thing that is asked, its hint, and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from fourfold.errors import Fault
from fourfold.node.web.queries.words import Word


class Shape(StrEnum):
    """How something is typed or chosen."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    SELECT = "select"
    RADIOS = "radios"
    TICKS = "ticks"
    PASSWORD = "password"  # noqa: S105  a kind of box, no secret
    FILE = "file"
    GROUPS = "groups"
    PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Option:
    """One of several things to choose."""

    value: str
    title: Word
    chosen: bool
    hint: Word = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One thing that is asked; `errors` say what is wrong with what was typed, `groups` hold more boxes."""

    name: str
    title: Word
    shape: Shape
    value: str = ""
    options: tuple[Option, ...] = ()
    hint: Word = ""
    errors: tuple[str, ...] = ()
    groups: tuple["Group", ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    autocomplete: str = "off"


@dataclass(frozen=True, slots=True)
class Group:
    """Several boxes that belong together, such as one of several sources."""

    title: Word
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a long form under a heading of its own; `folded` where nothing stands in what few need."""

    id: str
    title: Word
    boxes: tuple[Box, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of the summary on top of a form; `at` is the box that it leads to (empty: none)."""

    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, by the name of each box; without spaces at the ends, lines ending as in any text."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, given: QueryDict) -> "Typed":
        """What came with a request."""
        return cls({name: tuple(_plain(each) for each in given.getlist(name)) for name in given})

    def one(self, name: str) -> str:
        """What stands in a box; empty where nothing does."""
        return next(iter(self.values.get(name, ())), "")

    def many(self, name: str) -> tuple[str, ...]:
        """All that was ticked."""
        return self.values.get(name, ())

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of a box that say something."""
        return tuple(line.strip() for line in self.one(name).split("\n") if line.strip())

    def rows(self, name: str) -> int:
        """How many groups of that name were shown, blank ones included."""
        begun = (each.removeprefix(f"{name}-") for each in self.values if each.startswith(f"{name}-"))
        numbers = [int(found[0]) for each in begun if (found := _NUMBER.match(each))]
        return min(_MOST, max(numbers, default=-1) + 1)


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with what was typed, each with the name of its box (empty: the whole)."""

    found: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> "Faults":
        """Faults whose fields are the names of the boxes."""
        return cls(
            tuple((each.field, " ".join(filter(None, (each.message, each.remedy)))) for each in faults)
        )

    def at(self, name: str) -> tuple[str, ...]:
        """What is wrong with one box."""
        return tuple(dict.fromkeys(text for at, text in self.found if at == name))

    def summary(self, boxes: Iterable[Box]) -> tuple[Wrong, ...]:
        """All of it in the order of the form, and last what belongs to no box."""
        every = tuple(_every(boxes))
        told = [Wrong(f"{box.title}: {text}", box.name) for box in every for text in box.errors]
        known = {box.name for box in every}
        return (*told, *(Wrong(text, "") for at, text in self.found if at not in known))


NO_FAULTS = Faults()
CHOOSE = _("choose")
_MOST = 200
"""The most groups of one name that a form shows."""
_NUMBER = re.compile("[0-9]{1,3}(?=-)")


def select(
    name: str,
    title: Word,
    options: Iterable[tuple[str, Word]],
    chosen: str,
    *,
    blank: Word = CHOOSE,
    **more: object,
) -> Box:
    """A choice of one, or `blank`; a value that is none of the options stays among them: it is not lost."""
    known = dict(options)
    if chosen and chosen not in known:
        known[chosen] = chosen
    given = tuple(Option(value, text, value == chosen) for value, text in known.items())
    return Box(name, title, Shape.SELECT, chosen, (Option("", blank, not chosen), *given), **more)


def ticks(
    name: str, title: Word, options: Iterable[tuple[str, Word, Word]], chosen: Iterable[str], **more: object
) -> Box:
    """A choice of any number; each option is a value, its title and its hint."""
    ticked = set(chosen)
    given = [Option(value, text, value in ticked, hint) for value, text, hint in options]
    given += [Option(each, each, chosen=True) for each in sorted(ticked - {option.value for option in given})]
    return Box(name, title, Shape.TICKS, options=tuple(given), **more)


def _every(boxes: Iterable[Box]) -> Iterable[Box]:
    for box in boxes:
        yield box
        for group in box.groups:
            yield from _every(group.boxes)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
