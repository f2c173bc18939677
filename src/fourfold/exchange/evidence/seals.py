"""Checks on the proof of a seal: that its owner held this record no later than the log was countersigned."""

from fourfold.errors import InputError
from fourfold.exchange.evidence.checks import Checks
from fourfold.exchange.evidence.items import SealProofEvidence
from fourfold.exchange.evidence.keys import Trust
from fourfold.exchange.evidence.logs import check_inclusion
from fourfold.log import leaf_hash
from fourfold.records.envelope import Record
from fourfold.records.holding import check_fields, check_held
from fourfold.records.signing import Purpose


def check_seal_proof(checks: Checks, item: SealProofEvidence, trust: Trust) -> None:
    """Check a proof that a record was held: what is shown was sealed, and when the log was countersigned."""
    checks.equal(
        "owner",
        item.holding.owner == item.keeper.delegation.institution,
        "What was sealed is a record of the institution that keeps the log.",
        "What was sealed is a record of another institution than the one that keeps the log.",
    )
    text = item.record
    if text is None:
        checks.attempt("fields", lambda: check_fields(item.holding, item.openings), _fields)
    else:
        checks.attempt("record", lambda: check_held(item.holding, text), _record)
    try:
        leaf = leaf_hash(item.salt, item.holding.digest(), Purpose.SEAL)
    except InputError as error:
        checks.fails("seal", str(error))
        return
    check_inclusion(checks, item, leaf, "the seal of it, and so it was held by then", trust)


def _record(found: Record) -> str:
    return f"What is shown is version {found.version} of {found.id}, of kind {found.kind}, as it was sealed."


def _fields(names: tuple[str, ...]) -> str:
    return f"The sealed version had just these values: {', '.join(names)}. Its other fields are not shown."
