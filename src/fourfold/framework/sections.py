"""The sections of a framework file that hold no conditions: levels, passages, criteria, notes."""

import re
from collections.abc import Callable, Collection, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from fourfold.canon import DIGEST, Faults, Located, remedy_for, shown
from fourfold.framework.levels import Level
from fourfold.framework.parts import Aggregation, Criterion, LevelText, Note, Passage

IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
T = TypeVar("T")


class Sections:
    """Reads sections and notes what is wrong with them; what it returns then is harmless."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def identifier(self, at: Located | None) -> str:
        """A name that programs use: small letters and digits, joined by hyphens or underscores."""
        text = self.faults.text(at)
        if text and not IDENTIFIER.fullmatch(text):
            remedy = "Use small letters and digits, joined by - or _."
            self.faults.add(at, f"{shown(text)} is no identifier.", remedy)
        return text

    def keyed(self, at: Located | None, what: str, read: Callable[[str, Located], T]) -> dict[str, T]:
        """A list of mappings, each with an `id` of its own."""
        found = {}
        names = []
        for item in self.faults.items(at, least=1):
            name = self._id_of(item)
            names.append((name, item))
            found[name] = read(name, item)
        self.faults.unique(names, what)
        return found

    def _id_of(self, item: Located) -> str:
        members = item.value if isinstance(item.value, dict) else {}
        return self.identifier(members.get("id"))

    def references(self, at: Located | None, known: Collection[str], what: str) -> tuple[str, ...]:
        """A list of ids, each of which must be known and given once."""
        items = self.faults.items(at, least=1)
        texts = [(self.faults.text(item), item) for item in items]
        self.faults.unique(texts, what)
        for text, item in texts:
            if text and text not in known:
                self.faults.add(item, f"There is no {what} {shown(text)}.", remedy_for(text, known))
        return tuple(text for text, _ in texts if text in known)

    def levels(self, at: Located | None, passages: Mapping[str, Passage]) -> Mapping[Level, LevelText]:
        """What each of the four levels means."""
        members = self.faults.mapping(at, required=[level.value for level in Level])
        return MappingProxyType({Level(name): self._level(each, passages) for name, each in members.items()})

    def _level(self, at: Located, passages: Mapping[str, Passage]) -> LevelText:
        members = self.faults.mapping(at, required=("title", "text", "passages"))
        return LevelText(
            self.faults.text(members.get("title")),
            self.faults.text(members.get("text")),
            self.references(members.get("passages"), passages, "passage"),
        )

    def passages(self, at: Located | None) -> dict[str, Passage]:
        """The places in the source that everything else refers to."""
        return self.keyed(at, "passage", self._passage)

    def _passage(self, name: str, at: Located) -> Passage:
        keys = ("id", "ref", "lines", "digest")
        members = self.faults.mapping(at, required=keys, optional=("column", "gist"))
        lines = self._lines(members.get("lines"))
        column = self._counted(members["column"]) if "column" in members else None
        if "column" not in members and "gist" not in members:
            self.faults.add(at, 'The key "gist" is missing.', "Say in one line what the passage says.")
        return Passage(
            name,
            self.faults.text(members.get("ref")),
            lines,
            column,
            self._digest(members.get("digest")),
            self.faults.text(members.get("gist")),
        )

    def _lines(self, at: Located | None) -> tuple[int, ...]:
        items = self.faults.items(at, least=1)
        lines = tuple(self._counted(item) for item in items)
        if any(later <= earlier for earlier, later in pairwise(lines)):
            self.faults.add(at, "The lines are not in rising order.", "Name each line once, in order.")
        return lines

    def _counted(self, at: Located) -> int:
        number = self.faults.whole_number(at)
        if isinstance(at.value, int) and not isinstance(at.value, bool) and number < 1:
            self.faults.add(at, "Lines and columns count from 1.")
        return number

    def _digest(self, at: Located | None) -> str:
        text = self.faults.text(at)
        if text and not DIGEST.fullmatch(text):
            remedy = 'Write "sha256:" and 64 small hexadecimal digits.'
            self.faults.add(at, f"{shown(text)} is no digest.", remedy)
        return text

    def criteria(self, at: Located | None, passages: Mapping[str, Passage]) -> dict[str, Criterion]:
        """The questions, with their scales."""

        def read(name: str, item: Located) -> Criterion:
            keys = ("id", "title", "question", "scale", "aggregation", "passages")
            members = self.faults.mapping(item, required=keys)
            words = [each.value for each in Aggregation]
            word = self.faults.choice(members.get("aggregation"), words, "aggregation")
            return Criterion(
                name,
                self.faults.text(members.get("title")),
                self.faults.text(members.get("question")),
                self._scale(members.get("scale")),
                Aggregation(word or "shared"),
                self.references(members.get("passages"), passages, "passage"),
            )

        return self.keyed(at, "criterion", read)

    def _scale(self, at: Located | None) -> tuple[str, ...]:
        """Two to eight values, lowest first."""
        items = self.faults.items(at, least=2)
        texts = [(self.identifier(item), item) for item in items]
        self.faults.unique(texts, "value")
        if len(items) > MOST_VALUES:
            self.faults.add(at, f"A scale has at most {MOST_VALUES} values.", "Join some of them.")
        return tuple(text for text, _ in texts[:MOST_VALUES])

    def notes(self, at: Located | None, passages: Mapping[str, Passage]) -> tuple[Note, ...]:
        """Texts that decide nothing; the section may be absent."""

        def read(name: str, item: Located) -> Note:
            members = self.faults.mapping(item, required=("id", "text", "passages"))
            text = self.faults.text(members.get("text"))
            return Note(name, text, self.references(members.get("passages"), passages, "passage"))

        return tuple(self.keyed(at, "note", read).values()) if at else ()


MOST_VALUES = 8
"""The most values of a scale: every set of them has an entry of its own in memory."""
