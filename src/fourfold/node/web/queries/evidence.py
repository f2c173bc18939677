"""What both sides can prove: logs and countersignatures, receipts, agreements, and files to take away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from fourfold.errors import NotFoundError
from fourfold.exchange.evidence import Check, Outcome, verify_evidence, write_evidence
from fourfold.node import clock
from fourfold.node.actions.reconcile import sentence
from fourfold.node.compartments import content_of
from fourfold.node.evidencing import pieces
from fourfold.node.models import (
    Checkpoint,
    Comparison,
    Log,
    Node,
    Peer,
    ReceiptIn,
    ReceiptOut,
    Received,
    ReleaseState,
    ReleaseVersion,
    UnknownRelease,
)
from fourfold.node.models.reading import assessed, reading_as, sees_logs
from fourfold.node.queries.peers import problem_of
from fourfold.node.taking import without_red
from fourfold.node.web.queries import states
from fourfold.node.web.queries.agreements import AgreementRow, agreement_rows
from fourfold.node.web.queries.listing import count_of
from fourfold.node.web.queries.states import StateView
from fourfold.records.signing import fingerprint
from fourfold.release import ANY, Compartment, tightened


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A signed state of a log: `signed` by its keeper, `countersigned` by its reader."""

    size: int
    root: str
    signed: datetime
    countersigned: datetime | None
    state: StateView
    note: str


@dataclass(frozen=True, slots=True)
class LogView:
    """The log that one side keeps for the other; `size` is what it holds now."""

    epoch: int
    size: int
    last: CheckpointView | None
    countersigned: CheckpointView | None


@dataclass(frozen=True, slots=True)
class ReceiptsView:
    """Receipts in one direction: how many of each outcome, and how many are still awaited or undelivered.

    In words: from some number on only that there are more, as to count a million takes seconds.
    """

    stored: str
    withdrawn: str
    refused: str
    waiting: str


