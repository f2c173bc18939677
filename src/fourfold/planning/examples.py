"""Two plans to begin with: the brief's own activities argued from the brief, and a blank one."""

from importlib.resources import files

from fourfold.framework import Criterion, Framework

HEAD = """\
# A plan. Fill in what your institution answers; what you leave out is unknown, never "no".
#
#   fourfold plan check THIS-FILE    says what is wrong with it
#   fourfold plan show THIS-FILE     draws the matrix
#
# An answer is a value, a list of values that are still possible, or either with its evidence:
#   sens: low
#   sens: [none, minimal]
#   sens: {value: low, because: "...", source: "...", date: 2025-03-31}
# Where parts of an activity differ, divide it (each part may hold common answers and each side's own):
#   - id: ID
#     slices:
#       - name: public results
#         common: {know: yes}
#         answers: {A: {sens: none}, B: {}}
#
# The criteria:
"""


def example_plan() -> str:
    """The shipped example: 15 activities and two institutions, argued from the brief alone."""
    return (files("fourfold.planning") / "data" / "example-plan.yaml").read_text(encoding="utf-8")


def blank_plan(framework: Framework) -> str:
    """A commented plan without answers, with every activity and criterion of a framework."""
    criteria = "".join(_criterion(criterion) for criterion in framework.criteria.values())
    activities = "".join(
        f"  # {activity.title}\n  - id: {activity.id}\n    answers: {{A: {{}}, B: {{}}}}\n"
        for activity in framework.activities.values()
    )
    return (
        f"{HEAD}{criteria}"
        f"schema: fourfold.plan/1\nframework: {framework.id}\ntitle: Our plan\n"
        "institutions:\n  A: {name: Our institution}\n  B: {name: Their institution}\n"
        f"activities:\n{activities}"
    )


def _criterion(criterion: Criterion) -> str:
    return f"#   {criterion.id:<10}{criterion.question}\n#   {'':<10}{', '.join(criterion.scale)}\n"
