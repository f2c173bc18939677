"""Institutions side by side: which functions and facts they share, and in which they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fourfold.institutions.profile import Fact, Function, Profile, Said, Statement


class Kinship(Enum):
    """How several institutions stand to one another on one topic."""

    SHARED = "shared"
    DIFFERING = "differing"
    ONLY_ONE = "only-one"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """One topic over all institutions; `said` is in the order of the profiles compared."""

    topic: Function | Fact
    said: tuple[Statement, ...]

    @property
    def kinship(self) -> Kinship:
        """Shared, differing, only one, none, or not known of everybody.

        Two that do the same with another focus, or one in practice and one so far by mandate, differ.
        """
        words = [statement.said for statement in self.said]
        if Said.UNKNOWN in words:
            return Kinship.UNKNOWN
        doing = words.count(Said.YES)
        if doing == 0:
            return Kinship.NONE
        if doing == 1 and len(words) > 1:
            return Kinship.ONLY_ONE
        ways = {(statement.said, statement.nuance, statement.focus) for statement in self.said}
        return Kinship.SHARED if len(ways) == 1 else Kinship.DIFFERING


@dataclass(frozen=True, slots=True)
class Comparison:
    """Any number of institutions compared: functions first, then the facts that bear on release."""

    profiles: tuple[Profile, ...]
    functions: tuple[Row, ...]
    facts: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """The comparison as plain data, with the source of each statement."""
        institutions = [
            {"id": profile.id, "name": profile.name, "jurisdiction": profile.jurisdiction}
            for profile in self.profiles
        ]
        return {
            "institutions": institutions,
            "functions": [self._row(row) for row in self.functions],
            "facts": [self._row(row) for row in self.facts],
        }

    def _row(self, row: Row) -> dict[str, Any]:
        said = {
            profile.id: {
                "said": statement.said.value,
                "nuance": statement.nuance.value if statement.nuance else None,
                "focus": statement.focus,
                "source": statement.source,
            }
            for profile, statement in zip(self.profiles, row.said, strict=True)
        }
        return {"id": row.topic.value, "text": row.topic.text, "kinship": row.kinship.value, "said": said}


def compare(profiles: Sequence[Profile]) -> Comparison:
    """The table of functions and facts by institution (the brief's own has two columns, L65-L72)."""
    return Comparison(
        tuple(profiles),
        tuple(Row(topic, tuple(profile.on(topic) for profile in profiles)) for topic in Function),
        tuple(Row(topic, tuple(profile.on(topic) for profile in profiles)) for topic in Fact),
    )
