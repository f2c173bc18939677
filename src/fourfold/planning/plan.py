"""A plan: who considers which activities, in which slices, and what each side has answered so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fourfold.framework import Slice
from fourfold.institutions import Profile


@dataclass(frozen=True, slots=True)
class Answer:
    """What one institution says on one criterion, why, and where that can be checked.

    `values` are those it holds possible, in the order of the scale; one value is a settled answer.
    """

    values: tuple[str, ...]
    because: str = ""
    source: str = ""
    dated: date | None = None

    def __str__(self) -> str:
        """As a reader would say it: `low`, or `none, minimal or low`."""
        *others, last = self.values
        return f"{', '.join(others)} or {last}" if others else last


@dataclass(frozen=True, slots=True)
class PlannedSlice:
    """A part of an activity: what is in it, the answers of each party, and context that decides nothing."""

    name: str
    answers: Mapping[str, Mapping[str, Answer]]
    about: str = ""
    context: tuple[tuple[str, str], ...] = ()

    def said(self) -> Slice:
        """The slice as the framework decides it."""
        return Slice(
            self.name,
            {
                party: {criterion: frozenset(answer.values) for criterion, answer in answers.items()}
                for party, answers in self.answers.items()
            },
        )


@dataclass(frozen=True, slots=True)
class PlannedActivity:
    """One of the framework's activities, in slices; undivided, it is one slice of its own name."""

    id: str
    slices: tuple[PlannedSlice, ...]
    about: str = ""

    def said(self) -> tuple[Slice, ...]:
        """All slices as the framework decides them."""
        return tuple(part.said() for part in self.slices)


@dataclass(frozen=True, slots=True)
class Plan:
    """A planning file as it stands; `dated` holds for every answer that has none of its own."""

    title: str
    institutions: tuple[Profile, ...]
    activities: tuple[PlannedActivity, ...]
    about: str = ""
    dated: date | None = None

    def activity(self, id_: str) -> PlannedActivity | None:
        """The activity of that id, if the plan has it."""
        return next((activity for activity in self.activities if activity.id == id_), None)
