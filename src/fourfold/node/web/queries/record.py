"""One record: its fields and markings, its versions, who has it, and who would get what of it, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import F

from fourfold.agreements import AgreementText
from fourfold.node import clock, models
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.renewing import news_of
from fourfold.node.standing import standings
from fourfold.node.web.forms.records import offered
from fourfold.node.web.queries import states
from fourfold.node.web.queries.consent_steps import ConsentStep, consent_step
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.helping import HELP, Help
from fourfold.node.web.queries.reasons import source_word
from fourfold.node.web.queries.showing import (
    MarkingView,
    ValueView,
    activity_title,
    in_order,
    marking_view,
    names,
    slice_name,
    value_view,
)
from fourfold.node.web.queries.states import StateView
from fourfold.node.web.queries.words import Word, field_title, kind_title
from fourfold.node.withdrawing import with_standing
from fourfold.records.envelope import Record
from fourfold.release import Code, FieldReport, Finding, Outcome, RecipientReport


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a record: its value, and its own marking where it has one."""

    title: Word
    value: ValueView
    marking: MarkingView | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a record."""

    number: int
    modified: datetime
    author: str
    digest: str
    current: bool


@dataclass(frozen=True, slots=True)
class HolderView:
    """A counterpart that has the record, or had it."""

    name: str
    release: str
    state: StateView


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of the release table: the rule, what it found, and what would help where it found something."""

    number: int
    name: str
    rule: str
    state: StateView
    reasons: tuple[str, ...]
    help: Help | None


@dataclass(frozen=True, slots=True)
class FieldFate:
    """One field for one counterpart, and what stands against it."""

    title: Word
    state: StateView
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecipientView:
    """Who would get what and why: one counterpart.

    `held` is the release it has already, `newer` tells that it has an earlier version. `approved_by` are the
    people who approved this version for it, `asks_approval` tells that a row waits for one. `consent` is the
    next step where a row misses one. `again`: all that it had of the record was withdrawn.
    """

    id: str
    name: str
    outcome: StateView
    may_pass: bool
    rows: tuple[RowView, ...]
    passed: tuple[FieldFate, ...]
    withheld: tuple[FieldFate, ...]
    agreement: str
    slice: str
    fault: str
    held: str
    newer: bool
    approved_by: tuple[str, ...]
    asks_approval: bool
    consent: ConsentStep | None
    again: bool

    @property
    def against(self) -> tuple[RowView, ...]:
        """The rows that stand against any release."""
        return tuple(row for row in self.rows if row.reasons)


@dataclass(frozen=True, slots=True)
class NewsView:
    """What waits in the inbox and takes back, or renews, that of which the record was made."""

    number: int
    revoked: bool


@dataclass(frozen=True, slots=True)
class RecordView:
    """The whole page; the preview is of the latest version, and empty on the page of an earlier one.

    `changeable`: people change such records by page. `authors` wrote it, in any version: they do not approve.
    `waits` is the number of a change that waits for a second person, 0 where none does.
    """

    id: str
    title: str
    kind: Word
    activity: Word
    activity_id: str
    slice: str
    owner: str
    originators: tuple[str, ...]
    marking: MarkingView
    created: datetime
    modified: datetime
    version: int
    latest: bool
    source: str
    digest: str
    fields: tuple[FieldView, ...]
    versions: tuple[VersionView, ...]
    holders: tuple[HolderView, ...]
    recipients: tuple[RecipientView, ...]
    changeable: bool
    authors: frozenset[str]
    waits: int
    held: bool
    news: tuple[NewsView, ...]

    @property
    def any_own_marking(self) -> bool:
        """Whether some field is marked by itself."""
        return any(field.marking for field in self.fields)


_APPROVALS = frozenset({Code.RED_NO_APPROVAL, Code.RESTRICTED_NO_APPROVAL, Code.APPROVALS_MISSING})


