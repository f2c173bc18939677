"""The data files against the texts that they are drawn from."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from fourfold.framework import Framework, shipped, shipped_names, shipped_source, verify_source

DATA = files("fourfold.framework") / "data"
WORDS = re.compile(r"[^\W_]+")
RUN = 8  # this many consecutive words in common are a copied sentence
ILLUSTRATIVE = "illustrative-asia-pacific"


@pytest.fixture(scope="module")
def source(brief_path: Path) -> str:
    return brief_path.read_text(encoding="utf-8")


def runs(text: str) -> set[tuple[str, ...]]:
    words = WORDS.findall(text.lower())
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def test_every_passage_of_the_brief_is_as_it_was(brief: Framework, source: str) -> None:
    assert len(brief.passages) == 18 + 58
    assert verify_source(brief, source) == ()


def test_white_space_does_not_matter(brief: Framework, source: str) -> None:
    assert verify_source(brief, source.replace("\n", "  \r\n").replace(" the ", "  the ")) == ()


def test_no_sentence_of_the_brief_is_in_a_data_file(source: str) -> None:
    copied = runs(source)
    for file in DATA.iterdir():
        assert not runs(file.read_text(encoding="utf-8")) & copied, file.name


def test_the_illustrative_source_is_shipped_beside_its_framework() -> None:
    text = shipped_source(ILLUSTRATIVE)
    assert text is not None
    assert "fictional" in text
    assert verify_source(shipped(ILLUSTRATIVE), text) == ()
    assert shipped_source("brief-2025") is None
    assert shipped_source("no-such-thing") is None


@pytest.mark.parametrize("passage", list(shipped(ILLUSTRATIVE).passages))
def test_one_changed_word_is_one_fault_at_its_line(passage: str) -> None:
    framework = shipped(ILLUSTRATIVE)
    lines = (shipped_source(ILLUSTRATIVE) or "").splitlines()
    where = framework.passages[passage]
    cells = lines[where.lines[0] - 1].split("\t")
    place = (where.column or 1) - 1
    cells[place] = cells[place] + " indeed"
    lines[where.lines[0] - 1] = "\t".join(cells)
    (fault,) = verify_source(framework, "\n".join(lines), "theirs.txt")
    assert (fault.file, fault.line, fault.field) == ("theirs.txt", where.lines[0], f"passages.{passage}")
    assert where.ref in fault.message


def test_a_moved_text_is_told_where_it_stands_now() -> None:
    text = shipped_source(ILLUSTRATIVE) or ""
    framework = shipped(ILLUSTRATIVE)
    found = verify_source(framework, "One more line\n" + text)
    assert len(found) == len(framework.passages)
    first = next(fault for fault in found if fault.field == "passages.purpose")
    assert first.remedy == f"The same words stand in line {framework.passages['purpose'].lines[0] + 1}."


def test_a_sentence_broken_by_a_page_is_one_passage(brief: Framework, source: str) -> None:
    passage = brief.passages["coordination-conditions"]
    assert passage.line_ref == "L91 L93"
    lines = source.splitlines()
    assert lines[91].strip() == ""
    joined = [*lines[:90], f"{lines[90]} {lines[92]}", "", "", *lines[93:]]
    assert verify_source(brief, "\n".join(joined)) == ()
    shifted = verify_source(brief, "\n" + source)
    told = next(fault for fault in shifted if fault.field == "passages.coordination-conditions")
    assert told.remedy == "The same words stand in line 92."


def test_another_text_altogether_is_one_fault(brief: Framework) -> None:
    for text in ("", "Nothing of it.", "\t\t\n" * 200):
        (fault,) = verify_source(brief, text, "other.txt")
        assert str(fault).startswith(f"other.txt: This text has none of the {len(brief.passages)} passages")


def test_one_passage_alone_tells_what_is_missing(brief: Framework, source: str) -> None:
    lines = source.split("\n")
    alone = [line if place == 78 else "" for place, line in enumerate(lines)]
    assert len(verify_source(brief, "\n".join(alone))) == len(brief.passages) - 1


def test_every_condition_and_avenue_can_be_cited(brief: Framework) -> None:
    for framework in (shipped(name) for name in shipped_names()):
        cited = {avenue.passage for each in framework.activities.values() for avenue in each.avenues.values()}
        for reading in framework.readings.values():
            for support in reading.support.values():
                for condition in (*support.reasons, *([support.gate] if support.gate else [])):
                    assert condition.passages
                    cited.update(condition.passages)
        assert cited <= set(framework.passages)
    assert (
        brief.passages["t1-incident_reporting-communication"].ref
        == "table 1, incident reporting, communication"
    )
    assert brief.passages["t1-incident_reporting-communication"].line_ref == "L40"
    assert brief.refs(("collaboration-conditions",)) == ("section 1, conditions",)
    refs = [passage.ref for passage in brief.passages.values()]
    assert len(set(refs)) == len(refs)
