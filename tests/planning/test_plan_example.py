"""The shipped example: honest about the brief, and in agreement with the brief's own placements."""

import pytest

from fourfold.framework import Level, Timing, Verdict, shipped
from fourfold.planning import example_plan, load_plan, report

FRAMEWORK = shipped()
PLAN = load_plan(example_plan(), file="example-plan.yaml", framework=FRAMEWORK)
FOUND = {
    (each.planned.id, part.name): part
    for each in report(PLAN, FRAMEWORK).activities
    for part in each.assessment.slices
}
# Places in the brief that the framework's conditions do not rest on, and so does not list.
OTHER_SOURCES = {"introduction, paragraph 5"}

# What the text of the brief (not its table) places at a level; section and paragraph stand in the plan.
PLACEMENTS = [
    ("develop_evaluations", "methods and metrics", Level.COORDINATION),
    ("develop_evaluations", "joint post-deployment evaluations", Level.COLLABORATION),
    ("conduct_evaluations", "who evaluates what", Level.COORDINATION),
    ("conduct_evaluations", "joint post-deployment tests", Level.COLLABORATION),
    ("conduct_evaluations", "national-security tests", Level.SEPARATION),
    ("interpret_evaluations", "results that may be shown", Level.COORDINATION),
    ("risk_estimates", "exploratory foresight", Level.SEPARATION),
    ("risk_monitoring", "domestic results", Level.COMMUNICATION),
    ("incident_reporting", "incidents reported at home", Level.COMMUNICATION),
    ("risk_thresholds", "limits for local risks", Level.SEPARATION),
    ("risk_response", "framework for transnational risks", Level.COLLABORATION),
    ("talent_pool", "exchanges and joint fellowships", Level.COLLABORATION),
    ("standards", "common safety standards", Level.COLLABORATION),
    ("international_engagement", "shared goals and summits", Level.COLLABORATION),
    ("international_engagement", "own agreements with others", Level.SEPARATION),
]


def answers():
    return [
        answer
        for activity in PLAN.activities
        for part in activity.slices
        for said in part.answers.values()
        for answer in said.values()
    ]


def test_it_covers_every_activity_for_both_institutions():
    assert [activity.id for activity in PLAN.activities] == list(FRAMEWORK.activities)
    assert [profile.id for profile in PLAN.institutions] == ["AISI", "AIO"]
    assert all(set(part.answers) == {"AISI", "AIO"} for each in PLAN.activities for part in each.slices)


def test_every_answer_is_argued_and_names_a_place_in_the_brief():
    places = {passage.ref for passage in FRAMEWORK.passages.values()} | OTHER_SOURCES
    assert {answer.source for answer in answers()} <= places
    assert all(answer.because for answer in answers())


def test_every_argument_says_of_what_kind_it_is():
    kinds = ("Said: ", "By the slice: ", "By placement at ", "By placement: ")
    assert all(answer.because.startswith(kinds) for answer in answers())


@pytest.mark.parametrize(("activity", "part", "level"), PLACEMENTS)
def test_the_brief_s_own_placements_come_out(activity, part, level):
    assert FOUND[activity, part].outcome.suggestion is level


@pytest.mark.parametrize("key", list(FOUND))
def test_no_level_is_both_supported_and_ruled_out(key):
    verdicts = {result.judgement.verdict for result in FOUND[key].outcome.levels.values()}
    assert Verdict.CONTESTED not in verdicts


@pytest.mark.parametrize(
    "key",
    [
        ("develop_evaluations", "sensitive evaluations"),
        ("conduct_evaluations", "national-security tests"),
        ("risk_estimates", "estimates from proprietary data"),
        ("risk_monitoring", "sensitive findings"),
        ("incident_reporting", "highly sensitive incidents"),
        ("verification_methods", "sensitive security questions"),
        ("privacy_methods", "sensitive security questions"),
    ],
)
def test_what_the_table_keeps_apart_as_sensitive_rules_out_every_closer_level(key):
    levels = FOUND[key].outcome.levels
    assert levels[Level.SEPARATION].judgement.verdict is Verdict.SUPPORTED
    closer = [levels[level].judgement.verdict for level in Level if level > Level.SEPARATION]
    assert closer == [Verdict.RULED_OUT] * 3


@pytest.mark.parametrize("key", [key for key in FOUND if "joint post-deployment" in key[1]])
def test_joint_testing_waits_for_the_technical_unit(key):
    result = FOUND[key].outcome.levels[Level.COLLABORATION]
    assert result.judgement.timing is Timing.NOT_YET


def test_what_the_brief_is_silent_on_stays_open():
    part = FOUND["institutional_development", "institutional_development"]
    assert part.outcome.suggestion is None
    assert {result.judgement.verdict for result in part.outcome.levels.values()} == {Verdict.OPEN}


def test_nothing_is_claimed_of_cost_or_value_on_which_the_brief_gives_no_facts():
    said = {
        criterion
        for activity in PLAN.activities
        for part in activity.slices
        for answers in part.answers.values()
        for criterion in answers
    }
    assert said.isdisjoint({"cost1", "cost2", "cost3", "lowvalue", "evidence"})
