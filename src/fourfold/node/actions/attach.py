"""Putting files into a record: a new version that names them."""

from collections.abc import Sequence

from fourfold.errors import RefusedError
from fourfold.node import keeping
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.kinds import kind_of
from fourfold.node.models import RecordVersion
from fourfold.records.attachments import FIELD, Attachment


def attach(record: str, files: Sequence[Attachment], actor: str) -> RecordVersion:
    """Name kept files in the next version of a record; those that it names already stay as they are.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: records of its kind have no attachments.
        InputError: a file is not kept here, or there are too many.
    """
    row = keeping.latest(record)
    if FIELD not in kind_of(row.kind).fields:
        raise RefusedError(f"Records of kind {row.kind} have no attachments.")
    before = row.content()
    named = list(before.payload.get(FIELD) or [])
    known = {each["digest"] for each in named}
    named += [each.model_dump() for each in files if each.digest not in known]
    changes = Changes(
        payload={**before.payload, FIELD: named},
        marking=before.marking,
        slice=before.slice,
        field_markings=before.field_markings,
    )
    return change_record(record, changes, actor)
