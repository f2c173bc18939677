"""Each rule of the semantics, one by one."""

from collections.abc import Callable
from itertools import combinations, product

import pytest

from fourfold.errors import InputError
from fourfold.framework import (
    Framework,
    Level,
    Slice,
    Timing,
    Tri,
    Verdict,
    assess,
    changes,
    groups,
    judge,
    shipped,
)

Say = Callable[..., dict[str, frozenset[str]]]
SEP, COM, COO, COL = Level
T, U, F = Tri.TRUE, Tri.UNKNOWN, Tri.FALSE


@pytest.mark.parametrize(
    ("supported", "ruled_out", "word"),
    [
        (T, F, "supported"),
        (T, U, "supported-unless"),
        (T, T, "contested"),
        (U, F, "open"),
        (U, U, "open"),
        (F, F, "unsupported"),
        (F, U, "unsupported"),
        (U, T, "ruled-out"),
        (F, T, "ruled-out"),
    ],
)
def test_a_pair_of_truth_values_has_one_word(supported: Tri, ruled_out: Tri, word: str) -> None:
    assert Verdict.of(supported, ruled_out).value == word


def test_nothing_said_leaves_every_level_open_and_nothing_is_suggested(brief: Framework) -> None:
    result = assess(brief, [Slice("x", {"AISI": {}, "AIO": {}})])
    assert {each.judgement.verdict for each in result.whole.levels.values()} == {Verdict.OPEN}
    assert result.whole.suggestion is None
    assert not result.split


def test_separation_is_no_default_when_nothing_is_supported(brief: Framework, say: Say) -> None:
    stated = (
        "cap=no urgent=no better=no interop=none dup=indifferent evidence=no influence=no know=no mandates=no"
    )
    said = say(stated + " spec=no skills=no", clear=True)
    result = assess(brief, [Slice("x", {"A": said})])
    assert {each.judgement.verdict for each in result.whole.levels.values()} == {Verdict.UNSUPPORTED}
    assert result.whole.suggestion is None


# How answers combine


def test_max_takes_the_most_restrictive_answer(brief: Framework, say: Say) -> None:
    for one, other in (("low", "moderate"), ("moderate", "low")):
        levels = judge(brief, {"A": say(f"sens={one}"), "B": say(f"sens={other}")})
        assert levels[SEP].verdict is Verdict.SUPPORTED


def test_min_needs_a_yes_from_everyone(brief: Framework, say: Say) -> None:
    clear = say("know=yes", clear=True)
    assert judge(brief, {"A": clear, "B": clear})[COM].verdict is Verdict.SUPPORTED
    assert judge(brief, {"A": clear, "B": {**clear, **say("know=no mandates=no")}})[COM].supported is F


@pytest.mark.parametrize("name", ["sens", "know"])
def test_silence_on_max_and_min_is_unknown(brief: Framework, say: Say, name: str) -> None:
    said = say("know=yes", clear=True)
    silent = {criterion: values for criterion, values in said.items() if criterion != name}
    both = {"A": said, "B": silent}
    assert judge(brief, both)[COM].supported is U
    assert name in judge(brief, both)[COM].ask


def test_a_high_answer_governs_though_another_is_silent(brief: Framework, say: Say) -> None:
    assert judge(brief, {"A": say("sens=high"), "B": {}})[COL].ruled_out is T


def test_a_no_on_min_governs_though_another_is_silent(brief: Framework, say: Say) -> None:
    assert judge(brief, {"A": say("know=no mandates=no"), "B": {}})[COM].supported is F


def test_silence_on_a_shared_criterion_is_no_disagreement(brief: Framework, say: Say) -> None:
    said = say("better=yes", clear=True)
    silent = {criterion: values for criterion, values in said.items() if criterion != "better"}
    result = assess(brief, [Slice("x", {"A": said, "B": silent})]).slices[0]
    assert result.outcome.levels[COL].judgement.supported is T
    assert result.disagreements == ()


def test_different_answers_on_a_shared_criterion_leave_it_unknown(brief: Framework, say: Say) -> None:
    answers = {"A": say("better=yes", clear=True), "B": say("better=no", clear=True)}
    result = assess(brief, [Slice("x", answers)]).slices[0]
    assert result.outcome.levels[COL].judgement.supported is U
    (disagreement,) = result.disagreements
    assert disagreement.said == (("A", ("yes",)), ("B", ("no",)))
    assert disagreement.decisive


