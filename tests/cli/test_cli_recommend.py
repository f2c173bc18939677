"""`fourfold recommend`: data for programs, prose for people, one line for each fault of an input."""

import json
import subprocess
import sys

import pytest
from cpu_effort import effort
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourfold.framework import shipped

QUESTION = """\
activity: incident_reporting
answers:
  AISI: {sens: minimal, prop: no, know: yes, urgent: yes}
  AIO: {sens: high, prop: yes, know: yes, urgent: no}
"""
SLICES = {
    "activity": "conduct_evaluations",
    "slices": [
        {"name": "findings", "answers": {"AISI": {"sens": "high", "risk": "material"}, "AIO": {}}},
        {
            "name": "metrics",
            "answers": {
                "AISI": {"sens": "low", "risk": "low", "prop": "no", "interop": "important", "cost2": "no",
                         "priodiff": "no"},
                "AIO": {"sens": ["none", "low"], "risk": "low", "prop": "no", "cost2": "no",
                        "priodiff": "no"},
            },
        },
    ],
}  # fmt: skip


@pytest.fixture
def question(tmp_path):
    file = tmp_path / "question.yaml"
    file.write_text(QUESTION)
    return file


@pytest.fixture
def slices(tmp_path):
    file = tmp_path / "slices.json"
    file.write_text(json.dumps(SLICES))
    return file


def test_the_data_has_the_agreed_shape(call, slices):
    result = call("recommend", slices, "--format", "json")
    data = json.loads(result.out)
    assert (result.status, result.err) == (0, "")
    assert set(data) == {"framework", "reading", "answers", "slices", "whole", "split"}
    assert set(data["framework"]) == {"id", "version", "digest"}
    assert data["reading"] == "gated"
    assert [each["name"] for each in data["slices"]] == ["findings", "metrics"]
    for part in data["slices"]:
        assert set(part) == {"name", "verdicts", "suggestion", "disagreements", "decisive_sets", "warnings"}
        for each in part["disagreements"]:
            assert set(each) == {"criterion", "said", "decisive"}
    for part in (*data["slices"], data["whole"]):
        assert list(part["verdicts"]) == ["separation", "communication", "coordination", "collaboration"]
        for level in part["verdicts"].values():
            assert_a_result_of_the_agreed_shape(level)
    assert [each["suggestion"] for each in data["slices"]] == ["separation", "coordination"]
    assert set(data["whole"]) == {"verdicts", "suggestion"}
    assert data["whole"]["suggestion"] == "separation"
    assert data["split"] is True


def assert_a_result_of_the_agreed_shape(level):
    assert set(level) == {"verdict", "timing", "why", "why_not", "ask", "change"}
    assert level["verdict"] in {
        "supported", "supported-unless", "open", "unsupported", "contested", "ruled-out"
    }  # fmt: skip
    assert level["timing"] in {"now", "not yet", "unknown"}
    criteria = shipped().criteria
    for ground in (*level["why"], *level["why_not"]):
        assert set(ground) == {"id", "text", "passages", "criteria"}
        assert ground["passages"]
        assert set(ground["criteria"]) <= set(criteria)
    assert set(level["ask"]) <= set(criteria)
    assert all(value in criteria[name].scale for each in level["change"] for name, value in each.items())


def test_a_decisive_set_that_needs_both_is_told_in_data_and_in_prose(call, question):
    part = json.loads(call("recommend", question, "--format", "json").out)["slices"][0]
    assert {each["criterion"]: each["decisive"] for each in part["disagreements"]} == {
        "sens": True,
        "prop": True,
        "urgent": False,
    }
    assert part["disagreements"][0]["said"] == {"AISI": ["minimal"], "AIO": ["high"]}
    text = call("recommend", question).out
    assert "AISI says minimal, AIO says high. This is decisive." in text
    assert "AISI says yes, AIO says no. Settling it changes no verdict." in text
    assert "Settling sens and prop together changes a verdict." in text


def test_the_text_says_verdict_reason_passage_and_the_way_out(call, slices):
    text = call("recommend", slices).out
    assert "Conduct evaluations" in text
    assert "Slice: findings" in text
    assert "× Collaboration: ruled out." in text  # noqa: RUF001  the sign of that verdict
    assert "(section 4, first condition)" in " ".join(text.split())
    assert "● Coordination: supported, and nothing rules it out." in text
    assert "change   sens = minimal and infosec = no, together with" in text
    assert "Dividing it pays" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_questions_come_in_words_with_what_each_side_has_said(call, tmp_path):
    file = tmp_path / "question.yaml"
    file.write_text("activity: standards\nanswers: {AISI: {sens: [none, minimal, low]}, AIO: {}}\n")
    text = " ".join(call("recommend", file, "--full").out.split())
    assert "How sensitive is the information that would have to cross?" in text
    assert "AISI: none, minimal or low; AIO: no answer" in text


