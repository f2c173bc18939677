"""An avenue: one activity at one level, as the brief's table suggests it and this software carries it out."""

from dataclasses import dataclass

from fourfold.framework import Level


@dataclass(frozen=True, slots=True)
class Avenue:
    """One cell of the table that can be carried out.

    Its title and its passage stand in the framework's data file under the same activity and level.
    `kinds` are the kinds of record that it moves; `starts` says who may begin; `withheld` what does not
    pass, whatever the agreement says.
    """

    activity: str
    level: Level
    kinds: tuple[str, ...]
    starts: str
    withheld: str
