"""Checks on receipts, logs and proofs that something was logged."""

from collections.abc import Mapping
from datetime import datetime

from fourfold.errors import ProofError
from fourfold.exchange.evidence.checks import Checks
from fourfold.exchange.evidence.items import LogEvidence, LogProofEvidence, ReceiptEvidence, SealProofEvidence
from fourfold.exchange.evidence.keys import Trust, check_delegation, check_time
from fourfold.exchange.receipts import Outcome, Receipt, read_receipt
from fourfold.log import (
    Checkpoint,
    Frontier,
    LoggedProof,
    Note,
    NoteKey,
    NoteKind,
    append,
    check_cosignature,
    leaf_hash,
    log_name,
    open_checkpoint,
)
from fourfold.records.encoding import from_base64
from fourfold.records.identity import SignedDelegation
from fourfold.records.signing import Purpose

SAID: Mapping[Outcome, str] = {
    Outcome.STORED: "that it stored",
    Outcome.REFUSED: "that it refused",
    Outcome.WITHDRAWN: "that it destroyed, for a withdrawal, what it held before",
}


def check_receipt(checks: Checks, item: ReceiptEvidence, objects: Mapping[str, str], trust: Trust) -> None:
    """Check a receipt: who answered, when, about which object. `objects` are files of objects, by digest."""
    given = item.delegation.delegation
    check_delegation(checks, item.delegation, "recipient's", trust)
    signed = checks.attempt("form", lambda: read_receipt(item.receipt.encode()), lambda _: "It is a receipt.")
    if signed is None:
        return
    receipt = signed.receipt
    checks.attempt("signature", lambda: signed.check({given.node_key: given}, receipt.at), _answered)
    check_time(checks, given, "recipient's", receipt.at, "it answered", trust)
    _check_object(checks, receipt.digest, objects)


def check_log(checks: Checks, item: LogEvidence, trust: Trust) -> None:
    """Check the state of a log: who keeps it, who countersigned it when, whether its leaves give its root."""
    check_delegation(checks, item.keeper, "keeper's", trust)
    note = checks.attempt(
        "form", lambda: Note.parse(item.note.encode()), lambda _: "It is a signed checkpoint."
    )
    origin = _check_origin(checks, item)
    if note is None or origin is None:
        return
    key = item.keeper.delegation.node_key
    checkpoint = checks.attempt("checkpoint", lambda: open_checkpoint(note, origin, key), _sized)
    if checkpoint is None:
        return
    _check_reader(checks, note, checkpoint, item.reader, trust)
    if item.leaves is None:
        checks.open("leaves", "The entries of the log are not shown here.")
        return
    leaves = item.leaves
    checks.attempt("leaves", lambda: _grown(leaves, checkpoint), lambda n: f"The {n} entries give its root.")


def check_log_proof(checks: Checks, item: LogProofEvidence, objects: Mapping[str, str], trust: Trust) -> None:
    """Check that a log holds an object, and who countersigned that log when."""
    check_inclusion(checks, item, leaf_hash(item.salt, item.digest, Purpose.RELEASE), "this object", trust)
    _check_object(checks, item.digest, objects)


def check_inclusion(
    checks: Checks, item: LogProofEvidence | SealProofEvidence, leaf: bytes, what: str, trust: Trust
) -> None:
    """Check that a log holds a leaf, and who countersigned that log when."""
    check_delegation(checks, item.keeper, "keeper's", trust)
    proof = checks.attempt(
        "form", lambda: LoggedProof.parse(item.proof.encode()), lambda _: "It is a log proof."
    )
    origin = _check_origin(checks, item)
    if proof is None or origin is None:
        return
    key = item.keeper.delegation.node_key
    checkpoint = checks.attempt(
        "inclusion",
        lambda: proof.check(leaf, origin, key),
        lambda found: f"Entry {proof.index} of {found.origin}, with {found.size} entries, is {what}.",
    )
    if checkpoint is not None:
        _check_reader(checks, proof.note, checkpoint, item.reader, trust)


