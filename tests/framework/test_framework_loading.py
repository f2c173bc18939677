"""A framework file: what loads, and what is refused, with every fault at once."""

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from fourfold.canon import digest, read_document
from fourfold.errors import Fault, InputError, NotFoundError
from fourfold.framework import (
    Framework,
    Level,
    Slice,
    Verdict,
    assess,
    load_framework,
    shipped,
    shipped_names,
)

DATA = files("fourfold.framework") / "data"
Edit = Callable[[dict[str, Any]], object]
ILLUSTRATIVE = "illustrative-asia-pacific"


@pytest.fixture
def document() -> dict[str, Any]:
    """The illustrative framework as plain data, free to be spoiled."""
    text = (DATA / f"{ILLUSTRATIVE}.yaml").read_text()
    plain = read_document(text, file="x.yaml").plain()
    assert isinstance(plain, dict)
    return plain


def faults(document: dict[str, Any]) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        load_framework(json.dumps(document, indent=1), file="mine.json")
    return caught.value.faults


def named(document: dict[str, Any], section: str, name: str) -> dict[str, Any]:
    return next(item for item in document[section] if item["id"] == name)


def test_both_shipped_frameworks_load() -> None:
    assert shipped_names() == ("brief-2025", ILLUSTRATIVE)
    for name in shipped_names():
        assert shipped(name).id == name


def test_a_framework_that_is_not_shipped_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="Did you mean"):
        shipped("brief-2024")


def test_json_and_yaml_of_one_content_are_one_framework(document: dict[str, Any]) -> None:
    loaded = load_framework(json.dumps(document), file="x.json")
    assert loaded == shipped(ILLUSTRATIVE)
    assert loaded.digest == digest(document)


def test_any_change_of_content_changes_the_digest(document: dict[str, Any]) -> None:
    named(document, "conditions", "all-learn")["text"] += " Indeed."
    assert load_framework(json.dumps(document)).digest != shipped(ILLUSTRATIVE).digest


def test_the_brief_has_the_criteria_of_its_formalisation(brief: Framework) -> None:
    kinds = {kind: [] for kind in ("max", "min", "shared")}
    for criterion in brief.criteria.values():
        kinds[criterion.aggregation.value].append(criterion.id)
    assert kinds == {
        "max": [
            "sens",
            "prop",
            "risk",
            "infosec",
            "cost3",
            "cost2",
            "cost1",
            "lowvalue",
            "priodiff",
            "political",
            "autonomy",
        ],
        "min": ["cap", "influence", "mutual", "know", "ready"],
        "shared": ["urgent", "better", "interop", "dup", "evidence", "spec", "skills", "mandates"],
    }
    assert list(brief.readings) == ["gated", "strict", "literal", "coord-and"]
    assert brief.default_reading == "gated"


def test_every_text_that_a_user_may_read_is_there(brief: Framework) -> None:
    for framework in (brief, shipped(ILLUSTRATIVE)):
        for reading in framework.readings.values():
            for support in reading.support.values():
                for condition in (*support.reasons, *([support.gate] if support.gate else [])):
                    assert condition.text.endswith(".")
                    assert all(atom.fails and not atom.fails.endswith(".") for atom in condition.atoms)
        assert all(criterion.question.endswith("?") for criterion in framework.criteria.values())


def test_three_institutes_of_another_region_decide_in_the_same_way() -> None:
    framework = shipped(ILLUSTRATIVE)

    def say(**answers: str) -> dict[str, frozenset[str]]:
        return {name: frozenset([value]) for name, value in answers.items()}

    free = say(material="limited", export="no", reserved="no", effort="small", contact="yes", learning="yes")
    answers = {"A": free | say(languages="yes"), "B": free, "C": free | say(contact="no")}
    result = assess(framework, [Slice("campaign", answers)])
    assert result.whole.suggestion is Level.COLLABORATION
    assert result.to_json()["framework"]["id"] == ILLUSTRATIVE
    assert result.whole.levels[Level.COLLABORATION].to_json()["timing"] == "not yet"
    kept = assess(framework, [Slice("campaign", {**answers, "C": free | say(export="yes")})])
    assert kept.whole.levels[Level.COLLABORATION].judgement.verdict is Verdict.RULED_OUT
    assert kept.whole.suggestion is Level.COMMUNICATION


