"""Collaboration: one common registry, whose entries both sides contribute to and sign."""

from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import Field

from fourfold.activities.avenue import Avenue
from fourfold.activities.incident_reporting.records import (
    ACTIVITY,
    LONGEST,
    Country,
    RegisterId,
    Severity,
    Source,
    Text,
    When,
)
from fourfold.canon import canonical_bytes
from fourfold.framework import Level
from fourfold.protocols.collaboration import PART, Contribution
from fourfold.records.kinds import Kind

_TOGETHER = ("countries", "sources")


class RegistryContribution(Contribution):
    """What one party adds to an entry of the common registry.

    Of title, account and date the entry has one, and who writes it later rewrites it for both: all sign the
    outcome. Countries and sources are put together. The names in each side's registers, its grades of
    severity and its remark stand side by side under its name, and are never merged or converted; a party's
    later one replaces its own earlier one.
    """

    WHOLE: ClassVar[str] = "Entry of the common registry"
    SINGLE: ClassVar[tuple[str, ...]] = ("title", "what_happened", "date")
    OWN: ClassVar[tuple[str, ...]] = ("registers", "severity", "remark")

    title: Text | None = Field(default=None, min_length=1, max_length=500)
    what_happened: Text | None = Field(default=None, min_length=1, max_length=LONGEST)
    date: When | None = None
    countries: tuple[Country, ...] | None = Field(default=None, max_length=250)
    sources: tuple[Source, ...] | None = Field(default=None, max_length=200)
    registers: tuple[RegisterId, ...] | None = Field(default=None, max_length=50)
    severity: tuple[Severity, ...] | None = Field(default=None, max_length=50)
    remark: Text | None = Field(default=None, min_length=1, max_length=5_000)

    @classmethod
    def combined(cls, contributions: tuple[Contribution, ...]) -> dict[str, Any]:
        """The entry that contributions come to, given in the order of their revisions."""
        given = [(each.author, each.content()) for each in contributions]
        entry: dict[str, Any] = {}
        for name in cls.SINGLE:
            written = [content[name] for _, content in given if name in content]
            entry |= {name: written[-1]} if written else {}
        for name in _TOGETHER:
            found = [item for _, content in given for item in content.get(name, ())]
            entry |= {name: _each_once(found)} if any(name in content for _, content in given) else {}
        for name in cls.OWN:
            by_party = {author: content[name] for author, content in given if name in content}
            entry |= {name: by_party} if by_party else {}
        return entry


def _each_once(items: Iterable[Any]) -> list[Any]:
    """The items in one order, whoever named them first."""
    return [found for _, found in sorted({canonical_bytes(item): item for item in items}.items())]


ENTRY = Kind(
    "registry_contribution", "Contribution to a registry entry", Level.COLLABORATION, RegistryContribution
)

AVENUE = Avenue(
    activity=ACTIVITY,
    level=Level.COLLABORATION,
    kinds=(ENTRY.id, PART.id),
    starts="an incident analyst of either institution",
    withheld="nothing: what is drafted together travels whole; notes stay in one's own records",
)
