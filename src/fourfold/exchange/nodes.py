"""What two Fourfold nodes say to each other beside TAXII: receipts, logs, countersignatures.

POST /exchange/v1/receipts      signed receipts; for each, whether it was taken
GET  /exchange/v1/log?from=N    the log kept for the asker: signed checkpoint, epoch, leaf hashes from N on
POST /exchange/v1/cosignature   the countersigned checkpoint (C2SP note)
GET  /exchange/v1/attachments/DIGEST   a file that an object names, in ranges (RFC 9110, section 14)
GET  /exchange/v1/epoch         for a restored node: the last checkpoint of its log that was countersigned
POST /exchange/v1/epoch         the asker's signed word that a new epoch of its log begins
GET  /exchange/v1/holdings?parts=a,b   signed sums of what was handed out to the asker, by prefix
POST /exchange/v1/holdings      the asker's signed sum of what it holds, and what was not listed
GET  /exchange/v1/keys          the history of the node's keys: delegations, revocations, successions
POST /exchange/v1/keys          the asker's history; each statement proves itself, so the request need not
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fourfold.canon import canonical_bytes
from fourfold.errors import ExchangeError, Fault, InputError, ProofError
from fourfold.exchange.causes import AnsweredError
from fourfold.exchange.faults import model_faults, read_model
from fourfold.exchange.holdings import SignedHoldings
from fourfold.exchange.http import Wire
from fourfold.exchange.limits import (
    MAX_HISTORY_BYTES,
    MAX_LEAVES,
    MAX_PAGE_BYTES,
    MAX_POST_BYTES,
    MAX_RECEIPTS,
)
from fourfold.exchange.receipts import MAX_RECEIPT_BYTES
from fourfold.exchange.strict import slice_array
from fourfold.log import Checkpoint, Note, SignedEpoch
from fourfold.records.encoding import from_base64
from fourfold.records.instants import Instant
from fourfold.records.statements import KeyHistory

HASH_BYTES = 32
MAX_LOG = 2_000_000
"""The most log entries that one sync goes through."""

RECEIPTS = "exchange/v1/receipts"
LOG = "exchange/v1/log"
COSIGNATURE = "exchange/v1/cosignature"
ATTACHMENTS = "exchange/v1/attachments/"
KEYS = "exchange/v1/keys"
HOLDINGS = "exchange/v1/holdings"
EPOCH = "exchange/v1/epoch"
JSON = "application/json"
OCTETS = "application/octet-stream"
PARTIAL, GONE = 206, 404
NOTE = "text/plain; charset=utf-8"


class Taken(StrEnum):
    """What an owner did with a receipt."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    REFUSED = "refused"


class ReceiptResult(BaseModel):
    """The answer to one receipt, named by the digest of its bytes; `why` explains a refusal."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    digest: str = Field(max_length=80)
    result: Taken
    why: str = Field(default="", max_length=500)


class LogPart(BaseModel):
    """The log that a node keeps for the asker: its newest checkpoint, its epoch, leaf hashes from `first` on.

    `note` is the signed checkpoint; `leaves` are base64, at most 10,000 in one answer. The first epoch of a
    log needs no statement (None).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    note: str = Field(max_length=65_536)
    epoch: SignedEpoch | None = None
    first: int = Field(ge=0)
    leaves: tuple[str, ...] = Field(max_length=MAX_LEAVES)

    def wire(self) -> bytes:
        """The answer's body."""
        return canonical_bytes(self.model_dump(mode="json"))


class LastSeen(BaseModel):
    """What a node last saw of the log that the asker keeps for it; so much the asker must not say again.

    `note` is the last checkpoint that it countersigned (None: never), `epoch` the latest that it knows,
    `added` the time of the last object that it collected.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    note: str | None = Field(default=None, max_length=65_536)
    epoch: int = Field(default=1, ge=1, le=1_000_000)
    added: Instant | None = None

    def wire(self) -> bytes:
        """The answer's body."""
        return canonical_bytes(self.model_dump(mode="json"))