def test_the_whole_scale_said_aloud_is_not_silence(brief: Framework, say: Say) -> None:
    answers = {"A": say("better=yes", clear=True), "B": say("better=no|yes", clear=True)}
    assert judge(brief, answers)[COL].supported is U


def test_several_values_from_one_institution_are_what_it_holds_possible(brief: Framework, say: Say) -> None:
    result = assess(brief, [Slice("x", {"A": say("sens=low|moderate")})]).slices[0]
    assert result.outcome.levels[COO].judgement.ruled_out is U
    assert result.outcome.levels[COL].judgement.supported is F
    assert result.disagreements == ()


def test_sets_of_values_combine_value_by_value(brief: Framework, say: Say) -> None:
    answers = {"A": say("sens=none|low"), "B": say("sens=minimal|moderate")}
    levels = judge(brief, answers)  # together: minimal, low or moderate
    assert levels[COL].ruled_out is U
    certain = {"A": say("sens=none|low"), "B": say("sens=low|moderate")}
    assert judge(brief, certain)[COL].supported is F


def test_a_party_that_has_said_nothing_counts(brief: Framework, say: Say) -> None:
    said = say("better=yes", clear=True)
    assert judge(brief, {"A": said})[COL].verdict is Verdict.SUPPORTED
    assert judge(brief, {"A": said, "B": {}})[COL].verdict is Verdict.OPEN


# Timing, warnings


@pytest.mark.parametrize(
    ("one", "other", "timing"),
    [
        ("ready=yes", "ready=yes", Timing.NOW),
        ("ready=yes", "ready=no", Timing.NOT_YET),
        ("ready=yes", "", Timing.UNKNOWN),
        ("", "ready=no", Timing.NOT_YET),
        ("", "", Timing.UNKNOWN),
    ],
)
def test_timing_stands_beside_every_verdict_and_changes_none(
    brief: Framework, say: Say, one: str, other: str, timing: Timing
) -> None:
    levels = judge(brief, {"A": say(one), "B": say(other)})
    assert {each.timing for each in levels.values()} == {timing}
    assert {each.verdict for each in levels.values()} == {Verdict.OPEN}


def warnings(framework: Framework, *said: dict[str, frozenset[str]]) -> list[str]:
    answers = {f"party {number}": each for number, each in enumerate(said)}
    return [each.id for each in assess(framework, [Slice("x", answers)]).slices[0].warnings]


def test_unequal_benefit_takes_a_reason_away_and_warns(brief: Framework, say: Say) -> None:
    gains, loses = say("spec=yes mutual=yes", clear=True), say("spec=yes mutual=no", clear=True)
    assert judge(brief, {"A": gains})[COO].supported is T
    levels = judge(brief, {"A": gains, "B": loses})
    assert levels[COO].supported is U
    assert all(each.ruled_out is not T for each in levels.values())
    assert warnings(brief, gains, loses) == ["one-sided"]
    assert warnings(brief, gains, gains) == []
    assert warnings(brief, gains) == []


def test_separation_supported_beside_a_closer_suggestion_is_a_warning(brief: Framework, say: Say) -> None:
    result = assess(brief, [Slice("x", {"A": say("better=yes", clear=True) | say("autonomy=yes")})]).slices[0]
    assert result.outcome.suggestion is COL
    (warning,) = result.warnings
    assert "separation" in warning.id
    assert warning.criteria == ("autonomy",)
    assert warning.passages == ("executive summary, paragraph 2",)
    assert "collaboration" in warning.text


def test_separation_alone_is_no_warning(brief: Framework, say: Say) -> None:
    assert warnings(brief, say("autonomy=yes")) == []


# Why, why not, ask


def test_a_supported_level_names_each_reason_with_its_passages(brief: Framework, say: Say) -> None:
    result = judge(brief, {"A": say("cap=yes urgent=yes", clear=True)})[COL]
    assert [each.id for each in result.why] == ["collaboration-capacity", "collaboration-urgency"]
    assert result.why[0].passages == ("section 1, conditions", "section 4, first condition")
    assert set(result.why[0].criteria) == {"cap", "sens", "infosec", "prop"}


