"""Adding a record, or a new version of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, onward, trail
from fourfold.node.kinds import kind_of, kinds_by_acts
from fourfold.node.models import RecordVersion, Tag
from fourfold.records.markings import Marking

SYSTEM = kinds_by_acts()


@dataclass(frozen=True, slots=True)
class NewRecord:
    """What a person hands in: the kind, its fields, where it belongs and how it is marked.

    `sources` are ids of what it was written from: own records, or what was received. It carries their
    originators and caveats, and is marked no looser than they are.
    """

    kind: str
    activity: str
    payload: Mapping[str, Any]
    marking: Marking
    slice: str | None = None
    field_markings: Mapping[str, Marking] = field(default_factory=dict)
    source: str = ""
    wants_stub: bool = False
    sources: tuple[str, ...] = ()


def add_record(given: NewRecord, actor: str) -> RecordVersion:
    """Keep a new record.

    Raises:
        InputError: a field is wrong, or there is no such kind; all faults.
        NotFoundError: a source is not here.
        RefusedError: records of this kind are not made by hand.
    """
    if given.kind in SYSTEM:
        raise RefusedError(
            "Such records are made by assessing, agreeing, consenting and working together, not by hand."
        )
    now, kind = clock.now(), kind_of(given.kind)
    derived = onward.derive(given.sources, now) if given.sources else None
    record = keeping.new_record(
        kind,
        given.payload,
        activity=given.activity,
        slice_=given.slice,
        marking=given.marking,
        field_markings=given.field_markings,
        inherited=derived.inheritance if derived else None,
        now=now,
    )
    title = str(record.payload.get("title", kind.title))
    with transaction.atomic():
        row = keeping.add(record, actor=actor, title=title, source=given.source, wants_stub=given.wants_stub)
        onward.note_derived(record.id, derived.roots if derived else ())
        trail.note(Tag.RECORD_ADDED, now, subject=record.id, actor=actor)
    return row
