"""Records: keeping them, and seeing who would get what."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import clock, keeping
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.correct_release import Right, correct_release
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.actions.release_record import release_record
from fourfold.node.api.callers import ask_for, needs
from fourfold.node.api.pages import Paging, page
from fourfold.node.api.problems import ANSWERS
from fourfold.node.api.shapes.common import Id, Name, To
from fourfold.node.api.shapes.exchange import ReleaseRow
from fourfold.node.api.shapes.records import (
    ApprovalOut,
    ChangeIn,
    CorrectedOut,
    CorrectIn,
    CorrectionOut,
    PreviewOut,
    RecordIn,
    RecordOut,
    RecordPage,
)
from fourfold.node.correcting import correction_of
from fourfold.node.models import RecordVersion, Release
from fourfold.node.parties import find_recipient
from fourfold.node.queries.records import as_row
from fourfold.node.queries.releases import as_row as release_row
from fourfold.node.roles import Act
from fourfold.node.withdrawing import standing_of
from fourfold.release import NOTICES, Notice

router = Router(tags=["Records"])


@router.get("", response={200: RecordPage, **ANSWERS}, exclude_unset=True, by_alias=True)
@needs(Act.READ)
def list_records(request: HttpRequest, paging: Query[Paging], kind: Name | None = None) -> Any:
    """The latest version of every record, newest first."""
    del request
    rows = RecordVersion.readable.filter(latest=True, **({"kind": kind} if kind else {}))
    return page(rows, paging, as_row)


@router.post("", response={201: RecordOut, **ANSWERS})
@needs(Act.WRITE)
def keep_record(request: HttpRequest, given: RecordIn) -> Any:
    """Keep a record. Nothing of it leaves."""
    new = NewRecord(
        kind=given.kind,
        activity=given.activity,
        payload=given.fields,
        marking=given.marking,
        slice=given.slice,
        field_markings=given.field_markings,
        source="API",
        wants_stub=given.stub,
    )
    return Status(201, _whole(add_record(new, request.auth.name)))


@router.get("/{id}", response={200: RecordOut, **ANSWERS})
@needs(Act.READ)
def show_record(request: HttpRequest, id: Id) -> Any:  # noqa: A002  the name of the path's part
    """The latest version of a record, whole."""
    del request
    return _whole(keeping.latest(id))


@router.put("/{id}", response={200: RecordOut, **ANSWERS})
@needs(Act.WRITE)
def change(request: HttpRequest, id: Id, given: ChangeIn) -> Any:  # noqa: A002  as above: the path's part
    """Keep a new version. What would be guarded less than before needs two people, and is refused here."""
    return _whole(change_record(id, _changes(given), request.auth.name))


@router.get("/{id}/preview", response={200: PreviewOut, **ANSWERS})
@needs(Act.READ)
def preview(request: HttpRequest, id: Id) -> Any:  # noqa: A002  as above: the path's part
    """Who would get what of it, and why: the release table, row by row. Changes nothing."""
    del request
    return preview_release(id).to_json()


@router.post("/{id}/approvals", response={201: ApprovalOut, **ANSWERS})
@needs(Act.APPROVE)
def approve(request: HttpRequest, id: Id, given: To) -> Any:  # noqa: A002  as above: the path's part
    """Approve, as a second person, that it goes to a counterpart; any edit voids it."""
    return Status(201, approve_release(id, find_recipient(given.to), request.auth.name))


@router.post("/{id}/releases", response={201: ReleaseRow, **ANSWERS})
@needs(Act.RELEASE)
def release(request: HttpRequest, id: Id, given: To) -> Any:  # noqa: A002  as above: the path's part
    """Release what a counterpart may have of it: it can be collected from now on."""
    return Status(201, release_row(release_record(id, find_recipient(given.to), request.auth.name).release))


@router.get("/{id}/correction", response={200: CorrectionOut, **ANSWERS})
@needs(Act.READ)
def preview_correction(request: HttpRequest, id: Id) -> Any:  # noqa: A002  as above: the path's part
    """Who has the record, or had it: whom a correction would reach, and what has become of one."""
    del request
    keeping.latest(id)
    try:
        plan = correction_of(id)
    except (NotFoundError, RefusedError):
        plan = None
    shown = plan.shown if plan else ()
    known = {each.peer for each in shown}
    return {
        "holders": [
            {
                "release": each.pk,
                "recipient": each.peer.name,
                "state": standing_of(each, clock.now()),
                "withdrawn": each.withdrawn,
            }
            for each in shown
        ],
        "again": [each.name for each in plan.again() if each in known] if plan else [],
        "before": [each.name for each in plan.before if each in known] if plan else [],
        "phrase": NOTICES[Notice.RELEASED_IN_ERROR],
    }


@router.post("/{id}/correction", response={200: CorrectedOut, **ANSWERS})
@needs(Act.RELEASE)
def correct(request: HttpRequest, id: Id, given: CorrectIn) -> Any:  # noqa: A002  as above: the path's part
    """Correct a wrong release in one step: withdrawn everywhere, to be destroyed, with one fixed phrase.

    `right` keeps a new version too, and so asks for the right to keep records.
    """
    if given.right is not None:
        ask_for(request, Act.WRITE)
    changes = None if given.right is None else _changes(given.right)
    right = Right(changes, anew=given.anew) if given.again or changes else None
    seen = set(Release.readable.filter(record=id).values_list("pk", flat=True))
    done = correct_release(id, given.reason, request.auth.name, right)
    return {
        "withdrawn": [release_row(each.release) for each in done.withdrawn if each.release_id in seen],
        "released": [release_row(each.release) for each in done.released],
        "refused": dict(done.refused),
    }


def _changes(given: ChangeIn) -> Changes:
    return Changes(given.fields, given.marking, given.slice, given.field_markings)


def _whole(row: RecordVersion) -> dict[str, Any]:
    content = row.content()
    return {
        **as_row(row),
        "owner": content.owner,
        "originators": sorted(content.originators),
        "marking": content.marking,
        "field_markings": content.field_markings,
        "fields": content.payload,
        "derived_from": list(content.derived_from),
    }
