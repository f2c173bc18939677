"""Files from which proposals and joint records are made: reading them, and placing faults at their lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from fourfold.canon import Faults, Located, read_document
from fourfold.cli.node_session import read_file
from fourfold.cli.placing import marking_in, placed
from fourfold.records.markings import Marking


class Handed(NamedTuple):
    """A file that a person handed in: where it belongs, how it is marked, and the fields."""

    kind: str
    slice: str
    marking: Marking | None
    fields: dict[str, Any]


@contextmanager
def handed(file: Path, *, opens: bool) -> Iterator[Handed]:
    """What a file says; faults that are found inside in its fields get the lines at which these stand.

    A file that opens a course says kind, slice and marking, a later one may say the marking.

    Raises:
        InputError: it cannot be read, or something of it is missing or wrong; all faults.
    """
    document = read_document(read_file(file), file=str(file))
    given = _handed(document, Faults(str(file)), opens=opens)
    with placed(file, document):
        yield given


def marked(given: Handed) -> Marking:
    """The marking of a file that opens a course."""
    if given.marking is None:
        raise TypeError("`handed` has looked")
    return given.marking


def _handed(document: Located, faults: Faults, *, opens: bool) -> Handed:
    members = faults.members(document)
    for name in ("kind", "slice", "marking") if opens else ():
        if name not in members and isinstance(document.value, dict):
            faults.add(document, f'The key "{name}" is missing.', "Add it.")
    kind, slice_ = faults.text(members.get("kind")), faults.text(members.get("slice"))
    marking = marking_in(members.get("marking"), faults)
    faults.raise_any()
    ours = {"kind", "slice", "marking"}
    fields = {name: value.plain() for name, value in members.items() if name not in ours}
    return Handed(kind, slice_, marking, fields)