def _check_origin(checks: Checks, item: LogEvidence | LogProofEvidence | SealProofEvidence) -> str | None:
    """The origin, once it is that of a log which this keeper keeps for this reader; else None."""
    keeper = item.keeper.delegation.institution
    name = item.origin.rpartition("/")[0]
    reader = item.reader.delegation.institution if item.reader else name.rpartition("/")[2]
    if name != log_name(keeper, reader):
        checks.fails("log", f"{item.origin} is no log that {keeper} keeps for {reader}.")
        return None
    return checks.attempt("log", lambda: _in_epoch(item, name), lambda found: f"It is the log {found}.")


def _in_epoch(item: LogEvidence | LogProofEvidence | SealProofEvidence, name: str) -> str:
    """The origin, once its epoch is shown; the first needs no statement."""
    if item.epoch is None and item.origin != f"{name}/1":
        raise ProofError("A later epoch of a log needs its signed statement, which is not shown here.")
    opener = item.epoch_keeper or item.keeper
    if opener.delegation.institution != item.keeper.delegation.institution:
        raise ProofError("The epoch was opened by another institution's key.")
    if item.epoch and item.epoch.check(name, opener.delegation.node_key).origin != item.origin:
        raise ProofError(f"The statement shown is not that of {item.origin}.")
    return item.origin


def _check_reader(
    checks: Checks,
    note: Note,
    checkpoint: Checkpoint,
    reader: SignedDelegation | None,
    trust: Trust,
) -> None:
    """Whether the counterpart countersigned: only then can the keeper not have rewritten the log since."""
    if reader is None:
        checks.open("countersignature", "The counterpart's countersignature is not shown here.")
        return
    check_delegation(checks, reader, "reader's", trust)
    given = reader.delegation
    moment = checks.attempt(
        "countersignature",
        lambda: _countersigned(note, checkpoint, given.institution, given.node_key),
        lambda found: f"{given.institution} countersigned it on {found:%d %B %Y at %H:%M:%S} UTC.",
    )
    if moment is not None:
        check_time(checks, given, "reader's", moment, "it countersigned", trust)


def _countersigned(note: Note, checkpoint: Checkpoint, reader: str, key: str) -> datetime:
    given = note.signed_by(NoteKey(reader, NoteKind.COSIGNATURE, key))
    return check_cosignature(checkpoint, given, reader, key)


def _check_object(checks: Checks, digest: str, objects: Mapping[str, str]) -> None:
    if digest in objects:
        checks.holds("object", f"It is about the object in {objects[digest]}.")
    else:
        checks.open("object", f"It is about the object {digest}, which is not shown here.")


def _grown(leaves: tuple[str, ...], checkpoint: Checkpoint) -> int:
    frontier, _ = append(Frontier(), (_leaf(text) for text in leaves))
    if (frontier.size, frontier.root()) != (checkpoint.size, checkpoint.root):
        raise ProofError(f"These {frontier.size} entries do not give the root that was signed.")
    return frontier.size


def _leaf(text: str) -> bytes:
    leaf = from_base64(text)
    if len(leaf) != 32:  # noqa: PLR2004  the length of a SHA-256
        raise ProofError("An entry of the log is not 32 bytes.")
    return leaf


def _answered(receipt: Receipt) -> str:
    backups = receipt.backups_until
    until = f" Backups may hold it until {backups:%d %B %Y}." if backups else ""
    about = f"version {receipt.version} of {receipt.object or 'an unreadable object'}"
    moment = f"{receipt.at:%d %B %Y at %H:%M:%S} UTC"
    return f"{receipt.recipient} answered on {moment} {SAID[receipt.outcome]}: {about}.{until}"


def _sized(checkpoint: Checkpoint) -> str:
    return f"Its keeper signed that {checkpoint.origin} has {checkpoint.size} entries."
