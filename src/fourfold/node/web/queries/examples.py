"""What the shipped example says of an activity, to begin with."""

from collections.abc import Mapping
from functools import cache

from fourfold.node.web.queries.deciding import framework
from fourfold.planning import Answer, Plan, PlannedSlice, example_plan, load_plan


@cache
def _shipped_example() -> Plan:
    return load_plan(example_plan(), file="example-plan.yaml", framework=framework())


def divided(activity: str) -> tuple[PlannedSlice, ...]:
    """The parts into which the example divides an activity."""
    planned = _shipped_example().activity(activity)
    return planned.slices if planned else ()


def example_of(activity: str, name: str) -> Mapping[str, Answer]:
    """What the shipped example answers for a part of this name, where it answers alike for both sides."""
    for part in divided(activity):
        if part.name == name:
            first, *others = part.answers.values()
            return {id_: said for id_, said in first.items() if all(each.get(id_) == said for each in others)}
    return {}
