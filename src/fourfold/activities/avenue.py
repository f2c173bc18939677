"""An avenue: one activity at one level, as the brief's table suggests it and this software carries it out."""

from dataclasses import dataclass

from fourfold.framework import Avenue as Idea
from fourfold.framework import Framework, Level


@dataclass(frozen=True, slots=True)
class Avenue:
    """One cell of the table that can be carried out.

    Its title and its passage stand in the framework's data file, under the same activity and level.
    `kinds` are the kinds of record that it moves; `starts` says who may begin; `withheld` what does not
    pass unless the agreement says so expressly.
    """

    activity: str
    level: Level
    kinds: tuple[str, ...]
    starts: str
    withheld: str

    def idea(self, framework: Framework) -> Idea:
        """What the framework's source suggests for this cell: title in our words, passage."""
        return framework.activities[self.activity].avenues[self.level]