def test_a_framework_without_timing_gives_no_timing(document: dict[str, Any]) -> None:
    del document["timing"]
    framework = load_framework(json.dumps(document))
    result = assess(framework, [Slice("x", {"A": {}})]).to_json()
    assert result["whole"]["verdicts"]["communication"]["timing"] is None


SPOILED: list[tuple[str, Edit, str, str]] = [
    (
        "an unknown criterion",
        lambda d: named(d, "conditions", "all-learn")["when"].update(lerning="yes"),
        "conditions[7].when.lerning",
        'no criterion "lerning"',
    ),
    (
        "a value that is not on the scale",
        lambda d: named(d, "conditions", "not-sensitive")["when"].update(material="<= secret"),
        "conditions[1].when.material",
        '"secret" is no value of material',
    ),
    (
        "a listed value that is not on the scale",
        lambda d: named(d, "rule_outs", "ruled-out-export")["when"].update(export=["yes", "maybe"]),
        "rule_outs[1].when.export[1]",
        '"maybe" is no value of export',
    ),
    (
        "a formula that pushes one criterion both ways",
        lambda d: named(d, "conditions", "spreading-harm").update(
            when={"languages": "no"}, fails={"languages": "it is needed"}
        ),
        "conditions[4]",
        "pushes it the other way",
    ),
    (
        "rule-outs that push one criterion both ways",
        lambda d: (
            d["rule_outs"][1]["when"].update(languages="no")
            or d["rule_outs"][2]["when"].update(languages="yes")
        ),
        "rule_outs[2]",
        "pushes it the other way",
    ),
    (
        "an atom in the middle of a scale",
        lambda d: named(d, "conditions", "spreading-harm")["when"].update(harm="present"),
        "conditions[3]",
        "from inside its scale",
    ),
    (
        "an atom that allows everything",
        lambda d: named(d, "conditions", "all-languages")["when"].update(languages=["no", "yes"]),
        "conditions[4]",
        "allows every value",
    ),
    (
        "a ruling-out that one more institution could undo",
        lambda d: named(d, "rule_outs", "ruled-out-effort")["when"].update(effort="small"),
        "rule_outs[3]",
        "by the mild side",
    ),
    (
        "a duplicate id",
        lambda d: d["criteria"].append(d["criteria"][0]),
        "criteria[12]",
        'The criterion "material" was already given',
    ),
    (
        "a rule-out named as a reason is",
        lambda d: d["rule_outs"][0].update(id="all-learn"),
        "rule_outs[0]",
        'The condition "all-learn" was already given',
    ),
    (
        "a dangling passage",
        lambda d: d["criteria"][0]["passages"].append("article-9"),
        "criteria[0].passages[3]",
        'no passage "article-9"',
    ),
    (
        "a dangling passage of an avenue",
        lambda d: d["activities"][0]["avenues"]["separation"].update(passage="annex-nowhere"),
        "activities[0].avenues.separation.passage",
        '"annex-nowhere" is no passage',
    ),
    (
        "a dangling reason",
        lambda d: d["readings"][0]["coordination"]["reasons"].append("open-door"),
        "readings[0].coordination.reasons[2]",
        'no condition "open-door"',
    ),
    (
        "a default reading that is missing",
        lambda d: d.update(default_reading="gated"),
        "default_reading",
        '"gated" is no reading',
    ),
    (
        "a reading without a level",
        lambda d: d["readings"][1].pop("communication"),
        "readings[1]",
        '"communication" is missing',
    ),
    (
        "a digest of another form",
        lambda d: d["passages"][0].update(digest="sha256:ABC"),
        "passages[0].digest",
        "is no digest",
    ),
    (
        "an unknown key",
        lambda d: d["criteria"][1].update(weight=3),
        "criteria[1].weight",
        'The key "weight" is unknown',
    ),
    ("a missing key", lambda d: d["criteria"][1].pop("question"), "criteria[1]", '"question" is missing'),
    (
        "a failing atom without a phrase",
        lambda d: d["conditions"][0]["fails"].pop("export"),
        "conditions[0].fails",
        '"export" is missing',
    ),
    (
        "another aggregation",
        lambda d: d["criteria"][0].update(aggregation="mean"),
        "criteria[0].aggregation",
        "mean",
    ),
    (
        "a scale of one value",
        lambda d: d["criteria"][4].update(scale=["yes"]),
        "criteria[4].scale",
        "at least 2",
    ),
    (
        "separation ruled out",
        lambda d: d["rule_outs"][0]["levels"].append("separation"),
        "rule_outs[0].levels[3]",
        '"separation"',
    ),
    (
        "a reason that asks for what its gate asks for",
        lambda d: (
            named(d, "conditions", "all-learn")["when"].update(material="public")
            or named(d, "conditions", "all-learn")["fails"].update(material="it is not public")
        ),
        "readings[0].communication",
        'asks for "material", as does its gate',
    ),
    (
        "a condition that no reading uses",
        lambda d: (
            d["readings"][0]["collaboration"]["reasons"].pop(0)
            and d["readings"][1]["collaboration"]["reasons"].pop(0)
        ),
        "conditions[2]",
        "No reading uses",
    ),
    ("another schema", lambda d: d.update(schema="fourfold.framework/2"), "schema", "schema"),
    (
        "a condition without atoms",
        lambda d: d["rule_outs"][0].update(when={}),
        "rule_outs[0].when",
        "no atom",
    ),
    (
        "lines out of order",
        lambda d: d["passages"][0].update(lines=[9, 7]),
        "passages[0].lines",
        "rising order",
    ),
    (
        "a line before the first",
        lambda d: d["passages"][0].update(lines=[0]),
        "passages[0].lines[0]",
        "from 1",
    ),
    (
        "timing that is both",
        lambda d: d["timing"].update(now=["no", "yes"]),
        "",
        "both now and not yet",
    ),
    ("a level too many", lambda d: d["levels"].update(union={}), "levels.union", "union"),
    (
        "a stated value that does not exist",
        lambda d: d["activities"][0]["avenues"]["separation"].update(stated={"reserved": "partly"}),
        "activities[0].avenues.separation.stated.reserved",
        '"partly" is no value of reserved',
    ),
]