def test_a_ruled_out_level_names_what_rules_it_out_and_what_its_gate_lacks(
    brief: Framework, say: Say
) -> None:
    result = judge(brief, {"A": say("sens=high infosec=yes prop=no")})[COL]
    assert [each.id for each in result.why] == ["ruled-out-sensitivity"]
    (gate,) = result.why_not
    assert gate.criteria == ("sens", "infosec")
    assert (
        gate.text
        == "The information is more than minimally sensitive; there is an information-security concern."
    )


def test_a_failing_reason_names_only_the_atoms_that_fail(brief: Framework, say: Say) -> None:
    result = judge(brief, {"A": say("dup=avoid evidence=no")})[COL]
    (ground,) = result.why_not
    assert ground.id == "collaboration-evidence"
    assert ground.criteria == ("evidence",)


def test_what_settles_a_reason_alone_is_asked_first(brief: Framework, say: Say) -> None:
    said = say("sens=low risk=low prop=no")
    assert judge(brief, {"A": said})[COM].ask == ("know", "mandates", "cost1", "lowvalue")


def test_one_question_that_settles_comes_before_three_that_would_have_to_be_answered_together(
    brief: Framework, say: Say
) -> None:
    said = say("sens=minimal prop=no risk=low priodiff=no cost3=yes cap=no urgent=no better=no")
    rest = say("interop=none influence=no")
    assert judge(brief, {"A": said | rest})[COL].ask == ("lowvalue", "infosec", "dup", "evidence")


def test_what_bears_on_every_reason_is_asked_before_a_single_reason(brief: Framework, say: Say) -> None:
    said = say("sens=minimal infosec=no priodiff=no lowvalue=no")
    assert judge(brief, {"A": said})[COL].ask[:2] == ("prop", "risk")


def test_a_settled_level_asks_nothing(brief: Framework, say: Say) -> None:
    assert judge(brief, {"A": say("better=yes", clear=True)})[COL].ask == ()


def test_a_level_supported_unless_asks_only_what_could_rule_it_out(brief: Framework, say: Say) -> None:
    said = say("better=yes sens=minimal risk=low infosec=no prop=no priodiff=no cost3=yes")
    assert judge(brief, {"A": said})[COL].ask == ("lowvalue",)


# Changes


def test_a_supported_level_needs_no_change(brief: Framework, say: Say) -> None:
    assert changes(brief, {"A": say("better=yes", clear=True)})[COL] == ()


def test_a_contested_level_is_freed_by_either_side_of_what_rules_it_out(brief: Framework, say: Say) -> None:
    said = say("better=yes cost3=yes", clear=True) | say("lowvalue=yes")
    found = [dict(each.answers) for each in changes(brief, {"A": said})[COL]]
    assert found == [{"cost3": "no"}, {"lowvalue": "no"}]


def test_the_nearest_value_is_the_one_that_just_suffices(brief: Framework, say: Say) -> None:
    said = say("know=yes", clear=True) | say("sens=high")
    assert [dict(each.answers) for each in changes(brief, {"A": said})[COM]] == [{"sens": "low"}]
    assert dict(changes(brief, {"A": say("know=yes", clear=True)})[SEP][0].answers) == {"sens": "moderate"}


# Slices and the whole


def test_slices_combine_exactly_as_institutions_do(brief: Framework, say: Say) -> None:
    one, other = say("sens=low better=yes know=yes"), say("sens=minimal better=no know=yes")
    together = judge(brief, {"A": one, "B": other})
    whole = assess(brief, [Slice("1", {"A": one}), Slice("2", {"A": other})]).whole
    assert {level: each.judgement for level, each in whole.levels.items()} == together


def test_a_split_is_offered_only_where_a_slice_can_be_closer(brief: Framework, say: Say) -> None:
    near, far = say("better=yes", clear=True), say("sens=high")
    assert assess(brief, [Slice("1", {"A": near}), Slice("2", {"A": far})]).split
    assert not assess(brief, [Slice("1", {"A": near}), Slice("2", {"A": near})]).split
    assert not assess(brief, [Slice("1", {"A": far}), Slice("2", {"A": say("autonomy=yes")})]).split


