"""Changing a record: a new version; what it guards less than before needs a second person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, trail
from fourfold.node.actions.add_record import SYSTEM
from fourfold.node.kinds import kind_of
from fourfold.node.models import RecordVersion, Tag
from fourfold.node.naming import same_person
from fourfold.node.standing import standings
from fourfold.records.envelope import Record
from fourfold.records.markings import Marking
from fourfold.release import loosened


@dataclass(frozen=True, slots=True)
class Changes:
    """What the next version says: all of its fields, where it belongs, how it is marked.

    `source` is where it comes from, if that is elsewhere than the version before (empty: as that).
    """

    payload: Mapping[str, Any]
    marking: Marking
    slice: str | None = None
    field_markings: Mapping[str, Marking] = field(default_factory=dict)
    source: str = ""


def change_record(
    record: str, changes: Changes, actor: str, second: str | None = None, base: str | None = None
) -> RecordVersion:
    """Keep a new version of a record; approvals and consents for the one before do not cover it.

    `second` is the person who agrees that something is guarded less than before; what others marked nobody
    here loosens. `base` is the digest of the version that the change starts from, where it was read some
    time ago. The same content again
    changes nothing.

    Raises:
        NotFoundError: there is no such record.
        InputError: a field is wrong; all faults.
        RefusedError: it is loosened and nobody else agreed, or others marked it so; it was changed meanwhile;
            or it is no record that people change.
    """
    row, now = keeping.latest(record, base), clock.now()
    _check_changeable(row)
    before = row.content()
    after = _changed(before, changes)
    if after == before:
        return row
    after = after.model_copy(update={"version": row.version + 1, "modified": now})
    return _keep(row, before, after, changes.source or row.source, actor, second)


def loosening(record: str, changes: Changes) -> tuple[str, ...]:
    """What the record would guard less than before, if it were changed so; empty: nothing.

    Raises:
        NotFoundError: there is no such record.
        InputError: a field is wrong; all faults.
        RefusedError: it is no record that people change.
    """
    row = keeping.latest(record)
    _check_changeable(row)
    before = row.content()
    return _loosened(before, _changed(before, changes))


def _check_changeable(row: RecordVersion) -> None:
    if row.kind in SYSTEM:
        raise RefusedError("What was sealed, revealed or signed does not change.")
    if row.destroyed is not None:
        raise RefusedError("The content of this record was destroyed, as its originator withdrew it.")


def _changed(before: Record, changes: Changes) -> Record:
    return before.model_copy(
        update={
            "payload": keeping.checked_payload(kind_of(before.kind), changes.payload),
            "marking": changes.marking,
            "field_markings": dict(changes.field_markings),
            "slice": changes.slice,
        }
    )


def _loosened(before: Record, after: Record) -> tuple[str, ...]:
    """What is guarded less than before; what others marked is refused.

    Raises:
        RefusedError: others marked it so.
    """
    if before.originators != {settings.NODE.id} and (theirs := loosened(before, after, ())):
        raise RefusedError(f"It is others' too, and theirs to loosen: {' '.join(theirs)}")
    return loosened(before, after, tuple(each.text for each in standings()))


def _keep(
    row: RecordVersion, before: Record, after: Record, source: str, actor: str, second: str | None
) -> RecordVersion:
    less = _loosened(before, after)
    if less and (not second or same_person(second, actor)):
        raise RefusedError(f"This needs a second person: {' '.join(less)}")
    now, title = after.modified, str(after.payload.get("title", row.title))
    with transaction.atomic():
        kept = keeping.add(after, actor=actor, title=title, source=source, wants_stub=row.wants_stub)
        trail.note(Tag.RECORD_CHANGED, now, subject=row.record, actor=actor)
        if less:
            trail.note(Tag.RECORD_LOOSENED, now, subject=row.record, actor=str(second))
    return kept
