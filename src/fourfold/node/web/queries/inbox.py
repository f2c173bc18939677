"""What came from counterparts: held, withdrawn (tombstones) and not accepted, each with its provenance."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fourfold.errors import FourfoldError
from fourfold.exchange.stix import decode, read_object
from fourfold.node.actions.pass_on import for_passing_on
from fourfold.node.actions.quarantine import PASSING
from fourfold.node.models import Agreement, Hold, ReceiptOut, Received, ReceivedState
from fourfold.node.models.fields import has_words
from fourfold.node.parties import nodes
from fourfold.node.provenance import originators_told
from fourfold.node.web.queries import states
from fourfold.node.web.queries.listing import (
    Asked,
    Choice,
    FilterView,
    PageView,
    SearchView,
    count_of,
    page_of,
)
from fourfold.node.web.queries.record import FieldView, fields_of
from fourfold.node.web.queries.records import SYSTEM
from fourfold.node.web.queries.releases import reason_sentence
from fourfold.node.web.queries.showing import (
    MarkingView,
    activity_title,
    marking_view,
    names,
    slice_name,
)
from fourfold.node.web.queries.states import StateView
from fourfold.node.web.queries.words import Word
from fourfold.release import ReleaseObject

_UNTITLED: dict[str, Word] = {
    ReceivedState.STORED: _("An object without a title"),
    ReceivedState.WITHDRAWN: _("An object that was withdrawn"),
    ReceivedState.QUARANTINED: _("An object that was not accepted"),
}


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """One object in the list; `object` is its id, where it has no title of its own to be known by."""

    pk: int
    title: Word
    object: str
    from_: str
    marking: MarkingView | None
    received: datetime
    withdrawn: datetime | None
    state: StateView
    reason: str


@dataclass(frozen=True, slots=True)
class TabView:
    """One of the parts of the inbox, and how much is in it, in words."""

    id: str
    state: StateView
    count: str
    current: bool
    url: str


@dataclass(frozen=True, slots=True)
class InboxView:
    """The list; `asked`: the reader narrowed it, `all` is the address of the whole part."""

    tabs: tuple[TabView, ...]
    rows: tuple[ReceivedRow, ...]
    page: PageView
    state: str
    search: SearchView
    asked: bool
    all: str


@dataclass(frozen=True, slots=True)
class ReceivedView:
    """One object as it came; without fields where it was destroyed or not accepted.

    `forwardable`: it can be kept to pass on. `retried`: for what was not accepted, whether time may heal it.
    """

    pk: int
    title: Word
    from_: str
    state: StateView
    reason: str
    activity: Word
    slice: str
    object: str
    version: int | None
    digest: str
    received: datetime
    withdrawn: datetime | None
    in_log: datetime | None
    agreement: str
    agreement_title: str
    marking: MarkingView | None
    originators: tuple[str, ...]
    fields: tuple[FieldView, ...]
    receipt: StateView | None
    receipt_at: datetime | None
    receipt_delivered: datetime | None
    accepted: bool
    held: bool
    forwardable: bool
    retried: bool | None
    wire: str


def inbox_view(asked: Asked) -> InboxView:
    """One page of one part of the inbox, the newest first."""
    state = asked.values.get("state", "")
    state = state if state in states.RECEIVED else ReceivedState.STORED
    shown = _shown()
    known = names()
    found = _found(shown.filter(state=state), asked, state)
    rows, page = page_of(found.order_by("-received", "-pk"), asked)
    return InboxView(
        tuple(
            TabView(
                each,
                view,
                count_of(shown.filter(state=each)),
                each == state,
                asked.url(state=each, page="", words=""),
            )
            for each, view in states.RECEIVED.items()
        ),
        tuple(_row(row, known) for row in rows),
        page,
        str(state),
        asked.search(_peer_filter(asked), hidden=("state",)),
        bool(asked.values.keys() & {"words", "from"}),
        asked.url(**{"words": "", "from": "", "page": ""}),
    )


def received_view(pk: int) -> ReceivedView | None:
    """One received object; None where there is none."""
    row = Received.readable.select_related("peer").filter(pk=pk).first()
    if row is None:
        return None
    known, content = names(), _content(row)
    receipt = ReceiptOut.readable.filter(received=row).first()
    agreement = Agreement.objects.filter(pk=row.agreement_digest).first()
    return ReceivedView(
        pk=row.pk,
        title=_own_title(content) or _UNTITLED[row.state],
        from_=row.peer.name,
        state=states.RECEIVED[row.state],
        reason=reason_sentence(row.reason),
        activity=activity_title(row.activity) if row.activity else "",
        slice=slice_name(row.slice, [agreement.content()] if agreement else []),
        object=row.object,
        version=row.version,
        digest=row.digest,
        received=row.received,
        withdrawn=row.withdrawn,
        in_log=row.in_log,
        agreement=agreement.digest if agreement else "",
        agreement_title=agreement.title if agreement else "",
        marking=marking_view(content.marking, known) if content else None,
        originators=originators_told(content, row.peer.name, known) if content else (),
        fields=fields_of(content.kind, content.fields, known) if content else (),
        receipt=states.RECEIPT[receipt.outcome] if receipt else None,
        receipt_at=receipt.created if receipt else None,
        receipt_delivered=receipt.delivered if receipt else None,
        accepted=row.state != ReceivedState.QUARANTINED,
        held=Hold.readable.filter(subject=row.object, lifted=None).exists(),
        forwardable=content is not None
        and row.state == ReceivedState.STORED
        and for_passing_on(content.kind),
        retried=row.reason in PASSING if row.state == ReceivedState.QUARANTINED else None,
        wire=_wire(row),
    )


def _found(rows: QuerySet[Received], asked: Asked, state: str) -> QuerySet[Received]:
    """What was searched for: words of the titles, as far as something is held, or an id, or a digest."""
    if from_ := asked.values.get("from"):
        rows = rows.filter(peer=from_)
    for word in asked.words:
        named = Received.readable.filter(has_words(word), state=state).values("pk")
        rows = rows.filter(Q(pk__in=named) | Q(object=word) | Q(digest=word))
    return rows


def _peer_filter(asked: Asked) -> FilterView:
    current = asked.values.get("from", "")
    choices = tuple(Choice(peer.pk, peer.name, peer.pk == current) for peer in nodes())
    return FilterView("from", _("From"), _("anybody"), choices)


def _shown() -> QuerySet[Received]:
    """What people read: not the messages by which institutions assess and agree.

    A withdrawal is shown at what it destroyed; by itself only where nothing was held.
    """
    destroyed = Received.readable.filter(peer=OuterRef("peer"), object=OuterRef("object"), revoked=False)
    return (
        Received.readable.select_related("peer")
        .exclude(kind__in=SYSTEM, state=ReceivedState.STORED)
        .filter(Q(revoked=False) | ~Exists(destroyed))  # in this order: few are withdrawals
    )


def _row(row: Received, known: Mapping[str, str]) -> ReceivedRow:
    content = _content(row)
    return ReceivedRow(
        row.pk,
        _own_title(content) or _UNTITLED[row.state],
        "" if _own_title(content) else row.object or row.digest,
        row.peer.name,
        marking_view(content.marking, known) if content else None,
        row.received,
        row.withdrawn,
        states.RECEIVED[row.state],
        reason_sentence(row.reason),
    )


def _content(row: Received) -> ReleaseObject | None:
    """The release object, where its bytes are held and were accepted."""
    if row.wire is None or row.state == ReceivedState.QUARANTINED:
        return None
    try:
        return decode(read_object(bytes(row.wire)).value)
    except FourfoldError:
        return None


def received_title(row: Received) -> Word:
    """How a received object is known."""
    return _own_title(_content(row)) or _UNTITLED.get(row.state, row.object)


def _own_title(content: ReleaseObject | None) -> str:
    return str(content.fields.get("title", "")) if content else ""


def _wire(row: Received) -> str:
    """What came, laid out for reading; what was not accepted is not shown."""
    if row.wire is None or row.state == ReceivedState.QUARANTINED:
        return ""
    return json.dumps(json.loads(bytes(row.wire)), indent=2, ensure_ascii=False)
