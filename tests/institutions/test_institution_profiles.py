"""Profiles and their comparison: the brief's own table, and what silence means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import InputError
from fourfold.institutions import (
    Fact,
    Function,
    Kinship,
    Nuance,
    Profile,
    Said,
    Statement,
    compare,
    load_profiles,
    shipped_profiles,
)

AISI, AIO = shipped_profiles()
YES, NO, UNKNOWN = Said.YES, Said.NO, Said.UNKNOWN


def load(text):
    return load_profiles(text, file="profiles.yaml")


def kinship(*said):
    """How institutions compare that say this of one function."""
    profiles = [Profile(str(place), "An institution", statements=(each,)) for place, each in enumerate(said)]
    return compare(profiles).functions[0].kinship


def says(said, **more):
    return Statement(Function.RULES, said, **more)


def test_the_shipped_profiles_say_what_the_comparison_table_of_the_brief_says(brief_path):
    rows = [line.split("\t") for line in brief_path.read_text().splitlines()[67:73]]
    for function, (_, *cells) in zip(Function, rows, strict=True):
        for profile, cell in zip((AISI, AIO), cells, strict=True):
            statement = profile.on(function)
            assert statement.said is (NO if cell.strip() == "No" else YES)
            nuance = statement.nuance.value if statement.nuance else ""
            assert (f"({nuance})" in cell) == bool(nuance)
            assert ("(" in cell) == bool(nuance)
            assert cell.startswith("Focus") == bool(statement.focus)


def test_the_shipped_facts_are_those_of_the_summary_and_no_more():
    assert [AISI.on(fact).said for fact in Fact] == [YES, NO, YES]
    assert [AIO.on(fact).said for fact in Fact] == [UNKNOWN, YES, YES]


def test_every_shipped_statement_names_its_source():
    assert all(statement.source for profile in (AISI, AIO) for statement in profile.statements)


def test_the_two_of_the_brief_compare_as_its_table_shows():
    table = [row.kinship for row in compare([AISI, AIO]).functions]
    one, differing, shared = Kinship.ONLY_ONE, Kinship.DIFFERING, Kinship.SHARED
    assert table == [one, differing, differing, shared, one, shared]


def test_what_is_not_said_is_unknown_and_never_no():
    (silent,) = load("institutions: {X: {name: Institute X}}")
    assert {silent.on(topic).said for topic in (*Function, *Fact)} == {UNKNOWN}
    assert {row.kinship for row in compare([AISI, AIO, silent]).functions} == {Kinship.UNKNOWN}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([says(YES), says(YES)], Kinship.SHARED),
        ([says(YES), says(YES), says(YES)], Kinship.SHARED),
        ([says(YES)], Kinship.SHARED),
        ([says(YES), says(YES, focus="some models")], Kinship.DIFFERING),
        ([says(YES, nuance=Nuance.DEMONSTRATED), says(YES, nuance=Nuance.EXPECTED)], Kinship.DIFFERING),
        ([says(YES), says(YES), says(NO)], Kinship.DIFFERING),
        ([says(YES), says(NO)], Kinship.ONLY_ONE),
        ([says(NO), says(NO), says(YES)], Kinship.ONLY_ONE),
        ([says(NO), says(NO)], Kinship.NONE),
        ([says(NO)], Kinship.NONE),
        ([says(YES), says(UNKNOWN)], Kinship.UNKNOWN),
        ([says(NO), says(NO), says(UNKNOWN)], Kinship.UNKNOWN),
    ],
)
def test_institutions_are_shared_differing_only_one_none_or_unknown(said, expected):
    assert kinship(*said) is expected


@given(st.lists(st.sampled_from(Said), min_size=1, max_size=6), st.randoms())
def test_the_comparison_does_not_depend_on_the_order(words, random):
    shuffled = random.sample(words, len(words))
    assert kinship(*map(says, words)) is kinship(*map(says, shuffled))


def test_a_comparison_as_data_keeps_names_words_and_sources():
    data = compare([AISI, AIO]).to_json()
    assert [each["id"] for each in data["institutions"]] == ["AISI", "AIO"]
    evaluating = data["functions"][2]
    assert evaluating["said"]["AIO"]["nuance"] == "expected"
    assert evaluating["said"]["AISI"]["source"]
    assert data["facts"][0]["said"]["AIO"]["said"] == "unknown"


def test_a_profile_may_say_it_briefly():
    (profile,) = load(
        "institutions: {X: {name: Institute X, functions: {rules: no}, facts: {regulator: yes}}}"
    )
    assert profile.on(Function.RULES).said is NO
    assert profile.on(Fact.REGULATOR).said is YES


def test_all_faults_of_profiles_are_told_at_once():
    text = (
        "institutions:\n"
        "  X:\n"
        "    nam: Institute X\n"
        "    functions:\n"
        "      ruels: yes\n"
        "      network: true\n"
        "      evaluating: {said: perhaps, nuance: proven}\n"
    )
    with pytest.raises(InputError) as caught:
        load(text)
    places = [(fault.line, fault.field) for fault in caught.value.faults]
    functions = "institutions.X.functions"
    assert sorted(places) == [
        (2, "institutions.X"),
        (3, "institutions.X.nam"),
        (5, f"{functions}.ruels"),
        (6, f"{functions}.network"),
        (7, f"{functions}.evaluating.nuance"),
        (7, f"{functions}.evaluating.said"),
    ]