def record_view(record: str, version: int | None = None) -> RecordView | None:
    """The page of one version of a record (None: the latest); None where there is none."""
    rows = models.RecordVersion.readable.filter(record=record).exclude(body=b"")
    row = rows.filter(latest=True).first() if version is None else rows.filter(version=version).first()
    if row is None:
        return None
    known = names()
    holders = (
        with_standing(models.Release.readable.filter(record=record), clock.now())
        .select_related("peer")
        .order_by("peer__name", F("withdrawn").asc(nulls_last=True))
    )
    content, texts = row.content(), {each.digest: each.text for each in standings()}
    held = {each.peer_id: each for each in holders}
    waits = models.Proposal.readable.filter(what=models.ProposalKind.CHANGE, subject=record, decided=None)
    return RecordView(
        id=row.record,
        title=row.title,
        kind=kind_title(row.kind),
        activity=activity_title(row.activity),
        activity_id=row.activity if row.activity in framework().activities else "",
        slice=slice_name(row.slice, texts.values()),
        owner=known.get(content.owner, content.owner),
        originators=tuple(known.get(id_, id_) for id_ in sorted(content.originators)),
        marking=marking_view(content.marking, known),
        created=content.created,
        modified=content.modified,
        version=row.version,
        latest=row.latest,
        source=source_word(row.source),
        digest=row.digest,
        fields=_fields(content, known),
        versions=tuple(_version(each, row) for each in rows.order_by("-version")),
        holders=tuple(HolderView(each.peer.name, each.id, states.RELEASE[each.standing]) for each in holders),
        recipients=_recipients(row, content, texts, held) if row.latest else (),
        changeable=row.latest and row.kind in {kind for _activity, kind in offered()},
        authors=frozenset(each.author for each in rows),
        waits=next(iter(waits.values_list("pk", flat=True)), 0),
        held=models.Hold.readable.filter(subject=record, lifted=None).exists(),
        news=tuple(NewsView(each.pk, each.revoked) for each in news_of(record)) if row.latest else (),
    )


def _version(each: models.RecordVersion, shown: models.RecordVersion) -> VersionView:
    return VersionView(each.version, each.modified, each.author, each.digest, each.version == shown.version)


def fields_of(
    kind: str,
    payload: Mapping[str, Any],
    known: Mapping[str, str],
    marked: Mapping[str, MarkingView] = MappingProxyType({}),
) -> tuple[FieldView, ...]:
    """The fields of something of a kind, in the order of the kind; institutions by their names."""
    return tuple(
        FieldView(field_title(name), value_view(payload[name], known), marked.get(name))
        for name in in_order(kind, payload)
    )


def _fields(content: Record, known: Mapping[str, str]) -> tuple[FieldView, ...]:
    marked = {name: marking_view(content.marking_of(name), known) for name in content.field_markings}
    return fields_of(content.kind, content.payload, known, marked)


def _recipients(
    row: models.RecordVersion,
    content: Record,
    texts: Mapping[str, AgreementText],
    held: Mapping[str, models.Release],
) -> tuple[RecipientView, ...]:
    known, approved = names(), _approved(row.digest)
    return tuple(
        replace(
            _recipient(each, content, texts, known),
            **_before(held.get(each.recipient), row),
            approved_by=approved.get(each.recipient, ()),
            consent=consent_step(row, each, known),
        )
        for each in preview_release(content.id).recipients
    )


def _approved(digest: str) -> dict[str, tuple[str, ...]]:
    """Who approved a version, by recipient."""
    rows = models.Approval.objects.filter(record_digest=digest, revoked=None).order_by("created")
    found: dict[str, tuple[str, ...]] = {}
    for recipient, approver in rows.values_list("recipient", "approver"):
        found[recipient] = (*found.get(recipient, ()), approver)
    return found


def _before(release: models.Release | None, row: models.RecordVersion) -> dict[str, Any]:
    """What a counterpart has of a record, or had: whether of an earlier version, or withdrawn."""
    if release is None:
        return {}
    last = release.latest()
    return {
        "held": release.id,
        "newer": not last.revoked and last.source_id != row.pk,
        "again": release.withdrawn is not None,
    }


def _recipient(
    report: RecipientReport,
    content: Record,
    texts: Mapping[str, AgreementText],
    known: Mapping[str, str],
) -> RecipientView:
    found = [*report.plan.findings, *(each for field in report.fields for each in field.findings)]
    against = {each.row for each in found}
    by_name = {each.name: each for each in report.fields}
    ordered = [by_name[name] for name in in_order(content.kind, by_name) if name in content.payload]
    return RecipientView(
        id=report.recipient,
        name=known.get(report.recipient, report.name),
        outcome=states.OUTCOME[report.outcome],
        may_pass=report.outcome >= Outcome.PASS_REDACTED,
        rows=tuple(
            RowView(
                row.number,
                row.name,
                row.passes_when,
                states.PASSES if row.passes else states.WITHHELD,
                _reasons(row.findings),
                HELP[row.number] if row.number in against else None,
            )
            for row in report.rows
        ),
        passed=tuple(_fate(each) for each in ordered if each.passes),
        withheld=tuple(_fate(each) for each in ordered if not each.passes),
        agreement=report.agreement or "",
        slice=slice_name(report.slice or "", [texts[report.agreement]] if report.agreement in texts else []),
        fault=report.fault,
        held="",
        newer=False,
        approved_by=(),
        asks_approval=any(each.code in _APPROVALS for each in found),
        consent=None,
        again=False,
    )


def _fate(report: FieldReport) -> FieldFate:
    state = states.PASSES if report.passes else states.WITHHELD
    return FieldFate(field_title(report.name), state, _reasons(report.findings))


def _reasons(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.reason for finding in findings))
