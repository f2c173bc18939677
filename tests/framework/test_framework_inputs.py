"""The input of `recommend`, read strictly, and its output, in exactly one shape."""

import json
from typing import Any

import pytest

import fourfold.framework
from fourfold.canon import read_document
from fourfold.errors import Fault, InputError
from fourfold.framework import Framework, Level, RecommendInput, Slice, assess, recommend_input

ONE = """
activity: incident_reporting
answers:
  AISI: {sens: low, risk: [none, low], prop: no}
  "AI Office": {}
"""
SLICED = """
activity: conduct_evaluations
slices:
  - name: metrics
    answers: {AISI: {interop: important}, Ministerium für Übersicht: {sens: low}}
  - name: findings
    answers: {AISI: {sens: high}}
"""


def read(brief: Framework, text: str) -> RecommendInput:
    return recommend_input(read_document(text, file="in.yaml"), brief, "in.yaml")


def refused(brief: Framework, text: str) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        read(brief, text)
    assert all(fault.file == "in.yaml" for fault in caught.value.faults)
    return caught.value.faults


def test_one_slice_takes_the_name_of_its_activity(brief: Framework) -> None:
    found = read(brief, ONE)
    assert found.activity == "incident_reporting"
    (part,) = found.slices
    assert part.name == "incident_reporting"
    assert part.answers == {
        "AISI": {
            "sens": frozenset(["low"]),
            "risk": frozenset(["none", "low"]),
            "prop": frozenset(["no"]),
        },
        "AI Office": {},
    }


def test_slices_keep_their_names_and_parties(brief: Framework) -> None:
    found = read(brief, SLICED)
    assert [each.name for each in found.slices] == ["metrics", "findings"]
    assert list(found.slices[0].answers) == ["AISI", "Ministerium für Übersicht"]


def test_yaml_and_json_say_the_same(brief: Framework) -> None:
    plain = read_document(SLICED, file="in.yaml").plain()
    assert read(brief, json.dumps(plain)) == read(brief, SLICED)


FAULTY = [
    ("activity: incident_reportin\nanswers: {A: {}}", 1, "activity", 'Did you mean "incident_reporting"?'),
    ("answers: {A: {}}", 1, "", '"activity" is missing'),
    ("activity: standards", 1, "", 'Neither "answers" nor "slices"'),
    ("activity: standards\nanswers: {A: {}}\nslices: []", 3, "slices", "Both"),
    ("activity: standards\nslices: []", 2, "slices", "at least 1"),
    ("activity: standards\nanswers: {}", 2, "answers", "No institution is named"),
    ("activity: standards\nanswers: [A]", 2, "answers", "a mapping"),
    ("activity: standards\nanswers:\n  A:", 3, "answers.A", "Write {}"),
    ("activity: standards\nanswers:\n  A: {sense: low}", 3, "answers.A.sense", 'Did you mean "sens"?'),
    ("activity: standards\nanswers:\n  A: {sens: lo}", 3, "answers.A.sens", 'Did you mean "low"?'),
    ("activity: standards\nanswers:\n  A: {sens: []}", 3, "answers.A.sens", "at least 1"),
    ("activity: standards\nanswers:\n  A:\n    sens:", 4, "answers.A.sens", "leave the criterion out"),
    ("activity: standards\nanswers:\n  A: {sens: [low, low]}", 3, "answers.A.sens[1]", "already given"),
    ("activity: standards\nanswers:\n  A: {prop: false}", 3, "answers.A.prop", "Write yes or no"),
    ("activity: standards\nanswers:\n  A: {prop: 0}", 3, "answers.A.prop", "a number"),
    ("activity: standards\nanswers:\n  A: {prop: {no: yes}}", 3, "answers.A.prop", "a mapping"),
    ('activity: standards\nanswers:\n  " ": {}', 3, 'answers[" "]', "empty name"),
    ("activity: standards\nanswers: {A: {}}\nreading: strict", 3, "reading", "unknown here"),
    ("activity: standards\nslices:\n  - {name: a}", 3, "slices[0]", '"answers" is missing'),
    (
        "activity: standards\nslices:\n  - {name: a, answers: {A: {}}}\n  - {name: a, answers: {A: {}}}",
        4,
        "slices[1]",
        "already given in line 3",
    ),
    ("[]", 1, "", "a mapping"),
]


