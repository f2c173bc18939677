"""`fourfold plan`: begin a plan, check it, see its matrix and the reasons behind it."""

import json
import shlex

import pytest

from fourfold.framework import shipped
from fourfold.planning import example_plan

HEAD = """\
schema: fourfold.plan/1
title: A plan
institutions: {A: {name: Institute A}, B: {name: Institute B}}
activities:
"""


@pytest.fixture
def example(tmp_path):
    file = tmp_path / "example.yaml"
    file.write_text(example_plan())
    return file


@pytest.fixture
def plan(tmp_path):
    """Writes a plan with these activities."""

    def write(activities):
        file = tmp_path / "plan.yaml"
        file.write_text(HEAD + activities)
        return file

    return write


def rows(text):
    """The rows of the matrix: name, four signs, and what stands behind them."""
    table = text.split("diff\n")[1].split("\n\n")[0]
    return [(line[:35].rstrip(), line[35:51].split(), line[51:].split()) for line in table.splitlines()]


def test_new_writes_the_example_and_check_finds_nothing_wrong_with_it(call, tmp_path):
    file = tmp_path / "mine.yaml"
    assert call("plan", "new", file).status == 0
    assert file.read_text() == example_plan()
    result = call("plan", "check", file)
    assert (result.status, result.err) == (0, "")
    assert "15 activities" in " ".join(result.out.split())


@pytest.mark.parametrize("arguments", [("--blank",), ("--framework", "illustrative-asia-pacific")])
def test_new_can_begin_with_a_blank_plan(call, tmp_path, arguments):
    file = tmp_path / "mine.yaml"
    assert call("plan", "new", file, *arguments).status == 0
    again = arguments if "--framework" in arguments else ()
    result = call("plan", "check", file, *again)
    assert result.status == 0
    assert " 0 answers" in " ".join(result.out.split())


