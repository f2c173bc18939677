"""A framework as data; nothing in it is specific to one brief, since it comes from a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fourfold.framework.levels import Level
from fourfold.framework.parts import (
    Activity,
    Condition,
    Criterion,
    LevelText,
    Note,
    Passage,
    Reading,
    RuleOut,
    TimingRule,
)
from fourfold.framework.rules import Rules


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework for deciding levels of engagement, with the digest of its content.

    `unsettled` is what to say when no level is supported. `rules` are the same conditions made fast, one
    set for each reading.
    """

    id: str
    version: str
    title: str
    about: str
    unsettled: str
    digest: str
    default_reading: str
    levels: Mapping[Level, LevelText] = field(repr=False)
    passages: Mapping[str, Passage] = field(repr=False)
    criteria: Mapping[str, Criterion] = field(repr=False)
    readings: Mapping[str, Reading] = field(repr=False)
    rule_outs: tuple[RuleOut, ...] = field(repr=False)
    timing: TimingRule | None = field(repr=False)
    warnings: tuple[Condition, ...] = field(repr=False)
    caveats: tuple[Note, ...] = field(repr=False)
    context: tuple[Note, ...] = field(repr=False)
    activities: Mapping[str, Activity] = field(repr=False)
    rules: Mapping[str, Rules] = field(repr=False, compare=False)

    def refs(self, passages: tuple[str, ...]) -> tuple[str, ...]:
        """How users cite these passages."""
        return tuple(self.passages[passage].ref for passage in passages)
