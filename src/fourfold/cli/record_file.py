"""Files from which records are kept and changed: reading them, and placing every fault at its line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fourfold.canon import Faults, Located, read_document
from fourfold.cli.node_session import read_file
from fourfold.cli.placing import marking_in, placed
from fourfold.records.markings import Marking

if TYPE_CHECKING:
    from fourfold.node.actions.add_record import NewRecord
    from fourfold.node.actions.change_record import Changes

_REQUIRED = ("kind", "activity", "marking", "fields")
_OPTIONAL = ("slice", "field_markings", "stub", "sources")


@contextmanager
def new_in(file: Path) -> "Iterator[NewRecord]":
    """The record that a file says; faults that are found in its fields meanwhile get their lines.

    Raises:
        InputError: it has faults; all of them.
    """
    from fourfold.node.actions.add_record import NewRecord

    keys, whole, fields = _read(file)
    given = NewRecord(
        kind=keys["kind"].value,
        activity=keys["activity"].value,
        payload=keys["fields"].plain(),
        marking=whole,
        slice=_text(keys.get("slice")),
        field_markings=fields,
        source=f"file {file.name}",
        wants_stub=_text(keys.get("stub")) == "yes",
        sources=_texts(keys.get("sources")),
    )
    with placed(file, keys["fields"]):
        yield given


@contextmanager
def changes_in(file: Path) -> "Iterator[Changes]":
    """What a file says that a record's next version is; faults in its fields meanwhile get their lines.

    Raises:
        InputError: it has faults; all of them.
    """
    from fourfold.node.actions.change_record import Changes

    keys, whole, fields = _read(file)
    with placed(file, keys["fields"]):
        yield Changes(
            payload=keys["fields"].plain(),
            marking=whole,
            slice=_text(keys.get("slice")),
            field_markings=fields,
        )


def _read(file: Path) -> tuple[dict[str, Located], Marking, Mapping[str, Marking]]:
    """The parts of a file, the marking of the whole and those of single fields."""
    faults = Faults(str(file))
    keys = faults.mapping(
        read_document(read_file(file), file=str(file)), required=_REQUIRED, optional=_OPTIONAL
    )
    for name in ("kind", "activity", "slice"):
        faults.text(keys.get(name))
    faults.choice(keys.get("stub"), ("yes", "no"))
    faults.members(keys.get("fields"))
    faults.texts(keys.get("sources"))
    whole = marking_in(keys.get("marking"), faults)
    fields = {
        name: marking_in(given, faults) for name, given in faults.members(keys.get("field_markings")).items()
    }
    faults.raise_any()
    if whole is None:
        raise TypeError("a file without a marking has a fault")
    return keys, whole, {name: own for name, own in fields.items() if own is not None}


def _text(at: Located | None) -> str | None:
    return None if at is None else str(at.value)


def _texts(at: Located | None) -> tuple[str, ...]:
    items = at.value if at is not None and isinstance(at.value, list) else []
    return tuple(str(item.value) for item in items)
