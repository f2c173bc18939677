"""A record that is kept apart: what a stub would tell, what was sealed, what a proof would show to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import clock, evidencing, keeping, releasing
from fourfold.node.kinds import kinds_by_acts
from fourfold.node.models import Peer, RecordVersion, Release, Seal
from fourfold.node.models.reading import sees_logs
from fourfold.node.parties import nodes
from fourfold.node.web.queries import states
from fourfold.node.web.queries.record import FieldView, fields_of
from fourfold.node.web.queries.showing import names
from fourfold.node.web.queries.states import StateView
from fourfold.node.web.queries.words import Word, kind_title
from fourfold.release import STUB, Outcome, RecipientReport, build_stub

_BY_ACTS = kinds_by_acts()
_UNISSUED = "stub--00000000-0000-4000-8000-000000000000"
"""Stands where the fresh id of a stub will stand."""


@dataclass(frozen=True, slots=True)
class StubView:
    """What one counterpart would be told by a stub: these fields and a fresh id; or why none may leave.

    `held` is what it has of the record already: a stub, or the record itself.
    """

    id: str
    name: str
    fields: tuple[FieldView, ...]
    reasons: tuple[Word, ...]
    held: str
    held_stub: bool


@dataclass(frozen=True, slots=True)
class SealView:
    """One seal: of which version, before whom, where in the log, and since when it is dated."""

    number: int
    version: int
    witness: str
    log: str
    entry: int | None
    made: datetime
    dated: datetime | None
    state: StateView


@dataclass(frozen=True, slots=True)
class ApartView:
    """The whole page; `unsealed` are the counterparts before whom the latest version is not sealed."""

    record: str
    title: str
    version: int
    digest: str
    stubs: tuple[StubView, ...]
    seals: tuple[SealView, ...]
    unsealed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReaderView:
    """Somebody to whom a proof could be shown; empty id: this institution's own auditor."""

    id: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class ProofView:
    """What the file would show, to whom; `problem` says why there is none."""

    seal: SealView
    record: str
    title: str
    readers: tuple[ReaderView, ...]
    reader: ReaderView
    fields: tuple[FieldView, ...]
    problem: str


def apart_view(record: str) -> ApartView | None:
    """The page of a record that people keep; None where there is none."""
    try:
        row = keeping.latest(record)
    except NotFoundError:
        return None
    if row.kind in _BY_ACTS or row.destroyed is not None:
        return None
    known, peers = names(), list(nodes())
    sealed = set(Seal.readable.filter(version=row).values_list("witness", flat=True))
    return ApartView(
        record,
        row.title,
        row.version,
        row.digest,
        tuple(_stub(row, peer, known) for peer in peers),
        _seals(Seal.readable.filter(version__record=record)),
        tuple((peer.pk, peer.name) for peer in peers if peer.pk not in sealed),
    )


def proof_view(number: int, reader: str) -> ProofView | None:
    """What the proof of a seal would show a reader; None where there is no such seal or reader."""
    seals = Seal.readable.filter(pk=number) if number < 1 << 63 else Seal.readable.none()
    seal = seals.select_related("version", "witness", "leaf__log").first()
    peers = [ReaderView(peer.pk, peer.name, peer.pk == reader) for peer in nodes()]
    readers = (ReaderView("", "", not reader), *peers)
    chosen = next((each for each in readers if each.current), None)
    if seal is None or chosen is None:
        return None
    fields, problem = _shown(seal, reader)
    return ProofView(_seal(seal), seal.version.record, seal.version.title, readers, chosen, fields, problem)


def _stub(row: RecordVersion, peer: Peer, known: Mapping[str, str]) -> StubView:
    report = releasing.stub_report(row, peer, clock.now())
    held = Release.readable.filter(peer=peer, record=row.record, withdrawn=None).first()
    told, may = {}, report.outcome is Outcome.STUB
    if may:
        stub = build_stub(row.content(), report.plan, _UNISSUED)
        told = {
            "kind": kind_title(stub.kind),
            "handling": f"TLP:{stub.handling}",
            "date": stub.date.isoformat(),
        }
    return StubView(
        peer.pk,
        peer.name,
        fields_of(STUB.id, told, known),
        () if may else _against(report),
        held.pk if held else "",
        held is not None and held.kind == STUB.id,
    )


def _against(report: RecipientReport) -> tuple[Word, ...]:
    if report.outcome > Outcome.STUB:
        return (_("The record itself may pass here. A stub stands only for what may not."),)
    return tuple(dict.fromkeys(finding.reason for finding in report.plan.findings))


def _seals(rows: QuerySet[Seal]) -> tuple[SealView, ...]:
    found = rows.select_related("version", "witness", "leaf__log").order_by("-version__version", "pk")
    return tuple(map(_seal, found))


def _seal(seal: Seal) -> SealView:
    covering = seal.leaf.log.checkpoints.exclude(cosigned=None).filter(size__gt=seal.leaf.index)
    first = covering.order_by("size").first()
    return SealView(
        seal.pk,
        seal.version.version,
        seal.witness.name,
        seal.leaf.log.origin,
        seal.leaf.index if sees_logs() else None,
        seal.created,
        first.cosigned_at_peer if first else None,
        states.COUNTERSIGNED if first else states.NOT_COUNTERSIGNED,
    )


def _shown(seal: Seal, reader: str) -> tuple[tuple[FieldView, ...], str]:
    """The fields that the file would show; or why there is none."""
    content, known = seal.version.content(), names()
    try:
        evidencing.seal_proof(seal, None)
        if not reader:
            return fields_of(content.kind, content.payload, known), ""
        report = releasing.report_for(seal.version, Peer.objects.get(pk=reader), clock.now())
        if not report.plan.passing:
            return (), releasing.refusal(report)
    except RefusedError as error:
        return (), str(error)
    shown = {name: content.payload.get(name) for name in report.plan.passing}
    return fields_of(content.kind, shown, known), ""
