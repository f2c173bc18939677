"""Correcting a wrong release: who has it or could collect it, what each is told, and what became of that."""

from dataclasses import dataclass
from datetime import datetime

from fourfold.errors import NotFoundError, RefusedError
from fourfold.exchange.receipts import read_receipt
from fourfold.node import clock
from fourfold.node.correcting import Correction, correction_of
from fourfold.node.kinds import kinds_by_acts
from fourfold.node.models import Peer, ReceiptIn, Release, ReleaseVersion
from fourfold.node.web.queries import states
from fourfold.node.web.queries.showing import in_order
from fourfold.node.web.queries.states import StateView
from fourfold.node.web.queries.words import Word, field_title
from fourfold.node.withdrawing import standing_of
from fourfold.release import NOTICES, Notice, Outcome

_BY_ACTS = kinds_by_acts()


@dataclass(frozen=True, slots=True)
class HolderView:
    """One release of the record: what went out, where it stands; `open`: it is not withdrawn."""

    id: str
    to: str
    state: StateView
    passed: tuple[Word, ...]
    withdrawn: datetime | None
    backups_until: datetime | None

    @property
    def open(self) -> bool:
        """Whether a correction would withdraw it."""
        return self.withdrawn is None


@dataclass(frozen=True, slots=True)
class AnewView:
    """What one of those who had it would get of the record as it is now."""

    to: str
    state: StateView
    passed: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class CorrectingView:
    """The whole page; `phrase` is all that the counterparts read, `seen` what the decision starts from.

    `anew` are those who can get the right form as it is withdrawn from them now, `before` those from whom it
    was withdrawn before.
    """

    record: str
    title: str
    version: int
    holders: tuple[HolderView, ...]
    anew: tuple[AnewView, ...]
    before: tuple[AnewView, ...]
    phrase: str
    seen: str

    @property
    def open(self) -> tuple[HolderView, ...]:
        """Those that a correction would withdraw."""
        return tuple(each for each in self.holders if each.open)


def correcting_view(record: str) -> CorrectingView | None:
    """The page of a record of which something was released; None where there is none."""
    try:
        plan = correction_of(record)
    except (NotFoundError, RefusedError):
        return None
    row, holders = plan.record, sorted(plan.shown, key=lambda each: each.created, reverse=True)
    if row.kind in _BY_ACTS or not holders:
        return None
    known = {each.peer for each in holders}
    released = row.destroyed is None
    return CorrectingView(
        record,
        row.title,
        row.version,
        tuple(_holder(each) for each in sorted(holders, key=lambda each: each.peer.name)),
        tuple(_anew(plan, peer) for peer in plan.again() if peer in known) if released else (),
        tuple(_anew(plan, peer) for peer in plan.before if peer in known) if released else (),
        NOTICES[Notice.RELEASED_IN_ERROR],
        plan.seen,
    )


def _holder(row: Release) -> HolderView:
    sent = ReleaseVersion.readable.filter(release=row, revoked=False).order_by("-version").first()
    answers = ReceiptIn.readable.filter(release_version__release=row, release_version__revoked=True)
    until = [read_receipt(bytes(each.body)).receipt.backups_until for each in answers]
    return HolderView(
        row.pk,
        row.peer.name,
        states.RELEASE[standing_of(row, clock.now())],
        tuple(field_title(name) for name in in_order(row.kind, sent.passed)) if sent else (),
        row.withdrawn,
        max((each for each in until if each), default=None),
    )


def _anew(plan: Correction, peer: Peer) -> AnewView:
    row, report = plan.record, plan.report(peer, clock.now())
    passes = report.outcome >= Outcome.PASS_REDACTED
    passed = in_order(row.kind, report.plan.passing) if passes else ()
    return AnewView(peer.name, states.OUTCOME[report.outcome], tuple(field_title(name) for name in passed))
