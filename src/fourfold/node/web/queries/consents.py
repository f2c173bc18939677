"""Consents: requests that wait for our answer, those that we made, and what we consented to by ourselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.conf import settings
from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from fourfold.agreements import SignedConsent
from fourfold.errors import RefusedError
from fourfold.node import consenting
from fourfold.node.models import (
    Agreement,
    ConsentCase,
    ConsentDocument,
    RecordVersion,
    Release,
)
from fourfold.node.web.queries import states
from fourfold.node.web.queries.consent_steps import state_of
from fourfold.node.web.queries.listing import Asked, PageView, page_of
from fourfold.node.web.queries.record import FieldView, fields_of
from fourfold.node.web.queries.showing import MarkingView, activity_title, in_order, marking_view, names
from fourfold.node.web.queries.states import StateView
from fourfold.node.web.queries.words import Word, field_title
from fourfold.protocols.consent import State
from fourfold.records.signing import fingerprint

OF_US, BY_US, OWN = "of-us", "by-us", "own"
PARTS: Mapping[str, Word] = MappingProxyType(
    {OF_US: _("Asked of us"), BY_US: _("Asked by us"), OWN: _("Given by ourselves")}
)
GONE = _("Something that is not here any more")


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of the list; `waiting` counts what waits for an answer in it."""

    id: str
    title: Word
    waiting: int
    current: bool
    url: str


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One request, or one consent of our own; `with_` is the other side of a request."""

    id: str
    title: Word
    with_: str
    recipient: str
    state: StateView
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ConsentsView:
    """One page of one part."""

    part: str
    parts: tuple[PartView, ...]
    rows: tuple[ConsentRow, ...]
    page: PageView


@dataclass(frozen=True, slots=True)
class HeldView:
    """A release of our own that hangs on a consent."""

    id: str
    to: str
    state: StateView


@dataclass(frozen=True, slots=True)
class ConsentView:
    """All that a consent covers, or would cover: just these bytes, fields, recipient, agreement, purpose.

    `content` is what would go on, where it is for us to look at; `problem` says why it cannot be granted.
    `record` and `release` lead to what it is about here. `claimed`: the recipient is not known here, so that
    its name is only what the asker calls it. `hangs` are our own releases that end with it.
    """

    row: ConsentRow
    part: str
    reason: str
    purpose: Word
    fields: tuple[Word, ...]
    content: tuple[FieldView, ...]
    marking: MarkingView | None
    problem: str
    record: str
    release: str
    digest: str
    recipient_key: str
    claimed: bool
    agreement: str
    agreement_title: str
    answered: datetime | None
    may_answer: bool
    may_revoke: bool
    hangs: tuple[HeldView, ...]


def waiting_for_us() -> int:
    """How many requests wait for this institution's answer."""
    return ConsentCase.readable.filter(ours=False, state=State.ASKED.value).count()


def consents_view(asked: Asked) -> ConsentsView:
    """One page of one part: what is open first, then the newest first."""
    part = asked.values.get("part", "")
    part = part if part in PARTS else OF_US
    rows, page = page_of(_owned() if part == OWN else _cases(ours=part == BY_US), asked)
    known = names()
    shown = tuple(_own_rows(rows, known) if part == OWN else _case_rows(rows, known))
    open_ = {
        OF_US: waiting_for_us(),
        BY_US: ConsentCase.readable.filter(ours=True, state=State.ASKED.value).count(),
    }
    parts = (
        PartView(each, title, open_.get(each, 0), each == part, asked.url(part=each, page=""))
        for each, title in PARTS.items()
    )
    return ConsentsView(part, tuple(parts), shown, page)


def consent_view(id_: str) -> ConsentView | None:
    """One request, or one consent of our own, by its id; None where there is none."""
    if "\x00" in id_:
        return None
    case = ConsentCase.readable.select_related("peer", "document").filter(pk=id_).first()
    if case is not None:
        return _case(case)
    own = _owned().filter(pk=id_).first()
    return None if own is None else _own(own)


def _cases(*, ours: bool) -> QuerySet[ConsentCase]:
    rows = ConsentCase.readable.filter(ours=ours).select_related("peer", "document")
    answered = Case(When(state=State.ASKED.value, then=Value(0)), default=Value(1))
    return rows.order_by(answered, "-created", "pk")


def _owned() -> QuerySet[ConsentDocument]:
    return ConsentDocument.readable.filter(originator=settings.NODE.id, case=None).order_by("-received", "pk")


def _case_rows(cases: Iterable[ConsentCase], known: Mapping[str, str]) -> Iterable[ConsentRow]:
    cases = list(cases)
    titles = _titles(each.record_digest for each in cases if each.ours)
    told = _released(consenting.request_of(each).object for each in cases if not each.ours)
    for each in cases:
        asked = consenting.request_of(each)
        yield ConsentRow(
            each.id,
            (titles.get(each.record_digest) if each.ours else told.get(asked.object)) or GONE,
            each.peer.name,
            known.get(each.recipient, asked.recipient_name),
            state_of(each.state, each.document),
            each.created,
            each.document.expires if each.document else None,
        )


