"""Proving that a sealed record was held: whole to one's own auditor, to a counterpart what it may read."""

from fourfold.errors import NotFoundError, RefusedError
from fourfold.exchange.evidence import SealProofEvidence
from fourfold.node import clock, evidencing, releasing, trail
from fourfold.node.kinds import kind_of
from fourfold.node.models import Peer, Seal, Tag
from fourfold.records.commitments import Opening, open_field


def prove_record(
    record: str, witness: Peer, actor: str, reader: Peer | None = None, version: int | None = None
) -> SealProofEvidence:
    """The proof that a version of a record (None: the latest that was sealed) was held when it was sealed.

    `reader` is the counterpart that is to see the proof: it shows just the fields that the release table lets
    pass to it at this moment. None: the institution's own auditor, who sees the version whole.

    Raises:
        NotFoundError: no such version was sealed before this witness.
        RefusedError: the witness has not countersigned it yet; or nothing of it may pass to this reader.
    """
    seal, now = _seal(record, witness, version), clock.now()
    shown = None if reader is None else _openings(seal, reader)
    proof = evidencing.seal_proof(seal, shown)
    reason = "auditor" if reader is None else "reader"
    trail.note(Tag.RECORD_PROVEN, now, peer=reader, subject=record, actor=actor, reason=reason)
    return proof


def _seal(record: str, witness: Peer, version: int | None) -> Seal:
    rows = Seal.readable.filter(version__record=record, witness=witness)
    if version is not None:
        rows = rows.filter(version__version=version)
    found = rows.select_related("version", "leaf__log").order_by("-version__version").first()
    if found is None:
        raise NotFoundError(f"No such version was sealed before {witness.name}.")
    return found


def _openings(seal: Seal, reader: Peer) -> tuple[Opening, ...]:
    report = releasing.report_for(seal.version, reader, clock.now())
    if not report.plan.passing:
        raise RefusedError(releasing.refusal(report))
    fields, payload = kind_of(seal.version.kind).fields, seal.version.content().payload
    return tuple(open_field(fields, payload, seal.secret, name) for name in report.plan.passing)
