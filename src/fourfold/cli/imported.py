"""What an import did, for programs and for people."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fourfold.node.actions.import_incidents import ImportReport

_SHOWN = 20


def keep_rest(rest: bytes, file: Path) -> str:
    """Write the rows at fault to a new file of its owner's own; its name, or why there is none.

    Nothing that is there is written over: somebody may be putting it right.
    """
    if not rest:
        return ""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(rest)
    except OSError as error:
        return f"nowhere ({file}: {error.strerror}); name another file with --rest"
    return str(file)


def imported(done: "ImportReport", waits: str) -> dict[str, Any]:
    """What an import did, for programs; `waits` is where the rows at fault do."""
    return {
        "added": list(done.added),
        "known": done.known,
        "renewed": [
            {"number": each.number, "record": each.record, "fields": list(each.fields), "edited": each.edited}
            for each in done.renewed
        ],
        "updated": done.updated,
        "gone": list(done.gone),
        "missing": list(done.missing),
        "at_fault": [str(fault) for fault in done.faults],
        "rest": waits,
    }


def imported_lines(done: "ImportReport", waits: str) -> list[str]:
    """What an import did, for people."""
    lines = [f"Added {len(done.added)} records; {done.known} were here already.", *_more(done)]
    return [*lines, f"The rows at fault were left out, and wait here: {waits}."] if waits else lines


def _more(done: "ImportReport") -> Iterator[str]:
    for each in done.renewed[:_SHOWN]:
        here = " (it was changed here too)" if each.edited else ""
        fields = ", ".join(each.fields)
        yield f"Changed in the register: incident {each.number}, {each.record}: {fields}{here}."
    if len(done.renewed) > _SHOWN:
        yield f"And {len(done.renewed) - _SHOWN} more: see --format json."
    if done.renewed:
        yield "Their records follow." if done.updated else "Their records do not yet: --update lets them."
    if done.gone:
        count = len(done.gone)
        yield (
            f"{count} imported before {'is' if count == 1 else 'are'} not in this table: taken out of the "
            f"register, or this is a part of it. The first: {', '.join(done.gone[:3])}."
        )
    if done.missing:
        yield f"Not in this table: incident {', '.join(map(str, done.missing[:_SHOWN]))}."