def _own_rows(rows: Iterable[ConsentDocument], known: Mapping[str, str]) -> Iterable[ConsentRow]:
    rows = list(rows)
    titles = _titles(each.record_digest for each in rows)
    for each in rows:
        yield ConsentRow(
            each.id,
            titles.get(each.record_digest) or GONE,
            settings.NODE.name,
            known.get(each.recipient, each.recipient),
            state_of(_own_state(each), each),
            each.received,
            each.expires,
        )


def _own_state(document: ConsentDocument) -> str:
    return State.REVOKED if document.revoked else State.GRANTED


def _titles(digests: Iterable[str]) -> dict[str, str]:
    """The titles of record versions, by digest."""
    return dict(RecordVersion.readable.filter(digest__in=list(digests)).values_list("digest", "title"))


def _released(releases: Iterable[str]) -> dict[str, str]:
    """The titles of what was released, by the id of the release."""
    found = dict(Release.readable.filter(pk__in=list(releases)).values_list("pk", "record"))
    latest = RecordVersion.readable.filter(record__in=found.values(), latest=True)
    titles = dict(latest.values_list("record", "title"))
    return {id_: titles.get(record, "") for id_, record in found.items()}


def _case(case: ConsentCase) -> ConsentView:
    asked, known = consenting.request_of(case), names()
    (row,) = _case_rows([case], known)
    content, marking, problem = ((), None, "") if case.ours else _content(case, known)
    version = RecordVersion.readable.filter(digest=case.record_digest).first() if case.ours else None
    released = not case.ours and Release.readable.filter(pk=asked.object).exists()
    return ConsentView(
        row=row,
        part=BY_US if case.ours else OF_US,
        reason=asked.reason or "",
        purpose=activity_title(asked.purpose),
        fields=tuple(field_title(name) for name in asked.onward.fields),
        content=content,
        marking=marking,
        problem=problem,
        record=version.record if version else "",
        release=asked.object if released else "",
        digest=case.record_digest,
        recipient_key=fingerprint(asked.recipient_key),
        claimed=case.recipient not in known,
        agreement=asked.agreement,
        agreement_title=_agreement(asked.agreement),
        answered=case.answered,
        may_answer=not case.ours and case.state == State.ASKED,
        may_revoke=not case.ours and case.state == State.GRANTED,
        hangs=_hangs(case.document) if case.document and not case.ours else (),
    )


def _own(document: ConsentDocument) -> ConsentView:
    known = names()
    (row,) = _own_rows([document], known)
    given = SignedConsent.model_validate_json(bytes(document.body)).consent
    version = RecordVersion.readable.filter(digest=document.record_digest).first()
    whole = version is not None and version.destroyed is None
    content = version.content() if whole else None
    return ConsentView(
        row=row,
        part=OWN,
        reason="",
        purpose=activity_title(given.purpose),
        fields=tuple(
            field_title(name) for name in in_order(version.kind if version else "", sorted(given.fields))
        ),
        content=fields_of(content.kind, content.payload, known) if content else (),
        marking=marking_view(content.marking, known) if content else None,
        problem="",
        record=version.record if version else "",
        release="",
        digest=document.record_digest,
        recipient_key=fingerprint(given.recipient_key),
        claimed=False,
        agreement=document.agreement_digest,
        agreement_title=_agreement(document.agreement_digest),
        answered=document.revoked,
        may_answer=False,
        may_revoke=document.revoked is None,
        hangs=_hangs(document),
    )


def _content(
    case: ConsentCase, known: Mapping[str, str]
) -> tuple[tuple[FieldView, ...], MarkingView | None, str]:
    """The very content that would go on; or why it is not what was released."""
    try:
        record = consenting.what_would_go_on(case)
    except RefusedError as error:
        return (), None, str(error)
    return fields_of(record.kind, record.payload, known), marking_view(record.marking, known), ""


def _hangs(document: ConsentDocument) -> tuple[HeldView, ...]:
    """What was released on a consent of our own, and would be withdrawn with it."""
    rows = consenting.hanging_on(document)
    shown = set(Release.readable.filter(pk__in=[each.pk for each in rows]).values_list("pk", flat=True))
    rows = [each for each in rows if each.pk in shown]
    return tuple(HeldView(each.pk, each.peer.name, states.RELEASE[each.state]) for each in rows)


def _agreement(digest: str) -> str:
    """The title of an agreement, where this institution is a party of it."""
    return Agreement.objects.filter(pk=digest).values_list("title", flat=True).first() or ""
