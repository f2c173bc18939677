"""Evidence that can be checked years later, with no node running: files, and the checks on them.

files = {"object.json": b"...", "receipt.json": b"..."}
for check in verify_evidence(files, anchors=frozenset({"1f2e 3d4c ..."})):
    print(check.outcome, check.name, check.sentence)
"""

from collections.abc import Mapping

from fourfold.canon import digest
from fourfold.errors import Fault, InputError
from fourfold.exchange.evidence.checks import Check, Checks, Outcome, outcome
from fourfold.exchange.evidence.items import (
    AgreementEvidence,
    Evidence,
    KeysEvidence,
    LogEvidence,
    LogProofEvidence,
    ObjectEvidence,
    ReceiptEvidence,
    SealProofEvidence,
    read_evidence,
    write_evidence,
)
from fourfold.exchange.evidence.keys import check_keys, trust_in
from fourfold.exchange.evidence.logs import check_log, check_log_proof, check_receipt
from fourfold.exchange.evidence.objects import check_agreement, check_object
from fourfold.exchange.evidence.seals import check_seal_proof
from fourfold.exchange.limits import MAX_OBJECT_BYTES
from fourfold.exchange.strict import parse_json

__all__ = [
    "AgreementEvidence",
    "Check",
    "Evidence",
    "KeysEvidence",
    "LogEvidence",
    "LogProofEvidence",
    "ObjectEvidence",
    "Outcome",
    "ReceiptEvidence",
    "SealProofEvidence",
    "outcome",
    "read_evidence",
    "verify_evidence",
    "write_evidence",
]


def verify_evidence(files: Mapping[str, bytes], anchors: frozenset[str] = frozenset()) -> tuple[Check, ...]:
    """All checks on evidence files, in their order; what one file holds is used to check the others.

    `anchors` are fingerprints of institution keys that the reader trusts, as people gave them.

    Raises:
        InputError: a file is no evidence; all faults of all files.
    """
    items = _read_all(files)
    agreements = [item for item in items.values() if isinstance(item, AgreementEvidence)]
    objects = {_digest(item): file for file, item in items.items() if isinstance(item, ObjectEvidence)}
    trust = trust_in((item for item in items.values() if isinstance(item, KeysEvidence)), anchors)
    made: list[Check] = []
    for file, item in items.items():
        checks = Checks(file)
        if isinstance(item, ObjectEvidence):
            check_object(checks, item, agreements, trust)
        elif isinstance(item, AgreementEvidence):
            check_agreement(checks, item)
        elif isinstance(item, ReceiptEvidence):
            check_receipt(checks, item, objects, trust)
        elif isinstance(item, LogEvidence):
            check_log(checks, item, trust)
        elif isinstance(item, SealProofEvidence):
            check_seal_proof(checks, item, trust)
        elif isinstance(item, KeysEvidence):
            check_keys(checks, item)
        else:
            check_log_proof(checks, item, objects, trust)
        made.extend(checks.made)
    return tuple(made)


def _read_all(files: Mapping[str, bytes]) -> dict[str, Evidence]:
    items: dict[str, Evidence] = {}
    faults: list[Fault] = []
    for file, data in files.items():
        try:
            items[file] = read_evidence(data, file)
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    return items


def _digest(item: ObjectEvidence) -> str:
    """The digest of an object that may yet turn out to be none."""
    try:
        return digest(parse_json(item.object.encode(), MAX_OBJECT_BYTES))
    except InputError:
        return ""
