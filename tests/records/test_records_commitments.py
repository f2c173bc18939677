import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import new_salt
from fourfold.errors import InputError, ProofError
from fourfold.records import Opening, check_opening, commit, field_salt, open_field

SECRET = "5e" * 32
NAMES = tuple(f"field_{number}" for number in range(17))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def kinds_and_payloads(draw):
    fields = NAMES[: draw(st.integers(1, len(NAMES)))]
    payload = draw(st.dictionaries(st.sampled_from(fields), JSON))
    return fields, payload


@given(kinds_and_payloads())
def test_every_field_present_or_absent_opens_against_the_root(case):
    fields, payload = case
    root = commit(fields, payload, SECRET)
    for name in fields:
        opening = open_field(fields, payload, SECRET, name)
        check_opening(root, opening, fields)
        assert opening.absent == (name not in payload)


@pytest.mark.parametrize("count", range(1, 18))
def test_the_shape_of_an_opening_depends_on_the_kind_only(count):
    fields = NAMES[:count]
    full = {name: name for name in fields}
    shapes = {
        (len(root := commit(fields, payload, SECRET)), root[:7], len(opening.path), *map(len, opening.path))
        for payload in ({}, {fields[0]: 1}, full)
        for opening in (open_field(fields, payload, SECRET, name) for name in fields)
    }
    assert len(shapes) == 1


@given(kinds_and_payloads(), JSON)
def test_an_opening_of_another_value_does_not_hold(case, other):
    fields, payload = case
    name = fields[0]
    opening = open_field(fields, payload, SECRET, name)
    lie = opening.model_copy(update={"absent": False, "value": other})
    if lie == opening and type(other) is type(opening.value):
        return
    with pytest.raises(ProofError):
        check_opening(commit(fields, payload, SECRET), lie, fields)


def test_absent_and_null_and_empty_are_three_different_things():
    roots = {commit(("a",), payload, SECRET) for payload in ({}, {"a": None}, {"a": ""})}
    assert len(roots) == 3


def _tampered(opening):
    yield opening.model_copy(update={"field": "b"})
    yield opening.model_copy(update={"value": "another"})
    yield opening.model_copy(update={"value": None, "absent": True})
    yield opening.model_copy(update={"salt": "00" * 32})
    yield opening.model_copy(update={"salt": opening.salt[:-2]})
    yield opening.model_copy(update={"salt": opening.salt.upper()})
    yield opening.model_copy(update={"path": opening.path[::-1]})
    yield opening.model_copy(update={"path": opening.path[:-1]})
    yield opening.model_copy(update={"path": (*opening.path, "00" * 32)})
    yield opening.model_copy(update={"path": ("zz" * 32, *opening.path[1:])})
    for step in range(len(opening.path)):
        changed = list(opening.path)
        changed[step] = f"{int(changed[step][0], 16) ^ 1:x}" + changed[step][1:]
        yield opening.model_copy(update={"path": tuple(changed)})


def test_an_opening_with_any_part_changed_does_not_hold():
    fields, payload = ("a", "b", "c"), {"a": "shown", "b": "withheld"}
    root, opening = commit(fields, payload, SECRET), open_field(fields, payload, SECRET, "a")
    check_opening(root, opening, fields)
    for lie in _tampered(opening):
        with pytest.raises(ProofError):
            check_opening(root, lie, fields)


def test_one_field_cannot_be_committed_to_in_two_places():
    # An owner who builds the tree over ("a", "a") could open either value; the kind's own fields forbid it.
    honest = ("a", "b")
    salt = field_salt(SECRET, "a")
    crooked = commit(("b", "a"), {"a": "second"}, SECRET)
    opening = open_field(("b", "a"), {"a": "second"}, SECRET, "a")
    assert opening.salt == salt
    with pytest.raises(ProofError, match="does not hold"):
        check_opening(crooked, opening, honest)


def test_another_kind_with_the_same_field_does_not_hold():
    opening = open_field(("a", "b"), {"a": 1}, SECRET, "a")
    root = commit(("a", "b"), {"a": 1}, SECRET)
    with pytest.raises(ProofError, match="shape of its kind"):
        check_opening(root, opening, ("a", "b", "c"))
    with pytest.raises(ProofError, match="shape of its kind"):
        check_opening(root, opening, ("x", "y"))


def test_a_fresh_secret_gives_an_unrelated_root_for_the_same_payload():
    roots = {commit(("a",), {"a": 1}, new_salt()) for _ in range(20)}
    assert len(roots) == 20


def test_the_salt_of_one_field_tells_nothing_that_opens_another():
    salts = {field_salt(SECRET, name) for name in NAMES}
    assert len(salts) == len(NAMES)
    assert SECRET not in salts


def test_a_payload_with_a_field_that_the_kind_has_not_is_refused_with_all_of_them():
    with pytest.raises(InputError) as caught:
        commit(("a",), {"a": 1, "y": 2, "x": 3}, SECRET)
    assert [fault.field for fault in caught.value.faults] == ["x", "y"]


def test_a_field_that_the_kind_has_not_cannot_be_opened():
    with pytest.raises(InputError, match="no such field"):
        open_field(("a",), {}, SECRET, "b")


def test_an_opening_that_says_absent_and_gives_a_value_is_no_opening():
    with pytest.raises(ValueError, match="absent field has no value"):
        Opening(field="a", absent=True, value=1, salt=SECRET, path=())


@pytest.mark.parametrize("secret", ["", "00" * 31, "00" * 33, "0g" * 32, "AB" * 32])
def test_a_secret_of_another_form_is_refused(secret):
    with pytest.raises(InputError, match="64 lower-case hexadecimal"):
        commit(("a",), {}, secret)
