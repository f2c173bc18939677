"""What went to whom: the list of releases, and one release with its versions, receipts and fields."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from fourfold.exchange.reasons import SENTENCES
from fourfold.exchange.receipts import read_receipt
from fourfold.node import clock
from fourfold.node.kinds import SYSTEM_KINDS, kinds
from fourfold.node.models import RecordVersion, Release, ReleaseState, ReleaseVersion
from fourfold.node.models.reading import sees_logs
from fourfold.node.web.queries import states
from fourfold.node.web.queries.listing import Asked, Choice, FilterView, PageView, SearchView, any_of, page_of
from fourfold.node.web.queries.records import SYSTEM, kind_filter, records_titled
from fourfold.node.web.queries.showing import MarkingView, in_order, marking_view, names, slice_name
from fourfold.node.web.queries.states import StateView
from fourfold.node.web.queries.words import Word, field_title, kind_title
from fourfold.node.withdrawing import standing_as, with_standing
from fourfold.release import NOTICES


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release in the list."""

    id: str
    title: str
    kind: Word
    to: str
    created: datetime
    version: int
    passed: int
    withheld: int
    state: StateView


@dataclass(frozen=True, slots=True)
class ReleasesView:
    """The list of releases; `any_at_all`: something was released; `asked`: the reader narrowed the list."""

    rows: tuple[ReleaseRow, ...]
    page: PageView
    search: SearchView
    any_at_all: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why a field was withheld: the row of the release table and its reason."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class WithheldView:
    """A field that did not pass."""

    title: Word
    reasons: tuple[ReasonView, ...]


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """The counterpart's signed answer; `destroyed` counts the versions whose bytes it destroyed."""

    outcome: StateView
    at: datetime
    received: datetime
    reason: str
    destroyed: int
    backups_until: datetime | None
    digest: str


@dataclass(frozen=True, slots=True)
class SentView:
    """One version: what passed, what did not, and what the counterpart answered."""

    number: int
    added: datetime
    first_sent: datetime | None
    held_back: datetime | None
    revoked: bool
    source: int | None
    passed: tuple[Word, ...]
    withheld: tuple[WithheldView, ...]
    marking: MarkingView
    digest: str
    leaf: int | None
    receipts: tuple[ReceiptView, ...]
    wire: str


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """One release, over all its versions, the latest first; `may_correct`: with all others of its record."""

    id: str
    title: str
    kind: Word
    record: str
    to: str
    state: StateView
    created: datetime
    withdrawn: datetime | None
    withdrawal_reason: str
    agreement: str
    agreement_title: str
    slice: str
    versions: tuple[SentView, ...]
    may_withdraw: bool
    may_correct: bool


def releases_view(asked: Asked) -> ReleasesView:
    """One page of releases, the newest first."""
    rows, page = page_of(_found(asked).order_by("-created", "pk"), asked)
    return ReleasesView(
        tuple(_row(row) for row in rows),
        page,
        asked.search(state_filter(asked, states.RELEASE), kind_filter(asked)),
        bool(rows) or any_of(Release.readable.exclude(kind__in=SYSTEM)),
        asked.narrowed,
    )


def release_view(release: str) -> ReleaseView | None:
    """One release; None where there is none."""
    row = (
        _titled(with_standing(Release.readable.filter(pk=release), clock.now()))
        .select_related("peer")
        .first()
    )
    if row is None:
        return None
    versions = list(
        ReleaseVersion.readable.filter(release=row)
        .select_related("agreement", "source")
        .prefetch_related("receipts")
        .order_by("-version")
    )
    last, known = versions[0], names()
    return ReleaseView(
        id=row.id,
        title=_title(row),
        kind=kind_title(row.kind),
        record=row.record,
        to=row.peer.name,
        state=states.RELEASE[row.standing],
        created=row.created,
        withdrawn=row.withdrawn,
        withdrawal_reason=row.withdrawal_reason,
        agreement=last.agreement_id,
        agreement_title=last.agreement.title,
        slice=slice_name(last.slice, [last.agreement.content()]),
        versions=tuple(_sent(each, known) for each in versions),
        may_withdraw=row.kind not in AGREEING and row.state in _WITHDRAWABLE,
        may_correct=row.kind not in SYSTEM
        and Release.readable.filter(record=row.record, withdrawn=None).exists(),
    )


