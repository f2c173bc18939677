"""Deciding: levels, criteria, conditions, verdicts, what-if, slices, groups.

A framework is data (`shipped()`, `load_framework()`); `assess()` applies it to what institutions answer.
"""

from fourfold.framework.answers import Answers, Slice
from fourfold.framework.assess import assess
from fourfold.framework.change import changes
from fourfold.framework.groups import Group, groups
from fourfold.framework.inputs import RecommendInput, load_recommend_input, read_answers, recommend_input
from fourfold.framework.judge import judge
from fourfold.framework.levels import Level
from fourfold.framework.loader import load_framework
from fourfold.framework.model import Framework
from fourfold.framework.parts import Activity, Aggregation, Avenue, Criterion, Passage
from fourfold.framework.results import (
    Assessment,
    Change,
    Disagreement,
    Ground,
    Judgement,
    LevelResult,
    Outcome,
    SliceResult,
)
from fourfold.framework.shipped import shipped, shipped_names, shipped_source, shipped_text
from fourfold.framework.source import source_digests, verify_source
from fourfold.framework.verdicts import Timing, Tri, Verdict

__all__ = [
    "Activity",
    "Aggregation",
    "Answers",
    "Assessment",
    "Avenue",
    "Change",
    "Criterion",
    "Disagreement",
    "Framework",
    "Ground",
    "Group",
    "Judgement",
    "Level",
    "LevelResult",
    "Outcome",
    "Passage",
    "RecommendInput",
    "Slice",
    "SliceResult",
    "Timing",
    "Tri",
    "Verdict",
    "assess",
    "changes",
    "groups",
    "judge",
    "load_framework",
    "load_recommend_input",
    "read_answers",
    "recommend_input",
    "shipped",
    "shipped_names",
    "shipped_source",
    "shipped_text",
    "source_digests",
    "verify_source",
]
