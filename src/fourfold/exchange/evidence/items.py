"""Evidence as files: one JSON file for one thing, which says by its `type` what it is.

    fourfold-object      a released object as it went over the wire, and the delegation of the key in it
    fourfold-agreement   the text that was signed, and its signatures
    fourfold-receipt     a receipt as it was signed, and the delegation of the recipient's key
    fourfold-log         a checkpoint with its cosignature, the log's epoch, the keys; all leaves, or none
    fourfold-keys        what an institution signed about its keys: delegations, revocations, successions
    fourfold-log-proof   that one object is in a log: salt and digest, path, checkpoint with its cosignature
    fourfold-seal-proof  that a record was held when a log was countersigned: statement, salt, what is shown

What was signed stands in a file as a string, letter by letter: parsing the file cannot change it. Each file
can be checked alone; files given together are checked against one another too.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fourfold.canon import DIGEST, canonical_bytes
from fourfold.errors import Fault, InputError
from fourfold.exchange.faults import model_faults
from fourfold.exchange.strict import parse_json
from fourfold.log import SignedEpoch
from fourfold.records.commitments import Opening
from fourfold.records.holding import Holding
from fourfold.records.identity import SignedDelegation
from fourfold.records.signing import Signature
from fourfold.records.statements import KeyHistory

MAX_EVIDENCE_BYTES = 64 << 20
"""No evidence file is longer than this, in bytes (64 MiB: a log of a million leaves)."""

_SEALED = ConfigDict(frozen=True, extra="forbid")


class ObjectEvidence(BaseModel):
    """A released object. `object` is its wire form as received."""

    model_config = _SEALED

    type: Literal["fourfold-object"] = "fourfold-object"
    object: str
    delegation: SignedDelegation


class AgreementEvidence(BaseModel):
    """An agreement. `text` is what was signed, as received."""

    model_config = _SEALED

    type: Literal["fourfold-agreement"] = "fourfold-agreement"
    text: str
    signatures: tuple[Signature, ...]


class ReceiptEvidence(BaseModel):
    """A receipt. `receipt` is its wire form as received; the delegation is its recipient's."""

    model_config = _SEALED

    type: Literal["fourfold-receipt"] = "fourfold-receipt"
    receipt: str
    delegation: SignedDelegation


class LogEvidence(BaseModel):
    """The state of a log. `note` is the signed checkpoint, with the reader's cosignature if there is one.

    `origin` is the log's name with its epoch. `keeper` delegated the key that signs it, `reader` the one that
    countersigns. `epoch` is None in the first epoch of a log; `epoch_keeper` delegated the key that opened
    it, where that is not the keeper's. `leaves` are base64, from the first on; None:
    they are not shown.
    """

    model_config = _SEALED

    type: Literal["fourfold-log"] = "fourfold-log"
    origin: str = Field(max_length=200)
    note: str
    keeper: SignedDelegation
    epoch: SignedEpoch | None = None
    epoch_keeper: SignedDelegation | None = None
    reader: SignedDelegation | None = None
    leaves: tuple[str, ...] | None = None


class LogProofEvidence(BaseModel):
    """That a log holds an object. `proof` is a C2SP tlog-proof; `digest` and `salt` give the leaf.

    It says nothing about content, and outlives it: after a withdrawal it still shows what had been released.
    """

    model_config = _SEALED

    type: Literal["fourfold-log-proof"] = "fourfold-log-proof"
    digest: str = Field(pattern=f"^{DIGEST.pattern}$")
    salt: str
    origin: str = Field(max_length=200)
    proof: str
    keeper: SignedDelegation
    epoch: SignedEpoch | None = None
    epoch_keeper: SignedDelegation | None = None
    reader: SignedDelegation | None = None


class SealProofEvidence(BaseModel):
    """That a record version was held when the log that holds its seal was countersigned.

    `record` is the version whole, as text; or `openings` show single fields of it.
    """

    model_config = _SEALED

    type: Literal["fourfold-seal-proof"] = "fourfold-seal-proof"
    holding: Holding
    salt: str
    record: str | None = None
    openings: tuple[Opening, ...] = Field(default=(), max_length=1_000)
    origin: str = Field(max_length=200)
    proof: str
    keeper: SignedDelegation
    epoch: SignedEpoch | None = None
    epoch_keeper: SignedDelegation | None = None
    reader: SignedDelegation | None = None

    @model_validator(mode="after")
    def _shows_one_way(self) -> Self:
        if (self.record is None) is (not self.openings):
            raise ValueError("shows either the record whole or single fields of it")
        return self


class KeysEvidence(BaseModel):
    """What one institution signed about its keys: what the other files need, once a key has changed."""

    model_config = _SEALED

    type: Literal["fourfold-keys"] = "fourfold-keys"
    history: KeyHistory


Evidence = (
    ObjectEvidence
    | AgreementEvidence
    | ReceiptEvidence
    | LogEvidence
    | LogProofEvidence
    | SealProofEvidence
    | KeysEvidence
)

_TYPES: Mapping[str, type[Evidence]] = MappingProxyType(
    {
        "fourfold-object": ObjectEvidence,
        "fourfold-agreement": AgreementEvidence,
        "fourfold-receipt": ReceiptEvidence,
        "fourfold-log": LogEvidence,
        "fourfold-log-proof": LogProofEvidence,
        "fourfold-seal-proof": SealProofEvidence,
        "fourfold-keys": KeysEvidence,
    }
)


def write_evidence(item: Evidence) -> bytes:
    """The file of one piece of evidence: JSON that a person can read, in a fixed order."""
    text = json.dumps(item.model_dump(mode="json"), ensure_ascii=False, indent=2)
    return (text + "\n").encode()


def read_evidence(data: bytes, file: str = "") -> Evidence:
    """The piece of evidence in a file, checked for its form only.

    Raises:
        InputError: it is no evidence file; all faults, with the file's name.
    """
    try:
        value = parse_json(data, MAX_EVIDENCE_BYTES)
        return _typed(value).model_validate_json(canonical_bytes(value), strict=True)
    except InputError as error:
        raise InputError(_in_file(error.faults, file)) from error
    except ValidationError as error:
        raise InputError(_in_file(model_faults(error), file)) from error


def _typed(value: object) -> type[Evidence]:
    named = value.get("type") if isinstance(value, dict) else None
    if not isinstance(named, str) or named not in _TYPES:
        remedy = f"It is one of {', '.join(_TYPES)}; make such files with `fourfold evidence export`."
        raise InputError(
            [Fault("This file does not say what it is evidence of.", field="type", remedy=remedy)]
        )
    return _TYPES[named]


def _in_file(faults: tuple[Fault, ...], file: str) -> list[Fault]:
    return [Fault(each.message, file, each.line, each.field, each.remedy) for each in faults]