def test_separation_of_a_slice_is_not_closer_than_an_unsettled_whole(brief: Framework, say: Say) -> None:
    # Together the two slices differ on duplication, so that nothing is settled for the whole.
    slices = [Slice("1", {"A": say("dup=wanted")}), Slice("2", {"A": say("dup=avoid")})]
    result = assess(brief, slices)
    assert result.whole.suggestion is None
    assert result.slices[0].outcome.suggestion is SEP
    assert not result.split


def test_a_silent_slice_leaves_the_whole_unknown(brief: Framework, say: Say) -> None:
    result = assess(brief, [Slice("1", {"A": say("better=yes", clear=True)}), Slice("2", {})])
    assert result.whole.suggestion is None
    assert result.split


# Groups


def test_a_third_institution_can_rule_out_what_a_pair_may_do(brief: Framework, say: Say) -> None:
    said = say("interop=important", clear=True) | say("sens=low")
    answers = {"UK": said, "EU": said, "JP": said | say("sens=moderate")}
    found = groups(brief, answers)
    assert [(each.members, each.verdict) for each in found[COO]] == [(("UK", "EU"), Verdict.SUPPORTED)]
    assert found[COL] == ()
    assert [each.members for each in found[SEP]] == [("UK", "EU", "JP")]


def test_a_newcomer_may_answer_what_the_others_left_open(brief: Framework, say: Say) -> None:
    silent = say(clear=True)
    answers = {"UK": silent, "EU": silent, "JP": silent | say("better=yes")}
    assert [each.members for each in groups(brief, answers)[COL]] == [("UK", "EU", "JP")]


def test_institutions_that_answer_alike_stay_together_however_many(brief: Framework, say: Say) -> None:
    said = say("better=yes", clear=True)
    answers = {f"institution {number}": said for number in range(100)}
    (group,) = groups(brief, answers)[COL]
    assert len(group.members) == 100


def test_too_many_different_positions_are_refused(brief: Framework) -> None:
    scales = [brief.criteria[name].scale for name in ("sens", "risk")]
    values = list(product(*scales))[:17]
    answers = {
        f"{sens} {risk}": {"sens": frozenset([sens]), "risk": frozenset([risk])} for sens, risk in values
    }
    with pytest.raises(InputError, match="17 different sets"):
        groups(brief, answers)


# What is refused


def test_unknown_criteria_values_and_readings_are_refused_all_at_once(brief: Framework, say: Say) -> None:
    with pytest.raises(InputError) as caught:
        judge(brief, {"A": say("sens=tiny sense=low"), "B": {"risk": frozenset()}})
    assert [fault.field for fault in caught.value.faults] == [
        "answers.A.sens",
        "answers.A.sense",
        "answers.B.risk",
    ]
    with pytest.raises(InputError, match="Did you mean"):
        judge(brief, {"A": {}}, "gate")
    with pytest.raises(InputError, match="no slice"):
        assess(brief, [])


# Exhaustive where the space allows


EXHAUSTIVE = [
    ("gated", COM, "supported", "sens risk prop know mandates"),
    ("strict", COM, "supported", "sens risk prop know mandates"),
    ("literal", COM, "supported", "sens risk prop know"),
    ("coord-and", COO, "supported", "sens risk prop interop spec"),
    ("gated", COM, "ruled_out", "sens risk prop cost1 lowvalue"),
]


@pytest.mark.parametrize(("reading", "level", "formula", "criteria"), EXHAUSTIVE)
def test_the_value_is_the_certain_answer_in_every_state_of_its_criteria(
    brief: Framework, reading: str, level: Level, formula: str, criteria: str
) -> None:
    names = criteria.split()
    scales = [brief.criteria[name].scale for name in names]

    def value(sets: tuple[frozenset[str], ...]) -> Tri:
        return getattr(judge(brief, {"A": dict(zip(names, sets, strict=True))}, reading)[level], formula)

    known = {values: value(tuple(frozenset([v]) for v in values)) for values in product(*scales)}
    assert set(known.values()) == {T, F}
    subsets = [
        [frozenset(each) for size in range(1, len(scale) + 1) for each in combinations(scale, size)]
        for scale in scales
    ]
    for sets in product(*subsets):
        found = {known[values] for values in product(*sets)}
        assert value(sets) is (found.pop() if len(found) == 1 else U)


def test_the_shipped_framework_is_read_once() -> None:
    assert shipped() is shipped()
