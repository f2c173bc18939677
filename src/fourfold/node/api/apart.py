"""Records that are kept apart: what a stub would tell, seals, and proofs that something was held."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from fourfold.exchange.evidence import write_evidence
from fourfold.node import clock, keeping, releasing
from fourfold.node.actions.prove_record import prove_record
from fourfold.node.actions.seal_record import seal_record
from fourfold.node.actions.stub_record import stub_record
from fourfold.node.api.callers import needs
from fourfold.node.api.problems import ANSWERS
from fourfold.node.api.shapes.apart import ProveIn, SealIn, SealOut, StubOut
from fourfold.node.api.shapes.common import Id, Name, To
from fourfold.node.api.shapes.exchange import ReleaseRow
from fourfold.node.models import Seal
from fourfold.node.models.reading import sees_logs
from fourfold.node.parties import find_peer
from fourfold.node.queries.releases import as_row as release_row
from fourfold.node.roles import Act
from fourfold.release import Outcome, build_stub

router = Router(tags=["Records"])
_UNISSUED = "stub--00000000-0000-4000-8000-000000000000"


@router.get("/{id}/stubs", response={200: StubOut, **ANSWERS})
@needs(Act.READ)
def preview_stub(request: HttpRequest, id: Id, to: Query[Name]) -> Any:  # noqa: A002  the path's part
    """All that a counterpart would learn by a stub of it, or why none may leave. Changes nothing."""
    del request
    row, peer = keeping.latest(id), find_peer(to)
    report = releasing.stub_report(row, peer, clock.now())
    may = report.outcome is Outcome.STUB
    stub = build_stub(row.content(), report.plan, _UNISSUED).model_dump(mode="json") if may else {}
    return {
        "recipient": peer.name,
        "outcome": report.outcome.word,
        "stub": {name: text for name, text in stub.items() if name != "id"} or None,
        "reasons": [
            {"row": each.row, "code": each.code.value, "reason": each.reason} for each in report.plan.findings
        ],
    }


@router.post("/{id}/stubs", response={201: ReleaseRow, **ANSWERS})
@needs(Act.RELEASE)
def stub(request: HttpRequest, id: Id, given: To) -> Any:  # noqa: A002  as above: the path's part
    """Let a stub stand for a record that is kept apart: id, kind, label and day, nothing else."""
    return Status(201, release_row(stub_record(id, find_peer(given.to), request.auth.name).release))


@router.get("/{id}/seals", response={200: list[SealOut], **ANSWERS})
@needs(Act.READ)
def list_seals(request: HttpRequest, id: Id) -> Any:  # noqa: A002  as above: the path's part
    """What was sealed of a record, the oldest first."""
    del request
    keeping.latest(id)
    rows = Seal.readable.filter(version__record=id).select_related("version", "witness", "leaf__log")
    return [_seal(each) for each in rows.order_by("pk")]


@router.post("/{id}/seals", response={201: SealOut, **ANSWERS})
@needs(Act.RELEASE)
def seal(request: HttpRequest, id: Id, given: SealIn) -> Any:  # noqa: A002  as above: the path's part
    """Seal the latest version before a counterpart: only a salted hash goes into its log."""
    return Status(201, _seal(seal_record(id, find_peer(given.witness), request.auth.name)))


@router.post("/{id}/proofs", response={200: dict[str, Any], **ANSWERS})
@needs(Act.RELEASE)
def prove(request: HttpRequest, id: Id, given: ProveIn) -> Any:  # noqa: A002  as above: the path's part
    """The proof that a sealed version was held, for `fourfold verify`: whole, or what a reader may see."""
    reader = None if given.reader is None else find_peer(given.reader)
    proof = prove_record(id, find_peer(given.witness), request.auth.name, reader, given.version)
    return json.loads(write_evidence(proof))


def _seal(row: Seal) -> dict[str, Any]:
    return {
        "record": row.version.record,
        "version": row.version.version,
        "witness": row.witness.name,
        "log": row.leaf.log_id,
        "entry": row.leaf.index if sees_logs() else None,
        "sealed": row.created,
    }
