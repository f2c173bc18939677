"""Adding a record, or a new version of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, trail
from fourfold.node.kinds import ASSESSMENT, DRAFT_AGREEMENT, kind_of, step_kinds
from fourfold.node.models import RecordVersion, Tag
from fourfold.records.markings import Marking

SYSTEM = frozenset({ASSESSMENT.id, DRAFT_AGREEMENT.id}) | step_kinds()


@dataclass(frozen=True, slots=True)
class NewRecord:
    """What a person hands in: the kind, its fields, where it belongs and how it is marked."""

    kind: str
    activity: str
    payload: Mapping[str, Any]
    marking: Marking
    slice: str | None = None
    field_markings: Mapping[str, Marking] = field(default_factory=dict)
    source: str = ""
    wants_stub: bool = False


def add_record(given: NewRecord, actor: str) -> RecordVersion:
    """Keep a new record.

    Raises:
        InputError: a field is wrong, or there is no such kind; all faults.
        RefusedError: records of this kind are only made by assessing, agreeing, proposing and drafting.
    """
    if given.kind in SYSTEM:
        raise RefusedError("Such records are made by assessing, agreeing and working together, not by hand.")
    now, kind = clock.now(), kind_of(given.kind)
    record = keeping.new_record(
        kind,
        given.payload,
        activity=given.activity,
        slice_=given.slice,
        marking=given.marking,
        field_markings=given.field_markings,
        now=now,
    )
    title = str(record.payload.get("title", kind.title))
    with transaction.atomic():
        row = keeping.add(record, actor=actor, title=title, source=given.source, wants_stub=given.wants_stub)
        trail.note(Tag.RECORD_ADDED, now, subject=record.id, actor=actor)
    return row
