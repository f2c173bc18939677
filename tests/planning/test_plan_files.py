"""Plan files: what they may hold, and every way in which one can be wrong."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import read_document
from fourfold.errors import InputError
from fourfold.framework import assess, shipped, shipped_names
from fourfold.planning import Answer, blank_plan, example_plan, load_plan, report

FRAMEWORK = shipped()
HEAD = """\
schema: fourfold.plan/1
title: A plan
date: 2025-03-31
institutions:
  AISI: {name: UK AI Security Institute}
  AIO: {name: EU AI Office}
activities:
"""


def load(body, head=HEAD):
    return load_plan(head + body, file="plan.yaml", framework=FRAMEWORK)


def faults(body, head=HEAD):
    with pytest.raises(InputError) as caught:
        load(body, head)
    return caught.value.faults


def one(body):
    """The only slice of the only activity."""
    (activity,) = load(body).activities
    (part,) = activity.slices
    return part


def test_an_undivided_activity_is_one_slice_of_its_own_name():
    part = one("  - id: standards\n    answers: {AISI: {sens: low}}\n")
    assert part.name == "standards"
    assert part.answers["AISI"]["sens"] == Answer(("low",))


def test_a_party_that_is_not_named_has_said_nothing_and_still_counts():
    part = one("  - id: standards\n    answers: {AISI: {sens: minimal}}\n")
    assert part.answers["AIO"] == {}
    assert set(part.said().answers) == {"AISI", "AIO"}


def test_an_answer_may_carry_its_evidence_and_date():
    written = '{value: [low, none], because: "An argument.", source: "A place", date: 2025-06-30}'
    answer = one(f"  - id: standards\n    answers: {{AIO: {{sens: {written}}}}}\n").answers["AIO"]["sens"]
    assert answer == Answer(("none", "low"), "An argument.", "A place", date(2025, 6, 30))
    assert str(answer) == "none or low"


def test_common_answers_are_those_of_every_party():
    part = one("  - id: standards\n    common: {interop: top}\n    answers: {AISI: {sens: low}}\n")
    assert {party: sorted(said) for party, said in part.answers.items()} == {
        "AISI": ["interop", "sens"],
        "AIO": ["interop"],
    }


def test_an_activity_may_be_between_some_of_the_institutions():
    assert list(one("  - id: standards\n    between: [AIO]\n    answers: {AIO: {sens: low}}\n").answers) == [
        "AIO"
    ]


def test_slices_keep_their_words_and_context():
    plan = load(
        "  - id: standards\n    about: All of it.\n    slices:\n"
        "      - name: first\n        about: The first part.\n        context: {deployment-stage: before}\n"
        "      - name: second\n"
    )
    activity = plan.activity("standards")
    assert [part.name for part in activity.slices] == ["first", "second"]
    assert activity.slices[0].context == (("deployment-stage", "before"),)
    assert (activity.about, activity.slices[0].about) == ("All of it.", "The first part.")
    assert plan.activity("risk_response") is None


def test_a_report_assesses_each_activity_as_recommend_would():
    plan = load("  - id: standards\n    answers: {AISI: {sens: minimal, cap: yes}, AIO: {infosec: no}}\n")
    (found,) = report(plan, FRAMEWORK, "literal").activities
    said = {
        "AISI": {"sens": frozenset({"minimal"}), "cap": frozenset({"yes"})},
        "AIO": {"infosec": frozenset({"no"})},
    }
    (part,) = plan.activities[0].said()
    assert part.answers == said
    assert found.assessment == assess(FRAMEWORK, [part], "literal")


def test_a_report_as_data_names_each_activity():
    plan = load("  - id: standards\n  - id: risk_response\n")
    data = report(plan, FRAMEWORK).to_json()
    assert [each["activity"] for each in data["activities"]] == ["standards", "risk_response"]
    assert data["date"] == "2025-03-31"
    assert data["activities"][0]["slices"][0]["suggestion"] is None


WRONG = {
    "no such activity": ("  - id: standardz\n", [(8, "activities[0].id")]),
    "the same activity twice": ("  - id: standards\n  - id: standards\n", [(9, "activities[1]")]),
    "no activity at all": ("  []\n", [(7, "activities")]),
    "no such criterion": (
        "  - id: standards\n    answers: {AISI: {sensitivity: low}}\n",
        [(9, "activities[0].answers.AISI.sensitivity")],
    ),
    "no such value": (
        "  - id: standards\n    answers:\n      AISI: {sens: [low, lots]}\n",
        [(10, "activities[0].answers.AISI.sens[1]")],
    ),
    "true instead of yes": (
        "  - id: standards\n    answers:\n      AISI:\n        prop: true\n",
        [(11, "activities[0].answers.AISI.prop")],
    ),
    "no value at all": (
        "  - id: standards\n    answers:\n      AISI:\n        sens:\n",
        [(11, "activities[0].answers.AISI.sens")],
    ),
    "evidence without a value": (
        "  - id: standards\n    answers: {AISI: {sens: {because: An argument.}}}\n",
        [(9, "activities[0].answers.AISI.sens")],
    ),
    "an unknown key beside the value": (
        "  - id: standards\n    answers: {AISI: {sens: {value: low, why: An argument.}}}\n",
        [(9, "activities[0].answers.AISI.sens.why")],
    ),
    "no day of the calendar": (
        "  - id: standards\n    answers: {AISI: {sens: {value: low, date: 2025-06-31}}}\n",
        [(9, "activities[0].answers.AISI.sens.date")],
    ),
    "a day written otherwise": (
        "  - id: standards\n    answers: {AISI: {sens: {value: low, date: 31 March}}}\n",
        [(9, "activities[0].answers.AISI.sens.date")],
    ),
    "a party that the plan does not have": (
        "  - id: standards\n    answers:\n      AISO: {sens: low}\n",
        [(10, "activities[0].answers.AISO")],
    ),
    "an answer given twice": (
        "  - id: standards\n    common: {sens: low}\n    answers: {AIO: {sens: low}}\n",
        [(10, "activities[0].answers.AIO.sens")],
    ),
    "answers beside slices": (
        "  - id: standards\n    answers: {}\n    slices: [{name: a}]\n",
        [(9, "activities[0].answers")],
    ),
    "two slices of one name": (
        "  - id: standards\n    slices:\n      - name: a\n      - name: a\n",
        [(11, "activities[0].slices[1].name")],
    ),
    "no such context": (
        "  - id: standards\n    context: {stage: before}\n",
        [(9, "activities[0].context.stage")],
    ),
    "between strangers": ("  - id: standards\n    between: [NIST]\n", [(9, "activities[0].between[0]")]),
    "a list where answers belong": (
        "  - id: standards\n    answers: [sens]\n",
        [(9, "activities[0].answers")],
    ),
    "nothing where common answers belong": (
        "  - id: standards\n    common:\n",
        [(9, "activities[0].common")],
    ),
    "a number where a party's answers belong": (
        "  - id: standards\n    answers: {AISI: 7}\n",
        [(9, "activities[0].answers.AISI")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "places"), WRONG.values(), ids=WRONG.keys())
def test_a_fault_names_its_line_and_field(body, places):
    assert [(fault.line, fault.field) for fault in faults(body)] == places


def test_all_faults_of_a_plan_are_told_at_once():
    body = "  - id: standardz\n    answers: {AISI: {sens: lots, foo: yes}}\n  - {}\n"
    head = HEAD.replace("title", "titel").replace("2025-03-31", "2025-02-30")
    assert len(faults(body, head)) == 7


def test_a_plan_for_another_framework_is_refused():
    head = HEAD.replace("title: A plan", "title: A plan\nframework: some-other")
    assert [fault.field for fault in faults("  - id: standards\n", head)] == ["framework"]


def test_a_plan_needs_an_institution():
    head = HEAD[: HEAD.index("institutions")] + "institutions: {}\nactivities:\n"
    assert [fault.field for fault in faults("  - id: standards\n", head)] == ["institutions"]


@pytest.mark.parametrize("name", shipped_names())
def test_the_blank_plan_is_sound_and_settles_nothing(name):
    framework = shipped(name)
    plan = load_plan(blank_plan(framework), file="blank.yaml", framework=framework)
    assert [activity.id for activity in plan.activities] == list(framework.activities)
    for each in report(plan, framework).activities:
        assert each.assessment.whole.suggestion is None


HEAD_KEYS = ["schema", "title", "date", "framework", "institutions", "facts", "functions", "activities"]
PART_KEYS = ["id", "between", "slices", "name", "about", "context", "common", "answers", "value"]
KEYS = st.sampled_from([*HEAD_KEYS, *PART_KEYS, "AISI", "AIO", "sens", "dup", "x"])
WORDS = st.sampled_from(["fourfold.plan/1", "standards", "low", "no", "AISI", "2025-01-01", "", "\x00"])
LEAVES = WORDS | st.none() | st.booleans() | st.integers() | st.floats()
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)
EXAMPLE = read_document(example_plan(), file="example-plan.yaml").plain()


def with_another(tree, choose, leaf):
    """A tree with one part of it, somewhere, replaced."""
    if not isinstance(tree, dict | list) or not tree or choose.random() < 0.1:
        return leaf
    if isinstance(tree, dict):
        key = choose.choice(list(tree))
        return {**tree, key: with_another(tree[key], choose, leaf)}
    place = choose.randrange(len(tree))
    return [*tree[:place], with_another(tree[place], choose, leaf), *tree[place + 1 :]]


def as_flow(tree) -> str:
    """A tree as YAML flow, without help from any writer."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {as_flow(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(as_flow, tree)) + "]"
    return "" if tree is None else str(tree).replace("\x00", '"\\0"')


@given(TREES)
def test_whatever_a_plan_holds_it_is_read_or_refused_with_faults(tree):
    read_or_refused(as_flow(tree))


@given(st.randoms(use_true_random=False), TREES)
def test_whatever_is_changed_in_a_plan_it_is_read_or_refused_with_faults(choose, leaf):
    read_or_refused(json.dumps(with_another(EXAMPLE, choose, leaf)))


def read_or_refused(text):
    try:
        plan = load_plan(text, file="plan.yaml", framework=FRAMEWORK)
    except InputError as error:
        found = error.faults
    else:
        report(plan, FRAMEWORK)
        return
    assert found
    assert all(fault.file == "plan.yaml" and fault.message for fault in found)
