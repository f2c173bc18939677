"""The brief's own placements, its table, and the worked examples."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fourfold.framework import Framework, Level, Slice, Tri, Verdict, assess, changes, judge

Say = Callable[..., dict[str, frozenset[str]]]
SEP, COM, COO, COL = Level
CLOSER = {COM, COO, COL}


@dataclass(frozen=True)
class Placement:
    name: str
    stated: str
    level: Level
    ruled_out: frozenset[Level] = frozenset()
    alone: bool = False  # only the stated values; otherwise the unstated ones take "no obstacle"


PLACEMENTS = [
    Placement("standards", "interop=top influence=yes dup=avoid", COL),
    Placement("summits, international engagement", "influence=yes", COL),
    Placement("joint testing once the unit is in place", "better=yes ready=yes", COL),
    Placement("cross-border risk, arbitrage", "cap=yes urgent=yes", COL),
    Placement("metrics, division, meetings", "interop=important dup=avoid sens=low risk=low", COO),
    Placement("evaluations", "interop=important spec=yes mutual=yes dup=avoid sens=low risk=low", COO),
    Placement("risk monitoring, incident reporting", "mandates=yes know=yes", COM),
    Placement("comparing reports, guide for interpretation", "know=yes mandates=yes", COM),
    Placement("national-security evaluation", "sens=high risk=material", SEP, frozenset(CLOSER), alone=True),
    Placement(
        "too costly, of little value",
        "cost3=yes cost2=yes cost1=yes lowvalue=yes",
        SEP,
        frozenset(CLOSER),
        alone=True,
    ),
    Placement("localised thresholds", "priodiff=yes political=yes", SEP, frozenset({COL, COO}), alone=True),
    Placement("research on future trends", "autonomy=yes", SEP, alone=True),
]


@pytest.mark.parametrize("placement", PLACEMENTS, ids=lambda each: each.name)
def test_the_brief_places_it_where_the_engine_does(brief: Framework, say: Say, placement: Placement) -> None:
    said = say(placement.stated, clear=not placement.alone)
    result = assess(brief, [Slice(placement.name, {"AISI": said, "AIO": said})])
    levels = {level: each.judgement for level, each in result.whole.levels.items()}
    assert result.whole.suggestion is placement.level
    assert levels[placement.level].verdict is Verdict.SUPPORTED
    ruled_out = {level for level, each in levels.items() if each.ruled_out is Tri.TRUE}
    assert ruled_out == placement.ruled_out


READINGS_PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "readings.md"


def placed(brief: Framework, say: Say, placement: Placement, reading: str) -> Level | None:
    said = say(placement.stated, clear=not placement.alone)
    return assess(brief, [Slice("", {"A": said})], reading).whole.suggestion


def test_what_each_reading_makes_of_the_placements_is_what_the_documentation_says(
    brief: Framework, say: Say
) -> None:
    """Row by row, in the order of the placements above; the last row counts."""
    text = READINGS_PAGE.read_text(encoding="utf-8")
    rows = [
        [cell.strip(" *`") for cell in row.split("|")[1:-1]] for row in text.splitlines() if row[:1] == "|"
    ]
    (head,) = (number for number, row in enumerate(rows) if row[0] == "placement")
    readings = rows[head][2:]
    told = rows[head + 2 : head + 2 + len(PLACEMENTS)]
    assert readings == list(brief.readings)
    hits = dict.fromkeys(readings, 0)
    for row, placement in zip(told, PLACEMENTS, strict=True):
        assert row[1] == placement.level.value
        for reading, word in zip(readings, row[2:], strict=True):
            found = placed(brief, say, placement, reading)
            hits[reading] += found is placement.level
            expected = found.value if found else "open"
            assert word == ("same" if found is placement.level else expected), (row[0], reading)
    counts = [f"{count} of {len(PLACEMENTS)}" for count in hits.values()]
    assert rows[head + 2 + len(PLACEMENTS)] == ["reproduced", "", *counts]
    assert hits["gated"] == len(PLACEMENTS)
    assert hits["literal"] < hits["coord-and"] < hits["gated"]


def test_the_page_of_the_readings_prints_all_four_figures_of_agreement() -> None:
    text = READINGS_PAGE.read_text(encoding="utf-8")
    for figure in ("35 of 35", "19 of 20", "12 of 16", "17 of 20"):
        assert f"| {figure} |" in text


def test_joint_testing_without_the_unit_is_supported_but_not_yet(brief: Framework, say: Say) -> None:
    for ready, timing in (("yes", "now"), ("no", "not yet"), ("no|yes", "unknown")):
        levels = judge(brief, {"AISI": say(f"better=yes ready={ready}", clear=True)})
        assert {each.timing.value for each in levels.values()} == {timing}
        assert levels[COL].verdict is Verdict.SUPPORTED


def test_table_1_has_fifty_eight_avenues_and_two_empty_cells(brief: Framework) -> None:
    filled = {(activity.id, level) for activity in brief.activities.values() for level in activity.avenues}
    empty = {(name, level) for name in brief.activities for level in Level} - filled
    assert len(filled) == 58
    assert empty == {("institutional_development", COL), ("institutional_development", SEP)}


@pytest.mark.parametrize("number", range(15))
def test_no_cell_is_contradicted_by_its_own_wording(brief: Framework, number: int) -> None:
    activity = list(brief.activities.values())[number]
    for level, avenue in activity.avenues.items():
        result = judge(brief, {"AISI": avenue.stated, "AIO": avenue.stated})[level]
        assert result.verdict not in {Verdict.RULED_OUT, Verdict.UNSUPPORTED, Verdict.CONTESTED}
        if not avenue.stated:
            assert result.verdict is Verdict.OPEN


def test_wording_alone_supports_separation_where_it_gives_a_reason_and_nothing_closer(
    brief: Framework,
) -> None:
    open_cells = {level: set() for level in Level}
    for activity in brief.activities.values():
        for level, avenue in activity.avenues.items():
            if judge(brief, {"A": avenue.stated})[level].verdict is Verdict.OPEN:
                open_cells[level].add(activity.id)
    assert {level: len(found) for level, found in open_cells.items()} == {COL: 14, COO: 15, COM: 15, SEP: 3}
    assert open_cells[SEP] == {"risk_response", "standards", "assurance_approaches"}


def test_with_no_obstacle_a_closer_cell_stays_open_only_where_its_wording_gives_no_whole_reason(
    brief: Framework, say: Say
) -> None:
    still_open = set()
    for activity in brief.activities.values():
        for level, avenue in activity.avenues.items():
            said = {**say(clear=True), **avenue.stated}
            word = judge(brief, {"A": said})[level].verdict
            if level is not SEP and word is not Verdict.SUPPORTED:
                assert word is Verdict.OPEN
                still_open.add((activity.id, str(level), *avenue.stated))
    assert len(still_open) == 17
    partly = {each for each in still_open if len(each) > 2}
    assert partly == {
        ("assurance_approaches", "collaboration", "interop"),  # shared standards, or only a crosswalk
        ("assurance_approaches", "coordination", "mutual"),  # gain for both, but no special capability
    }


def test_example_1_slices_can_be_closer_than_the_whole(brief: Framework, say: Say) -> None:
    slices = [
        ("red-team findings", "sens=high risk=material", False),
        (
            "metric definitions",
            "sens=low risk=low prop=no interop=important priodiff=no political=no cost2=no",
            False,
        ),
        ("public results", "know=yes", True),
    ]
    result = assess(
        brief,
        [
            Slice(name, {"AISI": say(text, clear=clear), "AIO": say(text, clear=clear)})
            for name, text, clear in slices
        ],
    )
    assert result.whole.suggestion is SEP
    assert [each.outcome.suggestion for each in result.slices] == [SEP, COO, COM]
    assert [
        each.outcome.levels[level].judgement.verdict
        for each, level in zip(result.slices, (SEP, COO, COM), strict=True)
    ] == [Verdict.SUPPORTED] * 3
    assert result.split


def test_example_2_sensitivity_is_decisive_and_urgency_is_noise(brief: Framework, say: Say) -> None:
    answers = {"AISI": say("sens=minimal urgent=yes"), "AIO": say("sens=high urgent=no")}
    (result,) = assess(brief, [Slice("x", answers)]).slices
    assert {result.outcome.levels[level].judgement.verdict for level in CLOSER} == {Verdict.RULED_OUT}
    assert {each.criterion: each.decisive for each in result.disagreements} == {"sens": True, "urgent": False}
    assert result.decisive_sets == (("sens",),)


def test_example_3_sensitivity_low_under_two_readings(brief: Framework, say: Say) -> None:
    answers = {
        "AISI": say("sens=low risk=low prop=no interop=important"),
        "AIO": say("sens=low risk=low prop=no"),
    }
    default, strict = judge(brief, answers), judge(brief, answers, "strict")
    assert default[COO].verdict is Verdict.SUPPORTED_UNLESS
    assert default[COM].verdict is Verdict.OPEN
    assert default[COL].verdict is Verdict.UNSUPPORTED
    assert strict[COM].verdict is Verdict.UNSUPPORTED
    assert strict[COO] == default[COO]


def test_example_4_cost_bears_on_its_own_level_alone(brief: Framework, say: Say) -> None:
    stated = "better=yes interop=important know=yes"
    before = judge(brief, {"A": say(stated, clear=True)})
    after = judge(brief, {"A": say(stated + " cost3=yes cost2=no cost1=no lowvalue=yes", clear=True)})
    assert before[COL].verdict is Verdict.SUPPORTED
    assert after[COL].verdict is Verdict.CONTESTED
    assert after[COO].verdict is before[COO].verdict is Verdict.SUPPORTED
    assert after[COM].verdict is before[COM].verdict is Verdict.SUPPORTED


def test_example_5_from_coordination_to_collaboration_in_two_changes(brief: Framework, say: Say) -> None:
    said = say("interop=important spec=yes mutual=yes dup=avoid sens=low risk=low", clear=True)
    found = [dict(each.answers) for each in changes(brief, {"AISI": said, "AIO": said})[COL]]
    assert {"sens": "minimal", "better": "yes"} in found
    assert all(len(each) == 2 and each["sens"] == "minimal" for each in found)
    reasons = {(name, value) for each in found for name, value in each.items() if name != "sens"}
    assert reasons == {
        ("cap", "yes"),
        ("urgent", "yes"),
        ("better", "yes"),
        ("interop", "top"),
        ("evidence", "yes"),
        ("influence", "yes"),
    }


def test_one_says_low_the_other_high_on_two_criteria_and_only_both_together_are_decisive(
    brief: Framework, say: Say
) -> None:
    answers = {"AISI": say("sens=minimal prop=no"), "AIO": say("sens=high prop=yes")}
    (result,) = assess(brief, [Slice("x", answers)]).slices
    assert result.decisive_sets == (("sens", "prop"),)
    assert all(each.decisive for each in result.disagreements)


def test_evaluations_stay_at_coordination_though_a_reason_to_collaborate_holds(
    brief: Framework, say: Say
) -> None:
    said = say("interop=important dup=avoid sens=low risk=low better=yes", clear=True)
    result = assess(brief, [Slice("x", {"A": said})])
    assert result.whole.suggestion is COO
    failing = result.whole.levels[COL].judgement.why_not
    assert failing[0].criteria == ("sens",)
