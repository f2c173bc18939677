"""The strict reader: what it accepts means the same to every reader, what it refuses it can point at."""

import json

import pytest
import yaml
from cpu_effort import effort
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import Faults, Located, read_document
from fourfold.canon.document import CONTROL
from fourfold.errors import Fault, InputError


def plain(text, file="f.yaml"):
    return read_document(text, file=file).plain()


def faults(text, file="f.yaml", **options) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        read_document(text, file=file, **options)
    return caught.value.faults


def lines(text, **options) -> list[int]:
    return [fault.line for fault in faults(text, **options)]


# YAML 1.2.2, chapter 10.3.2: the core schema's own table of tag resolution.
CORE_SCHEMA = [
    ("null", None), ("Null", None), ("NULL", None), ("~", None), ("", None),
    ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
    ("0", 0), ("0o7", 7), ("0x3A", 58), ("-19", -19), ("+12", 12), ("0777", 777),
    ("0.", 0.0), ("-0.0", -0.0), (".5", 0.5), ("+12e03", 12000.0), ("-2E+05", -200000.0),
    # words that YAML 1.1 read as something else
    ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("No", "No"),
    ("2025-03-01", "2025-03-01"), ("12:30:45", "12:30:45"), ("1_000", "1_000"), ("0b11", "0b11"),
    ("<<", "<<"), ("=", "="), ("nULL", "nULL"), ("tRUE", "tRUE"), ("1e", "1e"), (".", "."),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), CORE_SCHEMA)
def test_plain_scalars_follow_the_core_schema_of_yaml_1_2(written, meant):
    value = plain(f"key: {written}\n")["key"]
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize("quoted", ['"no"', "'7'", "|-\n  true", '"null"'])
def test_quoted_and_block_scalars_are_text(quoted):
    assert isinstance(plain(f"key: {quoted}\n")["key"], str)


def test_each_value_knows_its_line_and_path():
    document = read_document(
        "activities:\n  - id: a\n  - id: b\n    answers:\n      EU AI Office:\n        sens: low\n",
        file="p.yaml",
    )
    second = document.value["activities"].value[1]
    value = second.value["answers"].value["EU AI Office"].value["sens"]
    assert (value.line, value.path) == (6, 'activities[1].answers["EU AI Office"].sens')
    assert (second.line, second.path) == (3, "activities[1]")
    assert document.path == ""


def test_a_member_stands_where_its_key_stands():
    document = read_document("first:\n  - x\nsecond: |\n  several\n  lines\n", file="p.yaml")
    assert [member.line for member in document.value.values()] == [1, 3]


def test_json_is_read_whole():
    text = '{"tab":\t"\\ud83d\\ude00", "a"\n: [1e2, -0, 1.5, true, null, "\\/"],\r\n"k": {}, "l": []}'
    expected = {"tab": "😀", "a": [100.0, 0, 1.5, True, None, "/"], "k": {}, "l": []}
    assert plain(text) == expected
    assert plain(text, file="x.json") == expected


def test_json_keys_longer_than_yaml_allows_are_read():
    assert plain('{"' + "k" * 5000 + '": 1}') == {"k" * 5000: 1}


def test_a_byte_order_mark_is_tolerated():
    assert plain(b"\xef\xbb\xbfa: 1") == {"a": 1}
    assert plain(b'\xef\xbb\xbf{"a": 1}', file="x.json") == {"a": 1}


def test_everything_wrong_is_told_at_once():
    text = "a: 1\na: 2\nb: &x 1\nc: *x\nd: !!str 3\n7: x\n? [list]\n: y\ne: .inf\nf: 99999999999999999\n"
    found = faults(text)
    assert [fault.line for fault in found] == [2, 3, 4, 5, 6, 7, 9, 10]
    assert [fault.field for fault in found][:4] == ["a", "b", "c", "d"]
    assert all(fault.file == "f.yaml" and fault.message for fault in found)
    assert "line 1" in found[0].message


def test_a_syntax_error_is_one_fault_beside_what_was_found_before_it():
    assert lines("a: 1\na: 2\nb: [1\nc: 2\n") == [2, 4]


