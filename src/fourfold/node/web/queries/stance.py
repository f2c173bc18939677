"""Who is at the table, and what each has said: the material of the matrix and of the activity pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from fourfold.framework import Level
from fourfold.planning import PlannedActivity, PlannedSlice


@dataclass(frozen=True, slots=True)
class PartyView:
    """An institution as pages call it; `key` is how answers call it, `short` fits a table column."""

    key: str
    name: str
    short: str
    own: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """One slice of an agreement that is in force."""

    activity: str
    slice: str
    level: Level
    digest: str
    title: str


@dataclass(frozen=True, slots=True)
class Stance:
    """Everything that was said about activities with one counterpart, and what is agreed with it.

    `activities` lacks those that nobody has answered. `progress` says by activity how far the joint
    assessment is; it is empty where that is finished.
    """

    parties: tuple[PartyView, ...]
    activities: Mapping[str, PlannedActivity]
    agreed: tuple[Agreed, ...]
    progress: Mapping[str, str]

    def planned(self, activity: str) -> PlannedActivity:
        """What was answered for an activity; where nobody has, one slice in which all is unknown."""
        nothing = PlannedSlice("", {party.key: {} for party in self.parties})
        return self.activities.get(activity) or PlannedActivity(activity, (nothing,))

    def agreed_on(self, activity: str) -> tuple[Agreed, ...]:
        """What is in force for one activity."""
        return tuple(each for each in self.agreed if each.activity == activity)

    def party(self, key: str) -> PartyView | None:
        """The institution of that key."""
        return next((party for party in self.parties if party.key == key), None)

    def short(self, key: str) -> str:
        """How a table column calls it; a party that answered and is not at the table keeps its key."""
        party = self.party(key)
        return party.short if party else key
