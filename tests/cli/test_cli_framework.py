"""`fourfold framework` and `fourfold institutions`: the conditions, their source, groups, profiles."""

import json
import re
import shlex

import pytest

from fourfold.framework import shipped, shipped_names, shipped_source, shipped_text

NETWORK = """\
activity: standards
answers:
  AISI: {sens: minimal, prop: no, risk: minimal, infosec: no, influence: yes, interop: important}
  AIO: {sens: minimal, prop: no, risk: minimal, infosec: no, influence: yes}
  CAISI: {sens: low, prop: no, risk: minimal, infosec: no, influence: no}
  Japan: {sens: moderate}
"""


@pytest.fixture
def network(tmp_path):
    file = tmp_path / "network.yaml"
    file.write_text(NETWORK)
    return file


def test_list_names_every_shipped_framework_with_its_digest(call):
    text = call("framework", "list").out
    for name in shipped_names():
        assert name in text
        assert shipped(name).digest in text
    data = json.loads(call("framework", "list", "--format", "json").out)
    assert [each["name"] for each in data] == list(shipped_names())


def test_show_gives_every_criterion_condition_and_activity_with_its_place(call):
    text = " ".join(call("framework", "show").out.split())
    framework = shipped()
    for criterion in framework.criteria.values():
        assert criterion.question in text
    for support in framework.readings["gated"].support.values():
        assert all(reason.text in text for reason in support.reasons)
    for activity in framework.activities.values():
        assert f"{activity.id} {activity.title}" in text
    assert "section 4, third condition" in text


def test_show_follows_the_reading_that_is_asked_for(call):
    reason = shipped().readings["literal"].support
    text = " ".join(call("framework", "show", "--reading", "literal").out.split())
    assert all(each.text in text for support in reason.values() for each in support.reasons)
    assert call("framework", "show", "--reading", "liberal").status == 2


@pytest.mark.parametrize("reading", list(shipped().readings))
def test_the_conditions_of_a_reading_are_data_too_each_with_its_place(call, reading):
    data = json.loads(call("framework", "show", "--reading", reading, "--format", "json").out)
    framework = shipped()
    for level, support in framework.readings[reading].support.items():
        found = data["levels"][level.value]
        assert [each["id"] for each in found["reasons"]] == [each.id for each in support.reasons]
        assert (found["gate"] or {}).get("id") == (support.gate.id if support.gate else None)
        ruling = [rule.condition.id for rule in framework.rule_outs if level in rule.levels]
        assert [each["id"] for each in found["rule_outs"]] == ruling
        for each in (*found["reasons"], *found["rule_outs"], *([found["gate"]] if found["gate"] else [])):
            assert each["passages"]
            assert all(set(v) < set(framework.criteria[name].scale) for name, v in each["when"].items())


def test_show_gives_the_place_of_what_closes_a_level_too(call):
    text = " ".join(call("framework", "show").out.split())
    for rule in shipped().rule_outs:
        refs = "; ".join(shipped().refs(rule.condition.passages))
        assert f"{rule.condition.text} ({refs})" in text


def test_show_one_activity_gives_its_ideas_and_says_where_the_source_has_none(call):
    text = " ".join(call("framework", "show", "--activity", "institutional_development").out.split())
    assert text.count("no idea in the source") == 2
    assert "(table 1, institutional development, coordination)" in text
    data = json.loads(call("framework", "show", "--activity", "standards", "--format", "json").out)
    assert [each["id"] for each in data["activities"]] == ["standards"]
    assert set(data["activities"][0]["avenues"]) == {
        "separation",
        "communication",
        "coordination",
        "collaboration",
    }


def test_verify_holds_for_the_brief_itself(call, brief_path):
    result = call("framework", "verify", "--source", brief_path)
    assert (result.status, result.err) == (0, "")
    assert f"All {len(shipped().passages)} passages" in result.out


def test_verify_names_the_passage_that_was_changed(call, brief_path, tmp_path):
    lines = brief_path.read_text().splitlines()
    lines[78] = lines[78].replace("minimal", "maximal")
    file = tmp_path / "edited.txt"
    file.write_text("\n".join(lines))
    result = call("framework", "verify", "--source", file)
    assert (result.status, result.out, len(result.faults)) == (2, "", 1)
    assert result.err.startswith(f"{file}:79: ")
    assert "section 1, conditions" in result.err


def test_verify_reads_the_source_that_comes_with_a_framework(call):
    assert call("framework", "verify", "illustrative-asia-pacific").status == 0
    assert call("framework", "verify").status == 2


@pytest.mark.parametrize("data", [b"\xff\xfe", b"x" * 3_000_000, b""], ids=["binary", "huge", "empty"])
def test_verify_refuses_what_is_no_text(call, tmp_path, data):
    file = tmp_path / "source"
    file.write_bytes(data)
    result = call("framework", "verify", "--source", file)
    assert (result.status, result.out) == (2, "")
    assert all(line.startswith(str(file)) for line in result.faults)