@pytest.mark.parametrize(
    ("spoil", "field", "message"), [each[1:] for each in SPOILED], ids=[each[0] for each in SPOILED]
)
def test_a_faulty_file_is_refused_at_its_place(
    document: dict[str, Any], spoil: Edit, field: str, message: str
) -> None:
    spoil(document)
    found = [fault for fault in faults(document) if fault.field == field and message in fault.message]
    assert found, [str(fault) for fault in faults(document)]
    assert all(fault.file == "mine.json" for fault in found)
    assert all(fault.line > 0 for fault in found if fault.field)


def test_every_fault_is_told_at_once(document: dict[str, Any]) -> None:
    independent = [each for each in SPOILED if each[0] in CHOSEN]
    assert len(independent) == len(CHOSEN)
    for _, spoil, _, _ in independent:
        spoil(document)
    found = faults(document)
    for _, _, field, message in independent:
        assert any(fault.field == field and message in fault.message for fault in found)


CHOSEN = {
    "an unknown criterion",
    "a value that is not on the scale",
    "a formula that pushes one criterion both ways",
    "a duplicate id",
    "a dangling passage of an avenue",
    "a dangling reason",
    "a default reading that is missing",
    "a digest of another form",
    "an unknown key",
}


@pytest.mark.parametrize("text", ["", "[]", "null", "criteria: 3", "{", "id: a\nid: b", "- &a 1\n- *a"])
def test_what_is_no_framework_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        load_framework(text, file="x.yaml")
    assert all(fault.file == "x.yaml" for fault in caught.value.faults)


@pytest.mark.parametrize("wrong", [None, 3, "text", [], {}, [None], [[]], {"a": None}, True])
def test_any_section_of_another_shape_is_refused_and_nothing_else_happens(
    document: dict[str, Any], wrong: Any
) -> None:
    for key in document:
        if key in {"title", "about", "unsettled", "version", "id"} and wrong == "text":
            continue
        with pytest.raises(InputError):
            load_framework(json.dumps({**document, key: wrong}), file="x.json")
