"""Changes that wait for a second person: what each would loosen, and all that it would change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fourfold.node.actions.change_record import Changes, loosening
from fourfold.node.actions.propose_acceptance import proposed_acceptance
from fourfold.node.actions.propose_change import proposed_changes
from fourfold.node.inboxing import find_submitted
from fourfold.node.models import Proposal, ProposalKind, RecordVersion
from fourfold.node.standing import standings
from fourfold.node.web.queries.differing import DifferenceView, SideView
from fourfold.node.web.queries.showing import (
    ValueView,
    in_order,
    loosened_words,
    marking_view,
    names,
    slice_name,
    value_view,
)
from fourfold.node.web.queries.words import field_title
from fourfold.records.envelope import Record
from fourfold.records.markings import Marking


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One proposal that waits, and where it is decided; `stale`: nobody can confirm it any more."""

    url: str
    title: str
    by: str
    at: datetime
    stale: bool


@dataclass(frozen=True, slots=True)
class ProposalView:
    """One change, whole."""

    number: int
    record: str
    title: str
    by: str
    at: datetime
    stale: bool
    less: tuple[str, ...]
    differences: tuple[DifferenceView, ...]


def waiting_view() -> tuple[WaitingRow, ...]:
    """All changes of records that wait, and all that was handed in and waits, the oldest first."""
    rows = list(Proposal.readable.filter(what=ProposalKind.CHANGE, decided=None).order_by("proposed"))
    subjects = [row.subject for row in rows]
    found = RecordVersion.readable.filter(record__in=subjects, latest=True, destroyed=None)
    latest = {each.record: each for each in found}
    changes = [_row(row, latest[row.subject]) for row in rows if row.subject in latest]
    return tuple(sorted([*changes, *_handed_in()], key=lambda row: row.at))


def proposal_view(number: int) -> ProposalView | None:
    """One change that waits; None where there is none of that number."""
    waits = Proposal.readable.filter(what=ProposalKind.CHANGE, decided=None)
    row = waits.filter(pk=number).first() if number < 1 << 63 else None
    latest = row and RecordVersion.readable.filter(record=row.subject, latest=True, destroyed=None).first()
    if row is None or latest is None:
        return None
    changes, stale = proposed_changes(row), latest.digest != row.base
    return ProposalView(
        row.pk,
        row.subject,
        latest.title,
        row.proposed_by,
        row.proposed,
        stale,
        () if stale else loosened_words(loosening(row.subject, changes)),
        tuple(record_differences(latest.content(), changes)),
    )


def _row(row: Proposal, latest: RecordVersion) -> WaitingRow:
    stale = latest.digest != row.base
    return WaitingRow(
        reverse("proposal", args=[row.pk]), latest.title, row.proposed_by, row.proposed, stale=stale
    )


def _handed_in() -> Iterator[WaitingRow]:
    for row in Proposal.readable.filter(what=ProposalKind.ACCEPT, decided=None):
        number, _given = proposed_acceptance(row)
        title = find_submitted(number).title
        yield WaitingRow(
            reverse("submitted", args=[number]), title, row.proposed_by, row.proposed, stale=False
        )


def record_differences(before: Record, after: Changes) -> Iterator[DifferenceView]:
    """What a change changes in a record, before beside after."""
    known = names()
    if before.marking != after.marking:
        yield DifferenceView(
            _("Marking of the whole"), _marked(before.marking, known), _marked(after.marking, known)
        )
    if before.slice != after.slice:
        texts = [each.text for each in standings()]
        told = [
            SideView(ValueView(text=slice_name(each or "", texts))) for each in (before.slice, after.slice)
        ]
        yield DifferenceView(_("Slice"), *told)
    for name in in_order(before.kind, {*before.payload, *after.payload}):
        one, other = before.payload.get(name), after.payload.get(name)
        if one != other:
            yield DifferenceView(field_title(name), SideView(value_view(one)), SideView(value_view(other)))
    for name in in_order(before.kind, {*before.field_markings, *after.field_markings}):
        own = [each.get(name) for each in (before.field_markings, after.field_markings)]
        if own[0] != own[1]:
            yield DifferenceView(field_title(name), *(_marked(each, known) for each in own))


def _marked(marking: Marking | None, known: Mapping[str, str]) -> SideView:
    return SideView(marking=marking_view(marking, known)) if marking else SideView()