def test_groups_are_the_largest_that_hold_at_each_level(call, network):
    (part,) = json.loads(call("framework", "groups", network, "--format", "json").out)
    members = {level: [group["members"] for group in found] for level, found in part["groups"].items()}
    assert members == {
        "collaboration": [["AISI", "AIO"]],
        "coordination": [["AISI", "AIO", "CAISI"]],
        "communication": [],
        "separation": [["AISI", "AIO", "CAISI", "Japan"]],
    }
    text = call("framework", "groups", network).out
    assert "AISI, AIO and CAISI" in text
    assert "no two of them" in text


def test_too_many_positions_for_groups_are_refused_by_the_name_of_the_file(call, tmp_path):
    file = tmp_path / "many.yaml"
    criteria = [name for name, each in shipped().criteria.items() if each.scale == ("no", "yes")][:17]
    answers = "".join(f"  I{n}: {{{name}: yes}}\n" for n, name in enumerate(criteria))
    file.write_text(f"activity: standards\nanswers:\n{answers}")
    result = call("framework", "groups", file)
    assert (result.status, result.out, len(result.faults)) == (2, "", 1)
    assert result.err.startswith(f"{file}: answers: The institutions gave 17 different sets")


@pytest.mark.parametrize("like", shipped_names())
def test_a_framework_to_begin_with_is_the_shipped_one_and_replaces_nothing(call, tmp_path, like):
    file = tmp_path / "our frame.yaml"
    result = call("framework", "new", file, "--like", like)
    assert (result.status, result.err) == (0, "")
    hint = shlex.split(result.out.partition("See it with: fourfold ")[2])
    assert call(*hint).out == call("framework", "show", like).out
    file.write_text("mine")
    assert call("framework", "new", file).status == 1
    assert file.read_text() == "mine"
    assert call("framework", "new", "-", "--like", like).out.startswith("# ")
    assert 'Did you mean "brief-2025"' in call("framework", "new", tmp_path / "x", "--like", "brief").err


def test_the_digests_that_a_new_framework_needs_can_be_asked_for(call, tmp_path):
    framework = shipped("illustrative-asia-pacific")
    blank = "sha256:" + "0" * 64
    text, source = shipped_text(framework.id), tmp_path / "source.txt"
    source.write_text(shipped_source(framework.id))
    file = tmp_path / "ours.yaml"
    file.write_text(re.sub(r"sha256:[0-9a-f]{64}", blank, text))
    assert call("framework", "verify", file, "--source", source).status == 2
    told = call("framework", "verify", file, "--source", source, "--digests")
    found = dict(line.split(": ") for line in told.out.splitlines())
    assert found == {name: passage.digest for name, passage in framework.passages.items()}
    source.write_text("One line.\n")
    told = call("framework", "verify", file, "--source", source, "--digests")
    assert "article-5: no such place" in told.out


def test_another_text_than_the_source_is_one_fault(call, tmp_path):
    file = tmp_path / "other.txt"
    file.write_text("Something else.\n")
    result = call("framework", "verify", "--source", file)
    assert (result.status, result.out, len(result.faults)) == (2, "", 1)
    assert result.err.startswith(f"{file}: ")


def test_a_framework_from_a_faulty_file_is_refused(call, network, tmp_path):
    file = tmp_path / "framework.yaml"
    file.write_text("schema: fourfold.framework/1\nid: x\n")
    for arguments in (("framework", "show", file), ("recommend", network, "--framework", file)):
        result = call(*arguments)
        assert result.status == 2
        assert all(line.startswith(f"{file}:") for line in result.faults)


def test_institutions_are_compared_side_by_side(call):
    result = call("institutions", "compare", "--sources")
    text = " ".join(result.out.split())
    assert result.status == 0
    assert all(len(line) <= 80 for line in result.out.splitlines())
    for words in ("yes (demonstrated)", "yes (expected)", "only one", "not known", "Executive summary"):
        assert words in text


def test_institutions_of_a_file_are_compared_too(call, tmp_path):
    file = tmp_path / "profiles.yaml"
    each = "{name: Institute, functions: {network: yes}}"
    file.write_text(f"institutions: {{{', '.join(f'I{n}: {each}' for n in range(5))}}}\n")
    data = json.loads(call("institutions", "compare", file, "--format", "json").out)
    assert data["functions"][5]["kinship"] == "shared"
    assert {row["kinship"] for row in data["functions"][:5]} == {"unknown"}
    assert "I4" in call("institutions", "compare", file).out
    file.write_text("institutions: {X: {nam: y}}\n")
    result = call("institutions", "compare", file)
    assert (result.status, len(result.faults)) == (2, 2)
