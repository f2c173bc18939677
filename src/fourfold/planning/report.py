"""What the framework makes of a plan: one assessment for each activity."""

from dataclasses import dataclass
from typing import Any

from fourfold.framework import Assessment, Framework, assess
from fourfold.planning.plan import Plan, PlannedActivity


@dataclass(frozen=True, slots=True)
class ActivityReport:
    """An activity as planned, beside its assessment."""

    planned: PlannedActivity
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Report:
    """All activities of a plan, assessed under one reading."""

    plan: Plan
    activities: tuple[ActivityReport, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as plain data: each activity in the shape that `recommend` gives."""
        return {
            "title": self.plan.title,
            "date": self.plan.dated.isoformat() if self.plan.dated else None,
            "institutions": [profile.id for profile in self.plan.institutions],
            "activities": [
                {"activity": each.planned.id, **each.assessment.to_json()} for each in self.activities
            ],
        }


def report(plan: Plan, framework: Framework, reading: str | None = None) -> Report:
    """Assesses every activity of a plan; None is the framework's default reading.

    Raises:
        InputError: the framework has no such reading.
    """
    return Report(plan, tuple(assessed(each, framework, reading) for each in plan.activities))


def assessed(planned: PlannedActivity, framework: Framework, reading: str | None = None) -> ActivityReport:
    """One activity with its assessment."""
    return ActivityReport(planned, assess(framework, planned.said(), reading))