def test_full_leaves_nothing_out(call, slices):
    assert "with --full" in call("recommend", slices).out
    assert "with --full" not in call("recommend", slices, "--full").out


def test_a_timing_that_is_not_yet_is_said(call, tmp_path):
    file = tmp_path / "question.yaml"
    said = "{sens: minimal, infosec: no, prop: no, better: yes, ready: no}"
    file.write_text(f"activity: conduct_evaluations\nanswers: {{AISI: {said}}}\n")
    text = call("recommend", file).out
    assert "Suggestion: collaboration, but not yet." in text
    assert "a prerequisite is missing" in text


@pytest.mark.parametrize("reading", list(shipped().readings))
def test_every_reading_can_be_asked_for(call, question, reading):
    result = call("recommend", question, "--reading", reading, "--format", "json")
    assert json.loads(result.out)["reading"] == reading


def test_another_framework_can_be_a_shipped_one(call, tmp_path):
    file = tmp_path / "question.yaml"
    framework = shipped("illustrative-asia-pacific")
    file.write_text(f"activity: {next(iter(framework.activities))}\nanswers: {{A: {{}}, B: {{}}, C: {{}}}}\n")
    result = call("recommend", file, "--framework", framework.id, "--format", "json")
    assert json.loads(result.out)["framework"]["digest"] == framework.digest


def test_a_file_may_come_from_standard_input(command):
    result = command("recommend", "-", "--format", "json", given=QUESTION)
    assert (result.status, result.err) == (0, "")
    assert json.loads(result.out)["slices"]
    refused = command("recommend", "-", given="activity: x\n")
    assert refused.status == 2
    assert all(line.startswith("-:1: ") for line in refused.faults)


