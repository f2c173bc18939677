"""A title is found in any case and however its accents were typed, in every list that is searched.

Spellings: composed and decomposed (Unicode Annex 15), cases as folding makes them one (The Unicode Standard,
section 3.13).
"""

import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import read_document
from fourfold.node import models
from fourfold.node.models.fields import folded_title

TITLES = {
    "Öffentlicher Bericht": "öffentlicher",
    "Происшествие в Екатеринбурге": "екатеринбург",
    "Der große Verkehr": "GROSSE",
    "İstanbul": "İSTANBUL",
    "Αθήνας": "ΑΘΉΝΑΣ",
    "\uff26\uff55\uff4c\uff4c width": "full",
}
LISTS = ("/records/", "/releases/", "/inbox/", "/inbox/handed-in/")


def spellings(word: str) -> set[str]:
    """What people type for one word: in any case, with accents of their own or in one key."""
    return {unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word.upper())}


def keep(scene: Any, *titles: str) -> None:
    """The titles in all four lists."""
    client = scene.client()
    for title in titles:
        scene.release(scene.titled(title).record)
        scene.receive(scene.sent(title))
        scene.hand_in(client, title)


def test_every_list_finds_a_title_in_any_case_composed_or_decomposed(scene: Any, read: Any) -> None:
    keep(scene, *(unicodedata.normalize("NFD", title) for title in TITLES))
    for place in LISTS:
        for title, word in TITLES.items():
            for typed in spellings(word):
                page = unicodedata.normalize("NFC", read(f"{place}?words={quote(typed)}").words)
                shown = [each for each in TITLES if each in page]
                assert shown == [title], (place, typed)


def test_the_reported_title_is_found(scene: Any, read: Any, shared_data: Path) -> None:
    text = (shared_data / "inputs" / "record_title_umlaut.yaml").read_text("utf-8")
    title = read_document(text, file="record.yaml").plain()["fields"]["title"]
    scene.titled(title)
    for typed in spellings("öffentlicher"):
        assert title in read(f"/records/?words={quote(typed)}").words


def test_words_are_looked_for_as_they_are_and_not_as_patterns(scene: Any, read: Any) -> None:
    keep(scene, "100 % of a_b\\c", "100 in axb c")
    for place in LISTS:
        for typed in ("%", "a_b", "b\\c"):
            page = read(f"{place}?words={quote(typed)}").words
            assert "100 % of a_b" in page, (place, typed)
            assert "100 in axb" not in page, (place, typed)
        assert "100 " not in read(f"{place}?words=in+%25").words


def test_a_list_by_title_sorts_as_people_do(scene: Any, read: Any) -> None:
    for title in ("beta", "Alpha", "Gamma"):
        scene.titled(title)
    page = read("/records/?sort=title").words
    assert page.index("Alpha") < page.index("beta") < page.index("Gamma")


def test_a_title_that_changes_is_found_by_its_new_words_alone(scene: Any) -> None:
    row = scene.titled("Before")
    row.title = "AFTER"
    row.save()
    assert models.RecordVersion.objects.get(pk=row.pk).folded == "after"


@pytest.mark.parametrize("model", [models.RecordVersion, models.Received, models.Submitted])
def test_the_store_refuses_to_empty_a_title_and_keep_its_words(scene: Any, model: Any) -> None:
    keep(scene, "A car")
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(title="")


@given(st.text(max_size=600))
def test_what_is_kept_of_any_title_has_room(title: str) -> None:
    assert len(folded_title(title)) <= models.RecordVersion._meta.get_field("folded").max_length
