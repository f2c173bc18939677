"""Who would receive what of one record, and why: the table, row by row, for every recipient."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fourfold.records.envelope import Record
from fourfold.release.case import Circumstances
from fourfold.release.codes import Finding
from fourfold.release.decide import Outcome
from fourfold.release.label import label_of
from fourfold.release.plan import Plan, plan
from fourfold.release.table import ROWS, Row


@dataclass(frozen=True, slots=True)
class RowReport:
    """What one row says of the record as a whole; it passes if it found nothing."""

    number: int
    name: str
    passes_when: str
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> bool:
        """Whether the row stands against nothing."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """The shape of an entry of `rows`."""
        return {
            "number": self.number,
            "name": self.name,
            "passes_when": self.passes_when,
            "passes": self.passes,
            "findings": _findings(self.findings),
        }


@dataclass(frozen=True, slots=True)
class FieldReport:
    """Whether one field would pass, and what stands against it."""

    name: str
    passes: bool
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """The shape of an entry of `fields`."""
        return {"name": self.name, "passes": self.passes, "findings": _findings(self.findings)}


@dataclass(frozen=True, slots=True)
class RecipientReport:
    """What one recipient would get, under which agreement (digest) and slice, and why not more."""

    recipient: str
    name: str
    outcome: Outcome
    rows: tuple[RowReport, ...]
    fields: tuple[FieldReport, ...]
    agreement: str | None
    slice: str | None
    fault: str
    plan: Plan

    def to_json(self) -> dict[str, Any]:
        """The shape of an entry of `recipients`."""
        return {
            "recipient": self.recipient,
            "name": self.name,
            "outcome": self.outcome.word,
            "agreement": self.agreement,
            "slice": self.slice,
            "rows": [row.to_json() for row in self.rows],
            "fields": [field.to_json() for field in self.fields],
            "fault": self.fault,
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would receive what of one version of a record."""

    record: str
    digest: str
    recipients: tuple[RecipientReport, ...]

    def to_json(self) -> dict[str, Any]:
        """The output of a preview for programs."""
        return {
            "record": self.record,
            "digest": self.digest,
            "recipients": [each.to_json() for each in self.recipients],
        }


def preview(
    record: Record, recipients: Iterable[str], around: Circumstances, *, stub: bool = False
) -> Preview:
    """What each recipient (an institution's id) would get; the same decision as at the release itself."""
    label = label_of(record, stub=stub)
    reports = tuple(_report(plan(label, recipient, around), around) for recipient in recipients)
    return Preview(record.id, label.digest, reports)


def _report(made: Plan, around: Circumstances) -> RecipientReport:
    passing = set(made.passing)
    return RecipientReport(
        recipient=made.recipient,
        name=_name(made.recipient, around),
        outcome=made.outcome,
        rows=tuple(_row(row, made.whole.findings) for row in ROWS),
        fields=tuple(FieldReport(name, name in passing, decision.findings) for name, decision in made.fields),
        agreement=made.agreement,
        slice=made.slice,
        fault=made.fault,
        plan=made,
    )


def _row(row: Row, findings: tuple[Finding, ...]) -> RowReport:
    own = tuple(finding for finding in findings if finding.row == row.number)
    return RowReport(row.number, row.name, row.passes_when, own)


def _name(recipient: str, around: Circumstances) -> str:
    """The recipient's name, as an agreement has it; its id where none does."""
    parties = (each.text.party(recipient) for each in around.agreements)
    return next((party.name for party in parties if party), recipient)


def _findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{"row": each.row, "code": each.code.value, "reason": each.reason} for each in findings]