@pytest.mark.parametrize(("text", "line", "field", "message"), FAULTY)
def test_a_fault_names_line_field_and_remedy(
    brief: Framework, text: str, line: int, field: str, message: str
) -> None:
    found = refused(brief, text)
    assert any((each.line, each.field) == (line, field) and message in str(each) for each in found), found


def test_all_faults_are_told_at_once(brief: Framework) -> None:
    text = """
activity: nothing
extra: 1
answers:
  A: {sens: tiny, urgent: perhaps, what: yes}
  B: [1]
"""
    assert [each.field for each in refused(brief, text)] == [
        "activity",
        "extra",
        "answers.A.sens",
        "answers.A.urgent",
        "answers.A.what",
        "answers.B",
    ]


def test_the_output_has_exactly_the_documented_shape(brief: Framework) -> None:
    found = assess(brief, read(brief, SLICED).slices, "strict").to_json()
    assert json.loads(json.dumps(found)) == found
    assert set(found) == {"framework", "reading", "answers", "slices", "whole", "split"}
    assert found["framework"] == {"id": "brief-2025", "version": "1", "digest": brief.digest}
    assert found["reading"] == "strict"
    assert set(found["whole"]) == {"verdicts", "suggestion"}
    assert found["split"] is False
    for part in found["slices"]:
        assert list(part) == ["name", "verdicts", "suggestion", "disagreements", "decisive_sets", "warnings"]
        check_verdicts(brief, part["verdicts"])
    check_verdicts(brief, found["whole"]["verdicts"])
    assert found["slices"][1]["suggestion"] == "separation"
    assert found["slices"][0]["suggestion"] is None


def check_verdicts(brief: Framework, verdicts: dict[str, Any]) -> None:
    assert set(verdicts) == {"separation", "communication", "coordination", "collaboration"}
    refs = {passage.ref for passage in brief.passages.values()}
    for level in verdicts.values():
        assert set(level) == {"verdict", "timing", "why", "why_not", "ask", "change"}
        for ground in (*level["why"], *level["why_not"]):
            assert set(ground) == {"id", "text", "passages", "criteria"}
            assert set(ground["passages"]) <= refs
            assert set(ground["criteria"]) <= set(brief.criteria)
        assert set(level["ask"]) <= set(brief.criteria)
        for change in level["change"]:
            assert all(value in brief.criteria[name].scale for name, value in change.items())


def test_disagreements_show_what_each_said_lowest_value_first(brief: Framework) -> None:
    text = "activity: standards\nanswers: {A: {sens: [low, none]}, B: {sens: high}, C: {}}"
    (part,) = assess(brief, read(brief, text).slices).to_json()["slices"]
    assert part["disagreements"] == [
        {"criterion": "sens", "said": {"A": ["none", "low"], "B": ["high"]}, "decisive": True}
    ]
    assert part["decisive_sets"] == [["sens"]]


def test_equal_answers_have_one_digest_whatever_the_order(brief: Framework) -> None:
    one = "activity: standards\nanswers: {A: {sens: [low, none], prop: no}, B: {}}"
    same = "activity: standards\nanswers: {B: {}, A: {prop: no, sens: [none, low]}}"
    other = "activity: standards\nanswers: {A: {sens: [low, none], prop: no}, B: {prop: no}}"
    digests = [
        assess(brief, read(brief, text).slices).to_json()["answers"]["digest"] for text in (one, same, other)
    ]
    assert digests[0] == digests[1] != digests[2]
    assert digests[0].startswith("sha256:")


def test_the_same_answers_give_the_same_bytes(brief: Framework) -> None:
    slices = read(brief, SLICED).slices
    assert json.dumps(assess(brief, slices).to_json()) == json.dumps(assess(brief, slices).to_json())


def test_the_public_names_are_what_the_package_lists() -> None:
    listed = fourfold.framework.__all__
    assert sorted(listed) == listed
    assert all(hasattr(fourfold.framework, name) for name in listed)
    wanted = {
        "Answers",
        "Assessment",
        "Framework",
        "Level",
        "Slice",
        "Tri",
        "Verdict",
        "assess",
        "changes",
        "groups",
        "judge",
        "load_framework",
        "recommend_input",
        "shipped",
        "shipped_names",
        "verify_source",
    }
    assert wanted <= set(listed)


def test_levels_are_ordered_by_closeness_and_not_by_their_words() -> None:
    assert sorted(Level) == list(Level)
    assert max(Level) is Level.COLLABORATION
    assert [str(level) for level in Level] == ["separation", "communication", "coordination", "collaboration"]
    assert Slice("a", {}) == Slice("a", {})
