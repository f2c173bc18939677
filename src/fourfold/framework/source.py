"""Whether a source text still says what a framework file refers to."""

import re
from collections.abc import Iterator

from fourfold.canon import digest_bytes
from fourfold.errors import Fault
from fourfold.framework.model import Framework
from fourfold.framework.parts import Passage

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line for an editor; a form feed or another separator inside a line does not."""


def verify_source(framework: Framework, text: str, file: str = "") -> tuple[Fault, ...]:
    """What does not hold between a framework's passages and the text that it is drawn from.

    Each passage is looked up by line (and tab-separated column), white space is folded, and the SHA-256
    digest compared. A passage broken over several lines is joined by a space. Where the text stands in
    another place, the fault says so; a text that has none of them anywhere is one fault. Empty: all
    passages are as they were.
    """
    lines = LINE_END.split(text)
    elsewhere = {passage_digest(piece): place for place, piece in reversed(list(_pieces(lines)))}
    if not any(passage.digest in elsewhere for passage in framework.passages.values()):
        message = f"This text has none of the {len(framework.passages)} passages of {framework.id}."
        return (Fault(message, file, remedy="Name the text that the framework is drawn from."),)
    faults = (_fault(passage, lines, elsewhere, file) for passage in framework.passages.values())
    return tuple(fault for fault in faults if fault)


def source_digests(framework: Framework, text: str) -> dict[str, str | None]:
    """The digest of what stands in each passage's place in a text; None where it has no such place."""
    lines = LINE_END.split(text)
    found = {name: passage_text(passage, lines) for name, passage in framework.passages.items()}
    return {name: None if piece is None else passage_digest(piece) for name, piece in found.items()}


def passage_digest(text: str) -> str:
    """The digest of a passage with its white space folded."""
    return digest_bytes(" ".join(text.split()).encode())


def passage_text(passage: Passage, lines: list[str]) -> str | None:
    """A passage's text in its source; None where the source is too short for it."""
    if passage.lines[-1] > len(lines):
        return None
    text = " ".join(lines[line - 1] for line in passage.lines)
    if passage.column is None:
        return text
    cells = text.split("\t")
    return cells[passage.column - 1] if passage.column <= len(cells) else None


def _fault(passage: Passage, lines: list[str], elsewhere: dict[str, int], file: str) -> Fault | None:
    found = passage_text(passage, lines)
    if found is not None and passage_digest(found) == passage.digest:
        return None
    if found is None:
        message = f"The text has no such place: {passage.ref}."
    else:
        message = f"The text is not what the framework refers to: {passage.ref}."
    remedy = "Use the edition of the text that the framework names."
    if passage.digest in elsewhere:
        remedy = f"The same words stand in line {elsewhere[passage.digest]}."
    return Fault(message, file, passage.lines[0], f"passages.{passage.id}", remedy)


def _pieces(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Every line, every cell, and every two neighbouring lines of text, with the line they begin in."""
    previous: tuple[int, str] | None = None
    for place, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        yield place, line
        yield from ((place, cell) for cell in line.split("\t"))
        if previous:
            yield previous[0], f"{previous[1]} {line}"
        previous = (place, line)
