"""What went out and what came in: releases, counterparts, agreements, the inbox, logs, holds."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from ninja import Query, Router, Status

from fourfold.errors import NotFoundError
from fourfold.node.actions.pass_on import pass_on
from fourfold.node.actions.place_hold import place_hold
from fourfold.node.actions.sync import Synced, sync
from fourfold.node.actions.withdraw import withdraw as take_back
from fourfold.node.api.callers import needs
from fourfold.node.api.pages import Paging, page
from fourfold.node.api.problems import ANSWERS
from fourfold.node.api.shapes.common import Id
from fourfold.node.api.shapes.evidence import EventPage, EventsAsked, HoldIn, HoldOut, KeyOut, LogOut
from fourfold.node.api.shapes.exchange import (
    AgreementOut,
    PeerOut,
    ReceivedOut,
    ReceivedPage,
    ReleasePage,
    ReleaseRow,
    SyncedOut,
    WithdrawIn,
)
from fourfold.node.api.shapes.records import ForwardIn, RecordRow
from fourfold.node.models import Received, ReceivedState, Release, ReleaseVersion
from fourfold.node.models.reading import sees_logs
from fourfold.node.queries import agreements, events, holds, keys, logs, peers
from fourfold.node.queries.peers import UNTOLD
from fourfold.node.queries.records import as_row as record_row
from fourfold.node.queries.releases import as_row, row_of
from fourfold.node.roles import Act

router = Router(tags=["Exchange"])


@router.get("/releases", response={200: ReleasePage, **ANSWERS}, exclude_unset=True, by_alias=True)
@needs(Act.READ)
def list_releases(request: HttpRequest, paging: Query[Paging]) -> Any:
    """What was released, to whom, and what became of it."""
    del request
    newer = ReleaseVersion.readable.filter(release=OuterRef("release"), version__gt=OuterRef("version"))
    rows = ReleaseVersion.readable.filter(~Exists(newer)).select_related("release__peer", "source")
    return page(rows, paging, row_of)


@router.get("/releases/{id}", response={200: ReleaseRow, **ANSWERS})
@needs(Act.READ)
def show_release(request: HttpRequest, id: Id) -> Any:  # noqa: A002  the name of the path's part
    """One release, as its latest version has it."""
    del request
    row = Release.readable.filter(pk=id).first()
    if row is None:
        raise NotFoundError("There is no such release.")
    return as_row(row)


@router.post("/releases/{id}/withdrawal", response={200: ReleaseRow, **ANSWERS})
@needs(Act.RELEASE)
def withdraw(request: HttpRequest, id: Id, given: WithdrawIn) -> Any:  # noqa: A002  as above: the path's part
    """Withdraw a release; it is pending until the counterpart has confirmed."""
    return as_row(take_back(id, given.reason, request.auth.name).release)


@router.get("/counterparts", response={200: list[PeerOut], **ANSWERS})
@needs(Act.WATCH)
def list_counterparts(request: HttpRequest) -> Any:
    """The counterparts, by name, and how the last collection from each went."""
    del request
    return peers.listed()


@router.get("/agreements", response={200: list[AgreementOut], **ANSWERS})
@needs(Act.READ)
def list_agreements(request: HttpRequest) -> Any:
    """All agreements, and where each stands now."""
    del request
    return agreements.listed()


@router.get("/received", response={200: ReceivedPage, **ANSWERS}, exclude_unset=True, by_alias=True)
@needs(Act.READ)
def list_received(request: HttpRequest, paging: Query[Paging], state: ReceivedState | None = None) -> Any:
    """What was received, as it stands, newest first."""
    del request
    rows = Received.readable.filter(**({"state": state} if state else {})).select_related("peer")
    return page(rows, paging, _received)


@router.get("/received/{number}", response={200: ReceivedOut, **ANSWERS}, by_alias=True)
@needs(Act.READ)
def show_received(request: HttpRequest, number: int) -> Any:
    """One version of something that was received, as it came."""
    del request
    row = _found(number)
    wire = None if row.wire is None else bytes(row.wire).decode(errors="replace")
    return {**_received(row), "wire": wire}


@router.post("/received/{number}/records", response={201: RecordRow, **ANSWERS})
@needs(Act.WRITE)
def keep_to_pass_on(request: HttpRequest, number: int, given: ForwardIn) -> Any:
    """Keep what was received as a record to pass on; nothing leaves yet, and again changes nothing."""
    row = _found(number)
    return Status(201, record_row(pass_on(row.object, given.slice, request.auth.name, given.fields)))


@router.get("/keys", response={200: list[KeyOut], **ANSWERS})
@needs(Act.WATCH)
def list_keys(request: HttpRequest) -> Any:
    """All keys, this institution's and the counterparts', and what waits for people."""
    del request
    return keys.listed()


@router.post("/collections", response={200: list[SyncedOut], **ANSWERS})
@needs(Act.COLLECT)
def collect(request: HttpRequest) -> Any:
    """Collect from every counterpart now."""
    del request
    return [_synced(each) for each in sync()]


@router.get("/logs", response={200: list[LogOut], **ANSWERS})
@needs(Act.WATCH)
def list_logs(request: HttpRequest) -> Any:
    """All logs, computed again from their leaves, and how far each is countersigned."""
    del request
    return logs.listed()


@router.get("/events", response={200: EventPage, **ANSWERS}, exclude_unset=True)
@needs(Act.WATCH)
def list_events(request: HttpRequest, paging: Query[Paging], asked: Query[EventsAsked]) -> Any:
    """What happened, newest first: when, by whom, about what id; never content."""
    del request
    return page(events.sought(events.Sought(**asked.dict())), paging, events.as_row)


@router.get("/holds", response={200: list[HoldOut], **ANSWERS})
@needs(Act.HOLD)
def list_holds(request: HttpRequest) -> Any:
    """The legal holds that stand."""
    del request
    return [each for each in holds.listed() if not each["lifted"]]


@router.post("/holds", response={201: HoldOut, **ANSWERS})
@needs(Act.HOLD)
def hold(request: HttpRequest, given: HoldIn) -> Any:
    """Keep something from being destroyed; a second hold on it changes nothing."""
    return Status(201, holds.as_row(place_hold(given.id, given.reason, request.auth.name)))


def _found(number: int) -> Received:
    row = Received.readable.filter(pk=number).select_related("peer").first() if 0 < number < 1 << 63 else None
    if row is None:
        raise NotFoundError("There is no such object.")
    return row


def _received(row: Received) -> dict[str, Any]:
    return {
        "number": row.pk,
        "object": row.object,
        "version": row.version,
        "from_": row.peer.name,
        "kind": row.kind,
        "activity": row.activity,
        "state": row.state,
        "reason": row.reason,
        "received": row.received,
    }


def _synced(each: Synced) -> dict[str, Any]:
    stored = each.pulled.stored if each.pulled else None
    if not sees_logs():
        return {"peer": each.peer.name, "problem": UNTOLD if each.problem else ""}
    return {
        "peer": each.peer.name,
        "problem": each.problem,
        "stored": stored.stored if stored else 0,
        "withdrawn": stored.withdrawn if stored else 0,
        "refused": stored.refused if stored else 0,
        "receipts": each.pulled.receipts if each.pulled else 0,
    }