@dataclass(frozen=True, slots=True)
class LogPiece:
    """Some leaf hashes of another node's log, with the checkpoint and epoch that the answer began with."""

    note: Note
    epoch: SignedEpoch | None
    leaves: tuple[bytes, ...]


class NodeClient:
    """Speaks to one other node."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def deliver_receipts(self, receipts: Sequence[bytes]) -> tuple[ReceiptResult, ...]:
        """Hand over signed receipts; delivering one again does no harm.

        Raises:
            ExchangeError: not reached, refused, or no proper answer.
        """
        results: list[ReceiptResult] = []
        for batch in _in_batches(receipts):
            answer = self._wire.post(f"/{RECEIPTS}", receipts_body(batch), JSON)
            results.extend(_results(answer.json()))
        return tuple(results)

    def log(self, first: int, epoch: int = 1) -> Iterator[LogPiece]:
        """The log that the other node keeps for this one, in pieces: from leaf `first` to the size it signed.

        All pieces carry the checkpoint of the first answer, though the log may grow meanwhile. There is at
        least one piece; its checkpoint is not checked yet. If the log is in a later epoch than `epoch`, there
        is that one piece, with the statement of the epoch and no leaves.

        Raises:
            ExchangeError: not reached, refused, no proper answer, or no end of leaves.
            ProofError: the log is shorter than `first`.
        """
        start = self._log_part(first)
        note, size = _checkpoint(start)
        if start.epoch is not None and start.epoch.epoch.number > epoch:
            yield LogPiece(note, start.epoch, ())
            return
        if size < first:
            raise ProofError(f"The log has shrunk: it had {first} entries, and now has {size}.")
        if size - first > MAX_LOG:
            raise ExchangeError(f"The other node says that its log has {size} entries; {first} were seen.")
        part = start
        while True:
            leaves = _leaves(part)[: size - first]
            first += len(leaves)
            yield LogPiece(note, start.epoch, leaves)
            if first == size:
                return
            if not leaves:
                raise ExchangeError("The other node gives fewer log entries than its checkpoint counts.")
            part = self._log_part(first)

    def keys(self) -> KeyHistory:
        """What the other institution says of its keys; nothing of it is checked yet.

        Raises:
            ExchangeError: not reached, refused, or no proper answer.
        """
        answer = self._wire.get(f"/{KEYS}", {}, JSON)
        try:
            return read_model(KeyHistory, answer.body, limit=MAX_HISTORY_BYTES)
        except InputError as error:
            raise ExchangeError(f"The answer about the other node's keys cannot be read: {error}") from error

    def last_seen(self) -> LastSeen:
        """What the other node last saw of the log that this one keeps for it; its note is not checked yet.

        Raises:
            ExchangeError: not reached, refused, or no proper answer.
        """
        answer = self._wire.get(f"/{EPOCH}", {}, JSON)
        try:
            return read_model(LastSeen, answer.body)
        except InputError as error:
            raise ExchangeError(f"The answer about this node's log cannot be read: {error}") from error

    def open_epoch(self, signed: SignedEpoch) -> None:
        """Tell the other node that a new epoch of the log for it begins.

        Raises:
            ExchangeError: not reached, or refused.
        """
        self._wire.post(f"/{EPOCH}", canonical_bytes(signed.model_dump(mode="json")), JSON)

    def holdings(self, prefixes: Sequence[str]) -> SignedHoldings:
        """What the other node says that it handed out to this one, in parts; nothing of it is checked yet.

        Raises:
            ExchangeError: not reached, refused, or no proper answer.
        """
        answer = self._wire.get(f"/{HOLDINGS}", {"parts": ",".join(prefixes)}, JSON)
        try:
            return read_model(SignedHoldings, answer.body)
        except InputError as error:
            raise ExchangeError(f"The answer about holdings cannot be read: {error}") from error

    def tell_holdings(self, given: SignedHoldings) -> None:
        """State what one holds of the other node.

        Raises:
            ExchangeError: not reached, or refused.
        """
        self._wire.post(f"/{HOLDINGS}", given.wire(), JSON)

    def tell_keys(self, history: KeyHistory) -> None:
        """Tell the other node of one's own keys; it says nothing of what it did with it.

        Raises:
            ExchangeError: not reached.
        """
        self._wire.post(f"/{KEYS}", history.wire(), JSON)

    def send_cosignature(self, note: Note) -> None:
        """Hand over the countersigned checkpoint of the other node's log.

        Raises:
            ExchangeError: not reached, or refused.
        """
        self._wire.post(f"/{COSIGNATURE}", note.encode(), NOTE)

    def attachment(self, digest: str, first: int, end: int) -> bytes | None:
        """Bytes `first` to `end` (not included) of a file, or as many as come at once; None: not to be had.

        Raises:
            ExchangeError: not reached, or something else than was asked for.
        """
        asked = {"Range": f"bytes={first}-{end - 1}"}
        try:
            answer = self._wire.get(f"/{ATTACHMENTS}{digest}", {}, OCTETS, asked, MAX_PAGE_BYTES)
        except AnsweredError as error:
            if error.status == GONE:
                return None
            raise
        said = answer.headers.get("content-range", "")
        if answer.status != PARTIAL or not said.startswith(f"bytes {first}-") or not answer.body:
            raise ExchangeError("The other node gives other parts of a file than it was asked for.")
        return answer.body[: end - first]

    def _log_part(self, first: int) -> LogPart:
        answer = self._wire.get(f"/{LOG}", {"from": str(first)}, JSON)
        try:
            part = LogPart.model_validate_json(answer.body)
        except ValidationError as error:
            raise ExchangeError(f"The answer about the log cannot be read: {_told(error)}") from error
        if part.first != first:
            raise ExchangeError(f"The other node was asked for log entry {first} and gave {part.first}.")
        return part


def receipts_body(receipts: Sequence[bytes]) -> bytes:
    """The body of a delivery: the receipts as they were signed."""
    return b'{"receipts":[' + b",".join(receipts) + b"]}"


def read_receipts(body: bytes) -> tuple[bytes, ...]:
    """The receipts in a delivery, each as it was signed.

    Raises:
        InputError: not such a body, none in it, or too many at once.
    """
    found = slice_array(body, "receipts", MAX_POST_BYTES).items
    if not found:
        raise InputError([Fault("No receipt is in it.", field="receipts")])
    if len(found) > MAX_RECEIPTS:
        raise InputError([Fault(f"{len(found)} receipts, where at most {MAX_RECEIPTS} are taken at once.")])
    return found


def results_body(results: Sequence[ReceiptResult]) -> bytes:
    """The body of the answer to a delivery."""
    return canonical_bytes({"results": [result.model_dump(mode="json") for result in results]})


def _results(answer: dict[str, Any]) -> tuple[ReceiptResult, ...]:
    try:
        return tuple(ReceiptResult.model_validate(item) for item in answer.get("results", ()))
    except (ValidationError, TypeError) as error:
        raise ExchangeError("The answer to the receipts cannot be read.") from error


def _checkpoint(part: LogPart) -> tuple[Note, int]:
    """The signed checkpoint of an answer, and the size it names; whose signature it is, the caller checks."""
    try:
        note = Note.parse(part.note.encode())
        return note, Checkpoint.parse(note.text).size
    except InputError as error:
        raise ExchangeError(f"The other node's checkpoint cannot be read: {error}") from error


def _leaves(part: LogPart) -> tuple[bytes, ...]:
    try:
        leaves = tuple(from_base64(leaf) for leaf in part.leaves)
    except InputError as error:
        raise ExchangeError("A log entry of the other node is not base64.") from error
    if any(len(leaf) != HASH_BYTES for leaf in leaves):
        raise ExchangeError("A log entry of the other node is not 32 bytes.")
    return leaves


def _told(error: ValidationError) -> str:
    return " ".join(str(fault) for fault in model_faults(error))


def _in_batches(receipts: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Receipts in deliveries that the other node takes; each is at most 16 KiB, so 125 stay under 2 MiB."""
    most = min(MAX_RECEIPTS, MAX_POST_BYTES // (MAX_RECEIPT_BYTES + 1))
    return (receipts[start : start + most] for start in range(0, len(receipts), most))