@dataclass(frozen=True, slots=True)
class PeerEvidence:
    """Everything about one counterpart."""

    id: str
    name: str
    fingerprint: str
    url: str
    last_pulled: datetime | None
    last_error: str
    own: LogView | None
    theirs: CheckpointView | None
    receipts_in: ReceiptsView
    receipts_out: ReceiptsView
    agreements: tuple[AgreementRow, ...]
    holdings: tuple["HoldingView", ...] = ()
    unknown: tuple[UnknownRelease, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldingView:
    """What both sides say of what one handed out to the other; `ours`: this node to the counterpart."""

    ours: bool
    here: int
    there: int
    at: datetime
    state: StateView
    sentence: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """The whole page; `whole`: the reader is told how long the logs are, and may take the files."""

    own_name: str
    own_fingerprint: str
    peers: tuple[PeerEvidence, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class CheckView:
    """Checks of one name that came out alike: how many, and what one of them says of its file."""

    name: str
    state: StateView
    count: int
    sentence: str
    file: str


@dataclass(frozen=True, slots=True)
class ChecksView:
    """All checks: each one that did not hold by itself, those that hold by their names."""

    peer: str
    files: int
    holds: int
    fails: int
    open: int
    checks: tuple[CheckView, ...]


def evidence_view() -> EvidenceView:
    """The evidence page."""
    own = Node.objects.first()
    return EvidenceView(
        settings.NODE.name,
        fingerprint(own.institution_key) if own else "",
        tuple(_peer(peer) for peer in Peer.objects.order_by("name", "institution")),
        sees_logs(),
    )


def evidence_files(peer: Peer) -> dict[str, bytes]:
    """The files of one counterpart's evidence, as `fourfold evidence export` writes them; nothing RED.

    Raises:
        NotFoundError: the reader may not read all else that is in them.
    """
    if not sees_logs():
        raise NotFoundError("Evidence is for those who may read everything short of RED.")
    with reading_as(without_red()):
        return {name: write_evidence(item) for name, item in pieces(peer)}


def evidence_marking(peer: Peer) -> Compartment:
    """How the files are marked: with the tightest of what is in them."""
    with reading_as(without_red()):
        numbers = {
            *ReleaseVersion.readable.filter(peer=peer).values_list("compartment", flat=True).distinct(),
            *Received.readable.filter(peer=peer).values_list("compartment", flat=True).distinct(),
        }
    marked = assessed(ANY)
    for what in filter(None, map(content_of, sorted(numbers))):
        marked = tightened(marked, what)
    return marked


def checks_view(peer: Peer) -> ChecksView:
    """The same checks that `fourfold verify` makes, with both institutions' keys as anchors."""
    own = Node.objects.get()
    files = evidence_files(peer)
    anchors = frozenset({fingerprint(own.institution_key), fingerprint(peer.institution_key)})
    checks = verify_evidence(files, anchors)
    return ChecksView(
        peer.name,
        len(files),
        _number(checks, Outcome.HOLDS),
        _number(checks, Outcome.FAILS),
        _number(checks, Outcome.OPEN),
        tuple(_grouped(checks)),
    )


def _grouped(checks: Iterable[Check]) -> Iterable[CheckView]:
    """Failed checks first, one by one; then what is open; then what holds, once for each name."""
    found: dict[tuple[Outcome, str, str], list[Check]] = {}
    for check in checks:
        apart = "" if check.outcome is Outcome.HOLDS else check.file
        found.setdefault((check.outcome, check.name, apart), []).append(check)
    order = (Outcome.FAILS, Outcome.OPEN, Outcome.HOLDS)
    for (outcome, name, _file), alike in sorted(found.items(), key=lambda pair: order.index(pair[0][0])):
        first = alike[0]
        title = name[:1].upper() + name[1:]
        yield CheckView(title, states.CHECK[outcome], len(alike), first.sentence, first.file)


def _number(checks: Iterable[Check], outcome: Outcome) -> int:
    return sum(check.outcome is outcome for check in checks)


def _peer(peer: Peer) -> PeerEvidence:
    told = sees_logs()
    log = Log.objects.filter(peer=peer).order_by("-epoch").first() if told else None
    seen = peer.checkpoints_seen.order_by("-seen", "-size").first() if told else None
    return PeerEvidence(
        id=peer.institution,
        name=peer.name,
        fingerprint=fingerprint(peer.institution_key),
        url=peer.url,
        last_pulled=peer.last_pulled,
        last_error=problem_of(peer),
        own=_log(log) if log else None,
        theirs=CheckpointView(
            seen.size,
            seen.root,
            seen.seen,
            seen.seen,
            states.DELIVERED if seen.delivered else states.NOT_DELIVERED,
            seen.cosigned_note,
        )
        if seen
        else None,
        receipts_in=_receipts_in(peer),
        receipts_out=_receipts_out(peer),
        agreements=agreement_rows(clock.now(), peer.institution),
        holdings=tuple(map(_holding, peer.comparisons.select_related("peer").order_by("ours")))
        if told
        else (),
        unknown=tuple(peer.unknown_releases.order_by("pk")) if told else (),
    )


def _holding(row: Comparison) -> HoldingView:
    state = states.AGREES if row.agrees else states.DIFFERS
    return HoldingView(row.ours, row.count, row.their_count, row.at, state, sentence(row))


def _log(log: Log) -> LogView:
    rows = Checkpoint.objects.filter(log=log).order_by("-size")
    return LogView(
        log.epoch,
        log.size,
        _checkpoint(rows.first()),
        _checkpoint(rows.exclude(cosigned=None).first()),
    )


def _checkpoint(row: Checkpoint | None) -> CheckpointView | None:
    if row is None:
        return None
    return CheckpointView(
        row.size,
        row.root,
        row.created,
        row.cosigned_at_peer,
        states.COUNTERSIGNED if row.cosigned else states.NOT_COUNTERSIGNED,
        row.cosigned_note or row.note,
    )


_UNANSWERED = (ReleaseState.SHARED, ReleaseState.DELIVERED, ReleaseState.WITHDRAWAL_PENDING)


def _receipts_in(peer: Peer) -> ReceiptsView:
    open_ = ReleaseVersion.readable.filter(release__in=peer.releases.filter(state__in=_UNANSWERED))
    waiting = open_.filter(~Exists(ReceiptIn.readable.filter(release_version=OuterRef("pk"))))
    return ReceiptsView(*_outcomes(ReceiptIn.readable.filter(peer=peer)), count_of(waiting))


def _receipts_out(peer: Peer) -> ReceiptsView:
    rows = ReceiptOut.readable.filter(peer=peer)
    return ReceiptsView(*_outcomes(rows), count_of(rows.filter(delivered=None)))


def _outcomes(rows: QuerySet[ReceiptIn] | QuerySet[ReceiptOut]) -> Iterable[str]:
    return (count_of(rows.filter(outcome=each)) for each in ("stored", "withdrawn", "refused"))
