"""Keeping records: a version is added, checked against its kind, and never changed."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from pydantic import ValidationError

from fourfold.agreements import FOUNDING
from fourfold.canon import canonical_bytes, new_id
from fourfold.errors import Fault, InputError, NotFoundError, RefusedError
from fourfold.node import models
from fourfold.node.compartments import place
from fourfold.node.files import check_kept
from fourfold.node.kinds import kind_of
from fourfold.node.models.reading import UNKNOWN
from fourfold.records.attachments import attachments_of
from fourfold.records.derivation import Inheritance
from fourfold.records.envelope import Record
from fourfold.records.kinds import Kind
from fourfold.records.markings import Marking, join


def new_record(  # noqa: PLR0913  an envelope has this many parts, and all are named
    kind: Kind,
    payload: Mapping[str, Any],
    *,
    activity: str,
    slice_: str | None,
    marking: Marking,
    field_markings: Mapping[str, Marking] | None = None,
    inherited: Inheritance | None = None,
    now: datetime,
) -> Record:
    """The first version of a record of this institution's own; or of what it wrote from others' material.

    `inherited` is what it must carry then: their originators, and a marking no looser than theirs.
    """
    return Record(
        id=new_id("record"),
        kind=kind.id,
        activity=activity,
        slice=slice_,
        owner=settings.NODE.id,
        originators=inherited.originators if inherited else frozenset({settings.NODE.id}),
        version=1,
        created=now,
        modified=now,
        marking=join([marking, inherited.marking]) if inherited else marking,
        field_markings=dict(field_markings or {}),
        payload=checked_payload(kind, payload),
        derived_from=inherited.derived_from if inherited else (),
    )


def system_record(kind: Kind, payload: Mapping[str, Any], marking: Marking, now: datetime) -> Record:
    """The record of an assessment or a draft agreement, which pass under the founding agreement."""
    return new_record(kind, payload, activity=FOUNDING, slice_=FOUNDING, marking=marking, now=now)


def checked_payload(kind: Kind, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a kind as JSON values, absent ones left out.

    Raises:
        InputError: a field is wrong, unknown or missing; all faults.
    """
    try:
        typed = kind.payload.model_validate_json(canonical_bytes(dict(payload)), strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise InputError(
            [Fault(f"{each['msg']}.", field=".".join(map(str, each["loc"]))) for each in found]
        ) from error
    return {name: value for name, value in typed.model_dump(mode="json").items() if value is not None}


def add(
    record: Record,
    *,
    actor: str,
    title: str,
    source: str = "",
    wants_stub: bool = False,
    within: int = UNKNOWN,
) -> models.RecordVersion:
    """Store a version of a record; the very same version again changes nothing.

    `within` is the compartment of what it is about, where it is about something else that is kept.

    Raises:
        RefusedError: another content has this version, or a version was skipped.
        InputError: there is no such kind, or a file that it names is not kept here.
    """
    kind_of(record.kind)
    with transaction.atomic():
        before = models.RecordVersion.objects.filter(record=record.id, latest=True).first()
        if before is not None and before.digest == record.digest():
            return before
        if record.version != (before.version + 1 if before else 1):
            raise RefusedError("The record was changed meanwhile. Read it again, then repeat the change.")
        models.RecordVersion.objects.filter(record=record.id, latest=True).update(latest=False)
        row = _row(record, actor, title, source)
        row.wants_stub = wants_stub
        row.compartment = place(record, actor, before, within)
        named = attachments_of(record.payload)
        check_kept(named)
        row.save()
        models.RecordFile.objects.bulk_create(
            models.RecordFile(version=row, digest=digest) for digest in {each.digest for each in named}
        )
    return row


def kept_title(title: str) -> str:
    """A title as lists keep it: 500 characters, without NUL, which PostgreSQL's text cannot hold."""
    return title.replace("\x00", "")[:500]


def latest(record: str, seen: str | None = None) -> models.RecordVersion:
    """The latest version of a record; `seen` is the digest of the one that somebody decided on.

    Raises:
        NotFoundError: there is none, or it is not for this reader.
        RefusedError: it was changed since it was seen.
    """
    row = models.RecordVersion.readable.filter(record=record, latest=True).first()
    if row is None:
        raise NotFoundError("There is no such record, or it was destroyed under the retention rules.")
    if seen not in {None, row.digest}:
        raise RefusedError("The record was changed meanwhile. Read it again, then repeat this.")
    return row


def authors(record: str) -> frozenset[str]:
    """Everybody who wrote a version of a record: none of them is its second person."""
    rows = models.RecordVersion.objects.filter(record=record)
    return frozenset(rows.values_list("author", flat=True))


def _row(record: Record, actor: str, title: str, source: str) -> models.RecordVersion:
    return models.RecordVersion(
        record=record.id,
        version=record.version,
        kind=record.kind,
        activity=record.activity,
        slice=record.slice or "",
        title=kept_title(title),
        tlp=record.marking.tlp.value,
        body=canonical_bytes(json.loads(record.model_dump_json())),
        digest=record.digest(),
        created=record.created,
        modified=record.modified,
        author=actor,
        source=source[:500],
    )
