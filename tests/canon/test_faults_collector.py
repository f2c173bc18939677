"""Checking a tree that was read: all faults, each with its place and what to do."""

import pytest

from fourfold.canon import Faults, read_document, remedy_for
from fourfold.errors import InputError


def checked(text, check):
    """The result of a check and the faults that it collected."""
    faults = Faults("p.yaml")
    result = check(faults, read_document(text, file="p.yaml"))
    try:
        faults.raise_any()
    except InputError as error:
        return result, error.faults
    return result, ()


def members(text, **keys):
    return checked(text, lambda faults, top: faults.mapping(top, **keys))


def at_key(text, check):
    return checked(text, lambda faults, top: check(faults, top.value["k"]))


def test_known_keys_pass():
    result, faults = members("a: 1\nb: 2\n", required=["a"], optional=["b", "c"])
    assert set(result) == {"a", "b"}
    assert faults == ()


def test_an_unknown_key_is_refused_with_the_nearest_known_one():
    result, faults = members("activity: 1\nanswrs: 2\n", required=["activity"], optional=["answers"])
    assert set(result) == {"activity"}
    assert [(fault.line, fault.field) for fault in faults] == [(2, "answrs")]
    assert '"answers"' in faults[0].remedy


def test_each_missing_key_is_a_fault():
    _, faults = members("a: 1\n", required=["a", "b", "c"])
    assert len(faults) == 2


def test_something_else_than_a_mapping_is_one_fault():
    _, faults = members("- 1\n", required=["a"])
    assert len(faults) == 1
    assert "a list" in faults[0].message


@pytest.mark.parametrize("written", ["7", "1.5", "true", "[]", "{}", ""])
def test_text_must_be_text(written):
    result, faults = at_key(f"k: {written}\n", Faults.text)
    assert result == ""
    assert [(fault.line, fault.field) for fault in faults] == [(1, "k")]


def test_empty_text_is_a_fault_unless_it_is_allowed():
    assert len(at_key('k: " "\n', Faults.text)[1]) == 1
    assert at_key('k: ""\n', lambda faults, at: faults.text(at, empty=True)) == ("", ())


def test_a_choice_is_one_of_the_words():
    options = ("none", "low", "high")
    assert at_key("k: low\n", lambda faults, at: faults.choice(at, options)) == ("low", ())
    _, (fault,) = at_key("k: lwo\n", lambda faults, at: faults.choice(at, options, "sensitivity"))
    assert "sensitivity" in fault.message
    assert '"low"' in fault.remedy
    _, (fault,) = at_key("k: [low]\n", lambda faults, at: faults.choice(at, options))
    assert "none, low, high" in fault.remedy


def test_true_where_yes_is_meant_is_explained():
    _, (fault,) = at_key("k: true\n", lambda faults, at: faults.choice(at, ("no", "yes")))
    assert "yes or no" in fault.remedy


@pytest.mark.parametrize(
    ("check", "good", "value", "bad"),
    [
        (Faults.truth, "true", True, "yes"),
        (Faults.whole_number, "12", 12, "true"),
        (Faults.texts, "[a, b]", ["a", "b"], "[a, 2]"),
        (Faults.items, "[]", [], "a"),
    ],
)
def test_other_kinds_are_checked_too(check, good, value, bad):
    assert at_key(f"k: {good}\n", check) == (value, ())
    assert len(at_key(f"k: {bad}\n", check)[1]) == 1


def test_a_list_can_have_a_least_length():
    assert len(at_key("k: [a]\n", lambda faults, at: faults.items(at, least=2))[1]) == 1


def test_names_that_repeat_point_to_the_first():
    def check(faults, top):
        faults.unique([(item.value, item) for item in top.value], "id")

    _, faults = checked("- a\n- b\n- a\n- a\n", check)
    assert [(fault.line, fault.field) for fault in faults] == [(3, "[2]"), (4, "[3]")]
    assert all("line 1" in fault.message for fault in faults)


def test_what_is_absent_is_no_fault_of_its_value():
    faults = Faults("p.yaml")
    assert (faults.text(None), faults.items(None), faults.choice(None, ("a",)), faults.members(None)) == (
        "",
        [],
        "",
        {},
    )
    assert not faults


def test_a_remedy_lists_all_words_where_none_is_near():
    assert remedy_for("xyzzy", ["low", "high"]) == "Allowed: low, high."
    assert remedy_for("x" * 100_000, ["low"]) == "Allowed: low."