def test_all_faults_are_told_one_a_line_with_file_line_and_field(call, tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(
        "activity: standard\nanswrs: {}\nanswers:\n  AISI:\n    sens: lo\n    prop: false\n    foo: yes\n"
    )
    result = call("recommend", file)
    assert (result.status, result.out) == (2, "")
    places = sorted(line.removeprefix(f"{file}:").split(": ")[:2] for line in result.faults)
    assert places == [
        ["1", "activity"],
        ["2", "answrs"],
        ["5", "answers.AISI.sens"],
        ["6", "answers.AISI.prop"],
        ["7", "answers.AISI.foo"],
    ]
    assert 'Did you mean "standards"?' in result.err


UNREADABLE = {
    "nothing": b"",
    "binary": bytes(range(256)) * 10,
    "Latin-1": "activity: caf\u00e9".encode("latin-1"),
    "UTF-16": QUESTION.encode("utf-16"),
    "huge": b"a" * 10_000_000,
    "deep": b"[" * 10_000,
    "deep and closed": b"[" * 10_000 + b"]" * 10_000,
    "an alias": b"activity: &a standards\nanswers: {AISI: *a}\n",
    "a billion laughs": b"a: &a [x]\n" + b"".join(b"%c: &%c [*a, *a]\n" % (n, n) for n in b"bcdefgh"),
    "a duplicate key": b"activity: standards\nactivity: standards\nanswers: {A: {}}\n",
    "two documents": b"activity: standards\n---\nanswers: {}\n",
    "a tag": b"!!python/object/apply:os.system ['true']\n",
    "a syntax error": b"activity: [standards\n",
    "a list": b"- activity\n",
    "a number": b"7\n",
    "text": b"standards\n",
    "wrong types everywhere": b"activity: [1]\nanswers: {A: 3, B: [x], C: {sens: {}, prop: [[no]]}}\n",
    "wrong types of slices": b"activity: {}\nslices: [1, {name: 2, answers: 3}, [x], null]\n",
    "control characters": b"activity: \x1b[31mstandards\n",
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize(
    "arguments",
    [("recommend",), ("plan", "check"), ("plan", "show"), ("framework", "groups"), ("framework", "show"),
     ("institutions", "compare"), ("plan", "new", "-", "--framework")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_plainly_and_left_alone(call, tmp_path, data, arguments):
    file = tmp_path / "input"
    file.write_bytes(data)
    result = call(*arguments, file)
    assert (result.status, result.out) == (2, "")
    assert result.faults
    assert all(line.startswith(f"{file}:") for line in result.faults)
    assert all(line.isprintable() for line in result.faults)
    assert file.read_bytes() == data
    assert [each.name for each in tmp_path.iterdir()] == ["input"]


def test_a_missing_file_a_directory_and_a_forbidden_one_are_named(call, tmp_path, monkeypatch):
    for name in (tmp_path / "absent.yaml", tmp_path):
        result = call("recommend", name)
        assert (result.status, len(result.faults)) == (2, 1)
        assert result.err.startswith(f"{name}: Cannot read this file: ")

    def forbidden(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", forbidden)
    assert "permission denied" in call("recommend", tmp_path / "any").err


def test_a_file_without_end_is_read_only_so_far(command):
    result = command("recommend", "/dev/zero")
    assert (result.status, len(result.faults)) == (2, 1)


LEAVES = st.sampled_from(
    ["standards", "sens", "low", "no", "", "\x00", "é", "AISI", True, None, 7, 1.5, 2**80]
)
KEYS = st.sampled_from(["activity", "answers", "slices", "name", "AISI", "sens", "dup", "prop", "x", ""])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
QUESTIONS = st.fixed_dictionaries(
    {"activity": st.just("standards") | LEAVES},
    optional={
        "answers": st.dictionaries(KEYS, st.dictionaries(KEYS, LEAVES | st.lists(LEAVES, max_size=2)))
        | TREES,
        "slices": TREES,
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(TREES | QUESTIONS, st.booleans())
def test_any_tree_is_answered_or_refused_and_never_trips_the_command(call, tmp_path, tree, indented):
    file = tmp_path / "tree.json"
    file.write_text(json.dumps(tree, indent=1 if indented else None))
    before = file.read_bytes()
    result = call("recommend", file)
    assert result.status in {0, 2}
    assert bool(result.faults) == (result.status == 2)
    assert all(line.startswith(f"{file}:") for line in result.faults)
    assert file.read_bytes() == before


def test_an_unknown_reading_or_option_is_refused_in_one_line(call, question):
    for arguments in (("--reading", "strickt"), ("--format", "xml"), ("--frmat", "json"), ("more",)):
        result = call("recommend", question, *arguments)
        assert (result.status, result.out, len(result.faults)) == (2, "", 1)
    assert 'Did you mean "strict"?' in call("recommend", question, "--reading", "strickt").err


def test_an_unknown_command_is_answered_with_the_nearest(call):
    result = call("recomend")
    assert result.status == 2
    assert 'Did you mean "recommend"?' in result.err


PARTS = ["plan", "framework", "institutions", "node", "peer", "assessment", "agreement", "record", "release",
         "log", "evidence"]  # fmt: skip


@pytest.mark.parametrize("part", [None, *PARTS])
def test_without_a_command_the_help_lists_what_there_is_in_whole_sentences(call, part):
    words = [part] if part else []
    result = call(*words)
    assert (result.status, result.err) == (0, "")
    assert result.out == call(*words, "--help").out
    listed = result.out.partition("Commands:\n")[2]
    assert len(listed.splitlines()) >= len(PARTS) * (part is None) + 1
    assert "..." not in listed


@pytest.mark.parametrize(
    "path",
    ["recommend", "plan", "plan new", "plan check", "plan show", "framework", "framework list",
     "framework new",
     "framework show", "framework verify", "framework groups", "institutions", "institutions compare"],
)  # fmt: skip
def test_every_command_explains_itself_with_an_example(call, path):
    result = call(*path.split(), "--help")
    assert result.status == 0
    assert "Example: fourfold " in result.out
    assert all(len(line) <= 80 for line in result.out.splitlines())


def test_an_interruption_ends_quietly(call, monkeypatch, question):
    def interrupted(_name):
        raise KeyboardInterrupt

    monkeypatch.setattr("fourfold.cli.recommend.read_input", interrupted)
    result = call("recommend", question)
    assert (result.status, result.err) == (130, "")


def test_a_reader_who_leaves_early_causes_no_complaint(start, tmp_path):
    file = tmp_path / "many.json"
    part = {"answers": {"AISI": {}, "AIO": {}}}
    file.write_text(
        json.dumps({"activity": "standards", "slices": [{"name": str(n), **part} for n in range(60)]})
    )
    with start("recommend", file, "--format", "json") as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 141


def test_deciding_needs_no_web_framework(python, question):
    code = (
        "import sys\n"
        "from fourfold.cli.main import run\n"
        "try: run(sys.argv[1:])\n"
        "except SystemExit as stop: assert stop.code == 0\n"
        "print([name for name in ('django', 'httpx', 'numpy') if name in sys.modules])\n"
    )
    out = python(code, "recommend", question, "--format", "json")
    assert out.splitlines()[-1] == "[]"


def test_deciding_is_quick(command, question):
    def decided():
        assert command("recommend", question, "--format", "json").status == 0

    assert effort(decided, tries=3) < 120  # it is 35


def test_what_cannot_be_read_and_what_means_nothing_are_told_together(tmp_path):
    file = tmp_path / "all.yaml"
    file.write_text(
        "activity: standard\n"
        "answers:\n"
        "  A: {sens: hihg, prop: no, prop: yes}\n"
        "  B: &anchor {foo: yes}\n"
        "  C: *anchor\n"
        "  D: !tag no\n"
    )
    command = [sys.executable, "-m", "fourfold.cli", "recommend", "all.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    told = done.stderr.splitlines()
    assert [int(line.split(":")[1]) for line in told] == [1, 3, 3, 4, 4, 5, 6]
