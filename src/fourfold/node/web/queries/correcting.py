"""Correcting a wrong release: who has it or could collect it, what each is told, and what became of that."""

from dataclasses import dataclass
from datetime import datetime

from fourfold.errors import NotFoundError
from fourfold.exchange.receipts import read_receipt
from fourfold.node import clock, keeping, releasing
from fourfold.node.actions.correct_release import present_state
from fourfold.node.kinds import kinds_by_acts
from fourfold.node.models import Peer, ReceiptIn, RecordVersion, Release
from fourfold.node.web.queries import states
from fourfold.node.web.queries.showing import in_order
from fourfold.node.web.queries.states import StateView
from fourfold.node.web.queries.words import Word, field_title
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
    """The whole page; `phrase` is all that the counterparts read, `seen` what the decision starts from."""

    record: str
    title: str
    version: int
    holders: tuple[HolderView, ...]
    anew: tuple[AnewView, ...]
    phrase: str
    seen: str

    @property
    def open(self) -> tuple[HolderView, ...]:
        """Those that a correction would withdraw."""
        return tuple(each for each in self.holders if each.open)


def correcting_view(record: str) -> CorrectingView | None:
    """The page of a record of which something was released; None where there is none."""
    try:
        row = keeping.latest(record)
    except NotFoundError:
        return None
    holders = Release.objects.filter(record=record).select_related("peer").order_by("peer__name", "-created")
    if row.kind in _BY_ACTS or not holders:
        return None
    peers = dict.fromkeys(each.peer for each in holders if each.withdrawn is None)
    return CorrectingView(
        record,
        row.title,
        row.version,
        tuple(_holder(each) for each in holders),
        tuple(_anew(row, peer) for peer in peers) if row.destroyed is None else (),
        NOTICES[Notice.RELEASED_IN_ERROR],
        present_state(record),
    )


def _holder(row: Release) -> HolderView:
    sent = row.versions.filter(revoked=False).order_by("-version").first()
    answers = ReceiptIn.objects.filter(release_version__release=row, release_version__revoked=True)
    until = [read_receipt(bytes(each.body)).receipt.backups_until for each in answers]
    return HolderView(
        row.pk,
        row.peer.name,
        states.RELEASE[row.state],
        tuple(field_title(name) for name in in_order(row.kind, sent.passed)) if sent else (),
        row.withdrawn,
        max((each for each in until if each), default=None),
    )


def _anew(row: RecordVersion, peer: Peer) -> AnewView:
    report = releasing.report_for(row, peer, clock.now())
    passes = report.outcome >= Outcome.PASS_REDACTED
    passed = in_order(row.kind, report.plan.passing) if passes else ()
    return AnewView(peer.name, states.OUTCOME[report.outcome], tuple(field_title(name) for name in passed))
