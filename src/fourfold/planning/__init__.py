"""A plan file for one user: institutions, activities, slices, each side's answers; and what follows."""

from fourfold.planning.examples import blank_plan, example_plan
from fourfold.planning.load import load_plan
from fourfold.planning.plan import Answer, Plan, PlannedActivity, PlannedSlice
from fourfold.planning.report import ActivityReport, Report, assessed, report

__all__ = [
    "ActivityReport",
    "Answer",
    "Plan",
    "PlannedActivity",
    "PlannedSlice",
    "Report",
    "assessed",
    "blank_plan",
    "example_plan",
    "load_plan",
    "report",
]