def test_new_never_replaces_a_file(call, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("mine")
    result = call("plan", "new", file)
    assert (result.status, result.out, len(result.faults)) == (1, "", 1)
    assert file.read_text() == "mine"


def test_new_says_why_it_cannot_write(call, tmp_path):
    result = call("plan", "new", tmp_path / "no" / "such" / "folder.yaml")
    assert (result.status, len(result.faults)) == (2, 1)
    assert "Cannot write" in result.err


def test_new_can_write_to_standard_output(call):
    assert call("plan", "new", "-").out == example_plan()


def test_check_names_what_is_left_to_do(call, plan):
    text = " ".join(
        call("plan", "check", plan("  - id: standards\n    answers: {A: {sens: low}}\n")).out.split()
    )
    assert "1 answers name no source." in text
    assert "Not in the plan: develop_evaluations," in text


def test_check_tells_all_faults_at_once(call, plan):
    file = plan(
        "  - id: standardz\n    answers: {A: {sens: lots}, C: {}}\n  - id: standards\n    anwsers: {}\n"
    )
    result = call("plan", "check", file)
    assert (result.status, result.out) == (2, "")
    places = [line.removeprefix(f"{file}:").split(": ")[:2] for line in result.faults]
    assert sorted(places) == [
        ["5", "activities[0].id"],
        ["6", "activities[0].answers.A.sens"],
        ["6", "activities[0].answers.C"],
        ["8", "activities[1].anwsers"],
    ]


def test_the_matrix_has_every_activity_and_slice_within_eighty_columns(call, example):
    result = call("plan", "show", example)
    assert result.status == 0
    assert all(len(line) <= 80 for line in result.out.splitlines() if not line.startswith("Reasons"))
    table = rows(result.out)
    titles = [activity.title for activity in shipped().activities.values()]
    top = [name for name, _, _ in table if not name.startswith(" ")]
    assert [name.rstrip("…") for name in top] == [
        title[: len(name.rstrip("…"))] for title, name in zip(titles, top, strict=True)
    ]
    assert all(len(signs) == 4 for _, signs, _ in table)


def test_the_matrix_shows_what_the_report_says(call, example):
    table = {name.strip(): (signs, rest) for name, signs, rest in rows(call("plan", "show", example).out)}
    assert table["domestic results"] == (["○", "○", "◐", "○"], ["communication", "infosec"])
    assert table["sensitive findings"] == (["×", "×", "×", "●"], ["separation"])  # noqa: RUF001  the signs themselves
    assert table["joint post-deployment tests"] == (["◐", "○", "○", "○"], ["collaboration*", "risk", "1"])
    assert table["Institutional development"][0] == ["–", "○", "○", "–"]  # noqa: RUF001  empty in the brief


def test_each_verdict_has_its_own_sign_in_the_legend(call, example):
    legend = call("plan", "show", example).out.split("diff\n")[1].split("\n\n")[1]
    for sign in "●◐○·±×–":  # noqa: RUF001  the signs themselves
        assert legend.count(f"{sign} ") == 1


def test_decisive_disagreements_stand_out(call, plan):
    file = plan(
        "  - id: standards\n    answers: {A: {sens: minimal, urgent: yes}, B: {sens: high, urgent: no}}\n"
    )
    text = call("plan", "show", file).out
    ((_, _, behind),) = rows(text)
    assert behind[-1] == "2!"
    assert "standards: sens (decisive)" in text
    assert "standards: urgent (changes no verdict)" in text


def test_the_matrix_can_be_drawn_in_ascii(python, example):
    code = (
        "import sys; from fourfold.cli.main import run\n"
        "sys.stdout.reconfigure(encoding='ascii'); run(sys.argv[1:])\n"
    )
    text = python(code, "plan", "show", example)
    assert "  domestic results                  ?   ?   +   ?" in text
    assert text.isascii()


def test_one_activity_is_shown_with_evidence_and_reasons(call, example):
    result = call("plan", "show", example, "--activity", "conduct_evaluations")
    text = " ".join(result.out.split())
    assert result.status == 0
    assert "Slice: national-security tests" in text
    assert "deployment-stage: before (context; it decides nothing)" in text
    assert "Answers of AISI and AIO sens none, minimal or low." in text
    assert "Answers of AIO ready no. Said: it has carried out no technical evaluation" in text
    assert "Suggestion: collaboration, but not yet." in text
    assert "(section 4, first condition)" in text


def test_an_activity_that_the_plan_does_not_have_is_answered_with_the_nearest(call, example):
    result = call("plan", "show", example, "--activity", "standard")
    assert (result.status, len(result.faults)) == (2, 1)
    assert 'Did you mean "standards"?' in result.err


def test_the_data_of_one_activity_is_that_of_the_report(call, example):
    whole = json.loads(call("plan", "show", example, "--format", "json").out)
    assert [each["activity"] for each in whole["activities"]] == list(shipped().activities)
    one = json.loads(call("plan", "show", example, "--format", "json", "--activity", "standards").out)
    assert one in whole["activities"]


def test_a_plan_shows_the_same_as_recommend_for_the_same_answers(call, plan, tmp_path):
    answers = "{A: {sens: minimal, cap: yes}, B: {infosec: no}}"
    question = tmp_path / "question.yaml"
    question.write_text(f"activity: standards\nanswers: {answers}\n")
    asked = json.loads(call("recommend", question, "--format", "json", "--reading", "strict").out)
    file = plan(f"  - id: standards\n    answers: {answers}\n")
    shown = json.loads(call("plan", "show", file, "--format", "json", "--reading", "strict").out)
    assert shown["activities"] == [{"activity": "standards", **asked}]


def test_what_to_type_next_can_be_typed_as_it_stands(call, tmp_path):
    file = tmp_path / "our plan.yaml"
    framework = "illustrative-asia-pacific"
    (wrote,) = call("plan", "new", file, "--framework", framework).out.splitlines()
    hint = shlex.split(wrote.partition("See it with: fourfold ")[2])
    shown = call(*hint, "--reading", "literal")
    assert shown.status == 2  # that framework has another reading
    shown = call(*hint, "--reading", "one-gate")
    assert shown.status == 0
    hint = shlex.split(shown.out.splitlines()[-1].removeprefix("Reasons: fourfold "))
    assert {"--framework", framework, "--reading", "one-gate"} <= set(hint)
    assert call(*hint).status == 0


def test_the_command_itself_ends_with_the_status_that_the_case_deserves(command, tmp_path):
    file = tmp_path / "mine.yaml"
    assert command("plan", "new", file).status == 0
    assert command("plan", "new", file).status == 1
    assert command("plan", "show", file).status == 0
    file.write_text("schema: x\n")
    assert command("plan", "check", file).status == 2
    assert command("plan", "shew").status == 2