REFUSED = {
    "an alias": ("a: &x 1\nb: *x\n", [1, 2]),
    "two documents": ("a: 1\n---\nb: 2\n", [2]),
    "a tag": ("a: !!python/object:os.system x\n", [1]),
    "a directive": ("%TAG ! tag:example.org,2000:\n---\na: 1\n", [1]),
    "a tab for indentation": ("a:\n\tb: 1\n", [2]),
    "an unclosed quotation": ('a: 1\nb: "open\nc: 2\n', [2]),
    "a list without end": ("a: [1, 2\n", [2]),
    "NaN": ("a: .nan\n", [1]),
    "NaN as Python writes it in JSON": ('{"a": NaN}', [1]),
    "Infinity": ('{"a": -Infinity}', [1]),
    "a number beyond a double": ("a: 1e999\n", [1]),
    "a number that would be rounded": ('{"a": 9007199254740993}', [1]),
    "a number of many digits": ("a: " + "9" * 5000 + "\n", [1]),
    "a true key": ("true: 1\n", [1]),
    "an empty key": (": 1\n", [1]),
    "a mapping as key": ("{a: 1}: 2\n", [1]),
    "an escaped NUL": ('a: "x\\0"\n', [1]),
    "an escaped control character in JSON": ('{"a":\n"\\u001b[31m"}', [1]),
    "a control character in a key": ('{"\\u0007": 1}', [1]),
    "a lone surrogate": ('{"a": "\\ud800"}', [1]),
    "a raw control character": ("a: 1\nb: \x1b[0m\n", [2]),
    "a separator that only YAML 1.1 breaks at": ("a: 1\nb: x\u2028c: 2\n", [2]),
    "nothing": ("", [0]),
    "white space only": (" \n\t\n", [0]),
    "a comment only": ("# nothing\n", [0]),
    "Latin-1": ("a: 1\nb: caf\u00e9\n".encode("latin-1"), [2]),
    "UTF-16": ("a: 1\n".encode("utf-16"), [1]),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_is_refused_with_its_line(text, expected):
    assert lines(text) == expected


JSON_REFUSED = ['{"a": 1,}', "[1,]", "{a: 1}", "{'a': 1}", "[1 2]", '["a" "b"]', '{"a" 1}', "[1", '{"a": 1}}',
                "01", "+1", "1.", ".5", "0x1", "tru", "[", '"open', '"bad \\x"', '"tab\t"', "[1]#", "a: 1",
                ",", "[,1]", "{,}", '{"a":1,,}', "-", "\ufeff"]  # fmt: skip


@pytest.mark.parametrize("text", JSON_REFUSED)
def test_a_json_file_is_held_to_json(text):
    assert len(faults(text, file="x.json")) == 1


def test_a_fault_of_json_names_the_line():
    assert lines('{\r\n"a": 1,\r\n"b": 2,\r\n}', file="x.json") == [4]


def test_no_message_carries_a_control_character_or_a_long_piece_of_the_input():
    text = '{"' + "long " * 5000 + '": 1, "' + "long " * 5000 + '": 2, "\\u001b": 1, "\\n": "\\ud800"}'
    for fault in faults(text):
        assert not CONTROL.search(str(fault))
        assert "\n" not in str(fault)
        assert len(str(fault)) < 500


def test_repeated_faults_are_counted_after_a_hundred():
    found = faults("- *a\n" * 5000)
    assert len(found) == 101
    assert "4900" in found[-1].message


HOSTILE = {
    "10,000 lists": "[" * 10_000,
    "10,000 mappings": '{"a":' * 10_000,
    "10,000 block lists": "- " * 10_000,
    "10,000 flow mappings": "{a: " * 10_000,
    "keys within keys": "? " * 10_000,
    "10 MB of text": "a" * 10_000_000,
    "a million short keys": "a:\n" * 600_000,
    "a million numbers": "[" + "1," * 900_000 + "1]",
    "a billion laughs": "a: &a [x]\n" + "".join(f"{n}: &{n} [*a, *a, *a, *a, *a]\n" for n in "bcdefghij"),
    "many directives": "%TAG !a! x\n" * 150_000,
    "an enormous key around many values": '{"' + "k" * 900_000 + '": [' + "0," * 90_000 + "0, NaN]}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_input_is_refused_in_bounded_time(text):
    assert effort(lambda: faults(text)) < 2000  # the worst is 450


def test_nesting_is_allowed_up_to_the_limit_and_no_further():
    assert plain("[" * 64 + "]" * 64)
    assert [fault.line for fault in faults("[\n" * 65 + "]" * 65)] == [65]
    assert lines("[[]]", deepest=1) == [1]


def test_size_is_allowed_up_to_the_limit_and_no_further():
    assert plain(b"abcd", file="f.yaml") == "abcd"
    assert read_document(b"abcd", file="f.yaml", most_bytes=4).value == "abcd"
    assert lines(b"abcde", most_bytes=4) == [0]


SAFE_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | SAFE_TEXT
SCALARS |= st.floats(allow_nan=False, allow_infinity=False)


def trees(scalars, keys):
    """Documents of any shape."""
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=15,
    )


TREES = trees(SCALARS, SAFE_TEXT)
# PyYAML writes YAML 1.1: words such as 1e5 it leaves bare, though in 1.2 they are numbers.
WORDS = st.text("abcäß :#-,[]{}&*!|>'\"%@\n", max_size=8)


@given(TREES, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_every_json_document_is_read_as_what_it_says(tree, indent, ascii_only):
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    assert plain(text, file="x.json") == tree
    assert plain(text, file="f.yaml") == tree


@given(trees(st.none() | st.booleans() | st.integers(-999, 999) | WORDS, WORDS))
def test_yaml_as_others_write_it_is_read_back(tree):
    class Writer(yaml.SafeDumper):
        ignore_aliases = staticmethod(lambda _data: True)

    assert plain(yaml.dump(tree, Dumper=Writer)) == tree


@given(st.binary(max_size=60) | st.text(st.sampled_from("{}[]:,-?&*!|>'\"%@` \n\ta1~#\\\x00\u2028")))
def test_any_input_is_either_read_or_refused_with_faults(data):
    try:
        document = read_document(data, file="f.yaml")
    except InputError as error:
        found = error.faults
    else:
        assert isinstance(document, Located)
        return
    assert found
    assert all(fault.line >= 0 and fault.message for fault in found)


@given(st.text(st.sampled_from('{}[]:, \n1-"at'), max_size=30))
def test_json_verdict_is_that_of_the_standard_library(text):
    def unique(pairs):
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    try:
        expected = json.loads(text, object_pairs_hook=unique)
    except (ValueError, AssertionError):
        faults(text, file="x.json")
    else:
        assert plain(text, file="x.json") == expected


def test_faults_are_false_until_there_is_one():
    assert not Faults("f.yaml")