def state_filter(asked: Asked, known: Mapping[str, StateView]) -> FilterView:
    """The states that a list can be narrowed to."""
    current = asked.values.get("state", "")
    choices = tuple(Choice(value, view.word, value == current) for value, view in known.items())
    return FilterView("state", _("State"), _("any"), choices)


_SENTENCES = {code.value: told for each in (SENTENCES, NOTICES) for code, told in each.items()}
AGREEING = frozenset(kind.id for kind in SYSTEM_KINDS)
_WITHDRAWABLE = (ReleaseState.SHARED, ReleaseState.DELIVERED, ReleaseState.ACKNOWLEDGED)


def _found(asked: Asked) -> QuerySet[Release]:
    now, kind, state = clock.now(), asked.values.get("kind", ""), asked.values.get("state", "")
    chosen = state in states.RELEASE
    rows = standing_as(Release.readable, now, state) if chosen else with_standing(Release.readable, now)
    rows = rows.select_related("peer").prefetch_related(
        Prefetch("versions", ReleaseVersion.readable.select_related("source"))
    )
    rows = _titled(rows)
    rows = rows.filter(kind=kind) if kind in kinds() else rows.exclude(kind__in=SYSTEM)
    return rows.filter(record__in=records_titled(asked.words)) if asked.words else rows


def _titled(rows: QuerySet[Release]) -> QuerySet[Release]:
    """Each release with the title of its record."""
    latest = RecordVersion.readable.filter(record=OuterRef("record"), latest=True)
    return rows.annotate(title=Subquery(latest.values("title")[:1]))


def _title(row: Release) -> str:
    return getattr(row, "title", None) or row.record


def _row(row: Release) -> ReleaseRow:
    """The row tells of the latest version that held anything."""
    last = max(row.versions.all(), key=lambda each: (not each.revoked, each.version))
    return ReleaseRow(
        row.id,
        _title(row),
        kind_title(row.kind),
        row.peer.name,
        row.created,
        last.version,
        len(last.passed),
        len(_present_withheld(last)),
        states.RELEASE[row.standing],
    )


def _present_withheld(row: ReleaseVersion) -> list[str]:
    """The withheld fields that the record has; one that is empty there was not kept from anybody."""
    if not row.withheld or row.revoked or row.source is None or row.source.destroyed:
        return list(row.withheld)
    present = row.source.content().payload
    return [name for name in row.withheld if name in present]


def _laid_out(wire: bytes) -> str:
    """What was sent, for reading; empty where it was destroyed, as its originator withdrew it."""
    return json.dumps(json.loads(wire), indent=2, ensure_ascii=False) if wire else ""


def _sent(row: ReleaseVersion, known: dict[str, str]) -> SentView:
    content = row.content()
    leaf = getattr(row, "leaf", None)
    return SentView(
        number=row.version,
        added=row.date_added,
        first_sent=row.first_sent,
        held_back=row.held_back,
        revoked=row.revoked,
        source=row.source.version if row.source else None,
        passed=tuple(field_title(name) for name in in_order(content.kind, row.passed)),
        withheld=tuple(_withheld(row, name) for name in in_order(content.kind, _present_withheld(row))),
        marking=marking_view(content.marking, known),
        digest=row.digest,
        leaf=leaf.index if leaf and sees_logs() else None,
        receipts=tuple(_receipts(row)),
        wire=_laid_out(bytes(row.wire)),
    )


def _withheld(row: ReleaseVersion, name: str) -> WithheldView:
    found = (each for each in row.reasons if each.get("field") == name)
    return WithheldView(
        field_title(name), tuple(ReasonView(int(each["row"]), str(each["reason"])) for each in found)
    )


def _receipts(row: ReleaseVersion) -> Iterable[ReceiptView]:
    for each in row.receipts.all():
        receipt = read_receipt(bytes(each.body)).receipt
        yield ReceiptView(
            states.RECEIPT[receipt.outcome],
            receipt.at,
            each.received,
            reason_sentence(each.reason),
            len(receipt.destroyed),
            receipt.backups_until,
            each.digest,
        )


def reason_sentence(code: str) -> str:
    """What the code of a refusal means."""
    return _SENTENCES.get(code, code)
