"""Every word that a reader sees goes through gettext: what was not, stands outside the marks."""

import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import pytest
from django.utils import translation

from fourfold.framework import shipped
from fourfold.institutions import compare, shipped_profiles
from fourfold.node import models
from fourfold.node.kinds import kinds
from fourfold.node.web.queries import words
from fourfold.records.markings import Caveat
from fourfold.release import STUB

TEMPLATES = files("fourfold.node.web") / "templates"
DYNAMIC = re.compile(r"(?s)\{% blocktranslate.*?\{% endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}")
NAMES = {"Fourfold", "TLP:", "fourfold verify *.json --trust", "--trust", "matrix-page"}
NAMES |= {"fourfold agreement sign", "fourfold agreement end", '--reason "...'}
"""What is the same in every language: the program's name, its commands, the protocol's, a class of style."""


def templates(folder: Any = TEMPLATES) -> Iterable[Any]:
    for each in folder.iterdir():
        yield from templates(each) if each.is_dir() else [each]


def test_no_template_holds_a_word_of_its_own() -> None:
    found = set()
    for each in templates():
        bare = re.sub(r"<[^>]*>", "\n", DYNAMIC.sub("\n", each.read_text(encoding="utf-8")))
        found |= {line.strip(' "·') for line in bare.splitlines() if re.search("[^\\W\\d_]", line)}
    assert found <= NAMES


def test_no_template_names_anything_in_an_attribute_without_gettext() -> None:
    for each in templates():
        text = DYNAMIC.sub("", each.read_text(encoding="utf-8"))
        assert re.findall(r'(?:aria-label|data-label|title|alt|placeholder)="[^"]*\w[^"]*"', text) == []


def test_every_kind_field_and_event_has_words() -> None:
    every = kinds() | {STUB.id: STUB}
    assert words.KINDS.keys() == every.keys()
    assert {field for kind in every.values() for field in kind.fields} <= words.FIELDS.keys()
    assert {tag.value.partition(":")[0] for tag in models.Tag} == words.EVENT_TOPICS.keys()
    assert {id_: str(word) for id_, word in words.KINDS.items()} == {
        id_: kind.title for id_, kind in every.items()
    }


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language in which every translated text stands between marks."""
    backend = translation._trans
    monkeypatch.setattr(backend, "gettext", lambda text: f"⟦{text}⟧" if text else "")
    monkeypatch.setattr(backend, "ngettext", lambda one, more, number: f"⟦{one if number == 1 else more}⟧")


def given() -> list[str]:
    """What is not ours to translate: names of institutions, texts of records, answers and sources."""
    profiles = {profile.name: profile.id for profile in shipped_profiles()}
    compared = compare(shipped_profiles())
    said_of = [each for row in (*compared.functions, *compared.facts) for each in row.said]
    rows = models.RecordVersion.objects.values_list("title", "author")
    passages = [each.ref for each in shipped().passages.values()]
    said = [each for pair in (*profiles.items(), *rows) for each in pair]
    said += [each.source for each in said_of if each.source]
    slices = [part.name for row in models.Agreement.objects.all() for part in row.content().slices]
    for row in models.JointAssessment.objects.all():
        slices += [part["name"] for part in row.answers["slices"]]
        said += [
            " ".join(text.split())
            for part in row.evidence.values()
            for answer in part.values()
            for text in answer.values()
            if text
        ]
    more = ["Incident reporting", "Fourfold", "It drove on.", "Told by the counterpart.", "Came in", "UTC"]
    return sorted({*said, *passages, *slices, *more, "analyst", "canary-5d1f", "too early"}, key=len)[::-1]


def unmarked(page: Any, known: list[str]) -> set[str]:
    """The words outside every mark, without codes, times, what a check said, and what was given."""
    for each in page.every():
        if each.name in {"code", "pre", "time"} or (each.name != "html" and "lang" in each.attributes):
            each.content = []
    text = re.sub(rf"TLP:[A-Z+]+|\b({'|'.join(Caveat)})\b", "|", page.words)
    while re.search("⟦[^⟦⟧]*⟧", text):
        text = re.sub("⟦[^⟦⟧]*⟧", "|", text)
    for name in known:
        text = text.replace(name, "|")
    return {each.strip() for each in text.split("|") if re.search(r"[^\W\d_]{3}", each)}


def test_on_every_page_the_words_went_through_gettext(
    scene: Any, paths: Any, read: Any, marked: None
) -> None:
    del marked  # asked for, to mark what is translated
    scene.fill()
    known = given()
    found = {path: unmarked(read(path), known) for path in paths()}
    assert {path: words for path, words in found.items() if words} == {}
