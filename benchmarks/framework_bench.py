"""How fast the decision engine is, beside two policy engines that decide a comparable policy.

Run as `python benchmarks/framework_bench.py [activities]`. Times are process CPU times, the best of several
runs, so that other work on the machine disturbs them little. The activities are made up with a fixed seed:
two institutions, each of which answered two thirds of the criteria, and which differ on some.

The policy engines get what they can decide: whether coordination is supported and not ruled out, from the
combined answers, all known. They give a decision and no questions; ours gives every level's verdict, with
all reasons, what fails, and what to ask. So the ratios flatter the policy engines.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import casbin
import cedarpy

from fourfold.framework import Answers, Framework, Level, Slice, assess, changes, judge, shipped

WEIGHTS = {"sens": (3, 4, 4, 2, 1), "risk": (3, 4, 4, 1), "prop": (6, 1), "infosec": (5, 1)}
RUNS = 5
ASSESSED_TARGET, CHANGED_TARGET = 20_000, 2_000


def made_up(framework: Framework, count: int) -> list[dict[str, dict[str, frozenset[str]]]]:
    """Activities as two institutions would answer them: partly unknown, mostly agreed."""
    rnd = random.Random(2025)

    def value(name: str) -> frozenset[str]:
        scale = framework.criteria[name].scale
        weights = WEIGHTS.get(name, (1,) * len(scale))
        return frozenset(rnd.choices(scale, weights, k=2 if rnd.random() < 0.1 else 1))

    activities = []
    for _ in range(count):
        facts = {name: value(name) for name in framework.criteria}
        parties = {
            party: {
                name: fact if rnd.random() < 0.85 else value(name)
                for name, fact in facts.items()
                if rnd.random() < 0.67
            }
            for party in ("AISI", "AIO")
        }
        activities.append(parties)
    return activities


def rate(act: Callable[[Any], object], cases: Sequence[Any]) -> float:
    """Cases a second of CPU time, the best of several runs."""
    best = float("inf")
    for _ in range(RUNS):
        begin = time.process_time()
        for case in cases:
            act(case)
        best = min(best, time.process_time() - begin)
    return len(cases) / best


# The comparable policy: coordination in the default reading, all answers known

CEDAR = """
permit(principal, action, resource) when {
  context.sens <= 2 && context.risk <= 2 && !context.prop &&
  (context.interop >= 1 || (context.spec && context.mutual) || context.avoid || context.skills)
};
forbid(principal, action, resource) when { context.sens >= 3 || context.prop || context.risk >= 3 };
forbid(principal, action, resource) when { context.cost2 && context.lowvalue };
forbid(principal, action, resource) when { context.priodiff && context.political };
"""

CASBIN = """
[request_definition]
r = c
[policy_definition]
p = name
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.c.sens <= 2 && r.c.risk <= 2 && !r.c.prop && \
 (r.c.interop >= 1 || (r.c.spec && r.c.mutual) || r.c.avoid || r.c.skills) && \
 !(r.c.cost2 && r.c.lowvalue) && !(r.c.priodiff && r.c.political)
"""
TRUTHS = ("prop", "spec", "mutual", "skills", "cost2", "lowvalue", "priodiff", "political")


class Facts:
    """One activity's combined answers as attributes, as Casbin wants them."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.__dict__.update(facts)


def known_facts(framework: Framework, count: int) -> list[tuple[Answers, dict[str, Any]]]:
    """Fully known activities of one institution, in our form and as plain facts for the policy engines."""
    rnd = random.Random(7)
    cases = []
    for _ in range(count):
        said = {name: rnd.choice(criterion.scale) for name, criterion in framework.criteria.items()}
        place = {name: framework.criteria[name].scale.index(value) for name, value in said.items()}
        facts: dict[str, Any] = {name: said[name] == "yes" for name in TRUTHS}
        facts |= {name: place[name] for name in ("sens", "risk", "interop")} | {
            "avoid": said["dup"] == "avoid"
        }
        cases.append(({"A": {name: frozenset([value]) for name, value in said.items()}}, facts))
    return cases


def peers(framework: Framework, ours: float) -> None:
    """Both policy engines on the same facts; every decision is compared with ours."""
    cases = known_facts(framework, 1_000)
    model = casbin.Model()
    model.load_model_from_text(CASBIN)
    enforcer = casbin.Enforcer(model)
    enforcer.add_policy("coordination")
    policies = cedarpy.PolicySet.from_str(CEDAR) if hasattr(cedarpy, "PolicySet") else CEDAR
    request = {"principal": 'P::"p"', "action": 'A::"a"', "resource": 'R::"r"'}

    def cedar(facts: dict[str, Any]) -> bool:
        return bool(cedarpy.is_authorized({**request, "context": facts}, policies, []).allowed)

    def casbin_(facts: dict[str, Any]) -> bool:
        return bool(enforcer.enforce(Facts(facts)))

    for answers, facts in cases:
        here = judge(framework, answers)[Level.COORDINATION].verdict.value == "supported"
        assert here == cedar(facts) == casbin_(facts), facts
    facts_only = [facts for _, facts in cases]
    for name, decide in (("cedarpy", cedar), ("pycasbin", casbin_)):
        speed = rate(decide, facts_only)
        print(f"{name:<44}{speed:>12,.0f} /s   ours is {ours / speed:.1f} times as fast")


def main() -> None:
    framework = shipped()
    activities = made_up(framework, int(sys.argv[1]) if len(sys.argv) > 1 else 3_000)
    assessed = rate(lambda each: judge(framework, each), activities)
    changed = rate(lambda each: changes(framework, each), activities)
    whole = rate(lambda each: assess(framework, [Slice("activity", each)]), activities)
    print(f"{'verdicts with reasons and questions':<44}{assessed:>12,.0f} /s   target {ASSESSED_TARGET:,}")
    print(f"{'smallest changes, all four levels':<44}{changed:>12,.0f} /s   target {CHANGED_TARGET:,}")
    print(f"{'whole assessment (changes, decisive sets)':<44}{whole:>12,.0f} /s")
    peers(framework, assessed)
    met = assessed >= ASSESSED_TARGET and changed >= CHANGED_TARGET
    print(f"Targets: {'met' if met else 'MISSED'}.")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
