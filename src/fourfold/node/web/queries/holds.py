"""Legal holds as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.urls import reverse

from fourfold.node.models import Hold, Proposal, ProposalKind, Received, RecordVersion
from fourfold.node.web.queries.inbox import received_title
from fourfold.node.web.queries.words import Word


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold; `proposal` is the number of a proposal to lift it, 0 where there is none."""

    number: int
    subject: str
    title: Word
    url: str
    reason: str
    placed: datetime
    placed_by: str
    lifted: datetime | None
    lifted_by: str
    proposal: int
    proposed_by: str


def holds_view() -> tuple[HoldRow, ...]:
    """All holds, those that stand first, the newest first."""
    rows = list(Hold.readable.order_by(F("lifted").desc(nulls_first=True), "-placed", "-pk"))
    waits = Proposal.readable.filter(what=ProposalKind.LIFT, decided=None)
    return tuple(_row(row, {each.subject: each for each in waits}) for row in rows)


def title_of(subject: str) -> Word | None:
    """What is to be held, by its title; None where nothing of that id is kept here."""
    if "\x00" in subject:
        return None
    own = RecordVersion.readable.filter(record=subject, latest=True).first()
    return own.title if own else next(map(received_title, _received(subject)), None)


def _row(row: Hold, waits: dict[str, Proposal]) -> HoldRow:
    proposal = waits.get(row.subject) if row.lifted is None else None
    return HoldRow(
        row.pk,
        row.subject,
        title_of(row.subject) or row.subject,
        _url(row.subject),
        row.reason,
        row.placed,
        row.placed_by,
        row.lifted,
        row.lifted_by,
        proposal.pk if proposal else 0,
        proposal.proposed_by if proposal else "",
    )


def _url(subject: str) -> str:
    if RecordVersion.readable.filter(record=subject, latest=True).exists():
        return reverse("record", args=[subject])
    return next((reverse("received", args=[row.pk]) for row in _received(subject)), "")


def _received(subject: str) -> Iterable[Received]:
    return Received.readable.filter(object=subject, wire__isnull=False).order_by("-pk")[:1]
