"""Coordination: two definitions of an incident are laid side by side, limb by limb; the mapping is agreed."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, Field, model_validator

from fourfold.activities.avenue import Avenue
from fourfold.activities.incident_reporting.records import ACTIVITY, FROZEN, Address, Text
from fourfold.framework import Level
from fourfold.protocols.coordination import ANSWER, Proposal
from fourfold.records.kinds import Kind

MOST_ROWS = 200


class Relation(StrEnum):
    """How a limb of the first definition relates to one of the second.

    As in SKOS (section 10) and SSSOM: `broad` says that the second limb is the broader one, `narrow` that it
    is the narrower. `none` says that there is no counterpart, which is not the same as not having looked.
    """

    EXACT = "exact"
    CLOSE = "close"
    BROAD = "broad"
    NARROW = "narrow"
    RELATED = "related"
    NONE = "none"


class Regime(BaseModel):
    """A definition in force somewhere: its name, whose it is, where it is written."""

    model_config = FROZEN

    name: Text = Field(min_length=1, max_length=200)
    provision: Text | None = Field(default=None, max_length=200)
    url: Address | None = None


class Limb(BaseModel):
    """One row of a mapping: a limb of the first definition, how it relates, a limb of the second.

    Each limb stands in words that its own side would use. Where one is left out, the relation is `none`.
    `note` says what the relation hides: an "and" against an "or", a word such as "serious" on one side only.
    """

    model_config = FROZEN

    first: Text | None = Field(default=None, min_length=1, max_length=1_000)
    relation: Relation
    second: Text | None = Field(default=None, min_length=1, max_length=1_000)
    note: Text | None = Field(default=None, min_length=1, max_length=2_000)

    @model_validator(mode="after")
    def _a_gap_has_no_relation(self) -> Self:
        given = [limb for limb in (self.first, self.second) if limb is not None]
        if not given:
            raise ValueError("a row names a limb of at least one definition")
        if len(given) == 1 and self.relation is not Relation.NONE:
            raise ValueError(f"a limb without a counterpart has the relation none, not {self.relation}")
        return self


class DefinitionMapping(Proposal):
    """A mapping of two definitions of an incident that both sides are to read reports by.

    `first` and `second` are the two definitions; `rows` go through their limbs. No severity is converted.
    """

    first: Regime
    second: Regime
    rows: tuple[Limb, ...] = Field(min_length=1, max_length=MOST_ROWS)

    @model_validator(mode="after")
    def _no_row_twice(self) -> Self:
        seen: set[tuple[str | None, str | None]] = set()
        for place, row in enumerate(self.rows):
            if (row.first, row.second) in seen:
                raise ValueError(f"row {place + 1} relates the same two limbs as a row before it")
            seen.add((row.first, row.second))
        return self


MAPPING = Kind("definition_mapping", "Mapping of definitions", Level.COORDINATION, DefinitionMapping)

AVENUE = Avenue(
    activity=ACTIVITY,
    level=Level.COORDINATION,
    kinds=(MAPPING.id, ANSWER.id),
    starts="an incident analyst or a liaison officer of either institution",
    withheld="nothing: a text that is to be answered travels whole, or not at all",
)
