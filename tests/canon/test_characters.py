"""What nobody sees in a text is shown, what belongs to a script is left; names are compared as people do."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import composed, escaped, folded, name_fault, printable, visible

AT_HOME = {
    "Persian": "می‌خواهم",
    "Devanagari": "क्‍ष",
    "Sinhala": "ක්‍ෂ",
    "a family": "👨‍👩‍👧",
    "a heart": "❤️",
    "a keycap": "1️⃣",
    "skin and hair": "👩🏽‍🦰",
    "a flag of tags": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "an ideograph's form": "葛\U000e0100",
    "German": "Öffentlicher Bericht",
    "Arabic": "حادث القطار",
    "French blanks": "« oui »\u202f!",
}
HIDDEN = {
    "turned around": ("invoice\u202efdp.exe", "invoice[U+202E]fdp.exe"),
    "isolates": ("\u2066a\u2069", "[U+2066]a[U+2069]"),
    "a joiner between Latin letters": ("Str\u200danger", "Str[U+200D]anger"),
    "no width": ("A\u200bB", "A[U+200B]B"),
    "two joiners in a Persian word": ("می\u200c\u200cخ", "می[U+200C][U+200C]خ"),
    "a terminal's command": ("\x1b[31mred", "[U+001B][31mred"),
    "tags that spell a text": ("x\U000e0041\U000e0042", "x[U+E0041][U+E0042]"),
    "a run of selectors": ("😀\ufe0f\ufe0e", "😀\ufe0f[U+FE0E]"),
    "a soft hyphen": ("re\u00adcord", "re[U+00AD]cord"),
    "a letter that is blank": ("\u3164", "[U+3164]"),
    "another line": ("a\u2028b", "a[U+2028]b"),
    "half a character": ("\ud800", "[U+D800]"),
}
PREPENDED = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
"""Format characters that are drawn."""


@pytest.mark.parametrize("text", AT_HOME.values(), ids=AT_HOME)
def test_what_belongs_to_its_script_stays(text):
    assert (visible(text), printable(text), name_fault(text)) == (text, text, "")


@pytest.mark.parametrize(("text", "shown"), HIDDEN.values(), ids=HIDDEN)
def test_what_nobody_sees_is_shown_as_what_it_is_and_is_in_no_name(text, shown):
    assert visible(text) == shown
    assert name_fault(text)


def test_every_control_and_format_character_of_unicode_is_shown_by_itself():
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        unseen = unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs"}
        if unseen and number not in PREPENDED and character not in "\n\t\r":
            assert visible(character) == f"[U+{number:04X}]"


def test_lines_stay_in_a_text_and_are_written_out_on_one_line():
    assert visible("one\n\ttwo\r\n") == "one\n\ttwo\r\n"
    assert printable("one\n\ttwo\r\n") == "one\\n\\ttwo\\r\\n"


@given(st.text())
def test_what_is_shown_holds_nothing_hidden_and_json_keeps_the_data(text):
    assert visible(visible(text)) == visible(text)
    assert printable(text).count("\n") == 0
    data = json.dumps({"title": text}, ensure_ascii=False)
    assert json.loads(escaped(data)) == {"title": text}
    assert visible(escaped(data)) == escaped(data)


SAME = [
    ("Büro", unicodedata.normalize("NFD", "Büro")),
    ("Stranger", "STRANGER"),
    ("Stranger", " Stranger\u00a0"),
    ("Stranger", "Str\u200banger"),
    ("Straße", "STRASSE"),
    ("Agency 1", "\uff21gency\u3000\u2460"),
    ("Ελλάς", "ΕΛΛΆΣ"),
    ("هوش‌مصنوعی", "هوشمصنوعی"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_that_look_the_same_are_the_same(one, other):
    assert folded(one) == folded(other)


@given(st.text(max_size=30))
def test_folding_and_composing_are_done_when_they_are_done(text):
    assert folded(folded(text)) == folded(text)
    assert composed(composed(text)) == composed(text)


@pytest.mark.parametrize("name", ["", " ", " A", "A ", "A\nB", "\u200b", "A\u202eB", "A\x00", "\u2800"])
def test_f11_what_cannot_be_told_from_another_is_no_name(name):
    assert name_fault(name)
