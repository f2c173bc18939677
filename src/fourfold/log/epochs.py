"""Epochs: a node restored from a backup says so, and begins a new log; it never rewrites the old one.

After a restore the log may be shorter than what the counterpart has countersigned. To go on with it would
sign two roots for one size. So the node fetches the last checkpoint that the counterpart countersigned, and
signs that its log ends there and a new one begins, under an origin of its own.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fourfold.canon import canonical_bytes
from fourfold.errors import ProofError, SignatureError
from fourfold.log.checkpoint import Checkpoint
from fourfold.log.note import MAX_BYTES, Note
from fourfold.records.instants import Instant
from fourfold.records.signing import Purpose, Signature, Signer, verify

MOST_EPOCHS = 10_000
"""No log is restored more often."""


def log_name(owner: str, counterpart: str) -> str:
    """The name of the log that one institution keeps for another, over all epochs; both are given by id."""
    return f"{owner}/log/{counterpart}"


def private_log_name(owner: str) -> str:
    """The name of the log that `owner` keeps for itself."""
    return f"{owner}/private-log"


class Epoch(BaseModel):
    """The statement that an epoch of a log begins.

    `log` is the log's name, `number` counts its epochs from 1. `previous` is the last checkpoint of the
    epochs before that the counterpart countersigned, as its signed note; None if there never was one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    log: str = Field(max_length=200)
    number: int = Field(ge=1, le=MOST_EPOCHS)
    previous: str | None = Field(max_length=MAX_BYTES)
    opened: Instant

    @model_validator(mode="after")
    def _first_follows_nothing(self) -> Self:
        if self.number == 1 and self.previous is not None:
            raise ValueError("the first epoch follows no checkpoint")
        return self

    @property
    def origin(self) -> str:
        """The origin of this epoch's checkpoints."""
        return f"{self.log}/{self.number}"

    def ended(self) -> Checkpoint | None:
        """The last countersigned checkpoint before this epoch, not yet checked.

        Raises:
            InputError: it is no signed checkpoint.
        """
        return None if self.previous is None else Checkpoint.parse(Note.parse(self.previous.encode()).text)

    def signed_bytes(self) -> bytes:
        """The bytes that the node key signs."""
        return canonical_bytes(self.model_dump(mode="json"))


class SignedEpoch(BaseModel):
    """An epoch with the signature of the node that keeps the log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    epoch: Epoch
    signature: Signature

    def check(self, log: str, key: str) -> Epoch:
        """The epoch, once its signature was checked.

        Raises:
            SignatureError: not signed by this key, or another log's.
        """
        verify(self.signature, Purpose.EPOCH, self.epoch.signed_bytes(), key)
        if self.epoch.log != log:
            raise SignatureError(f"This is an epoch of {self.epoch.log}, not of {log}.")
        return self.epoch


def open_epoch(epoch: Epoch, signer: Signer) -> SignedEpoch:
    """The epoch, signed by the node that keeps the log."""
    return SignedEpoch(epoch=epoch, signature=signer.sign(Purpose.EPOCH, epoch.signed_bytes()))


def check_succession(epoch: Epoch, before: Epoch | None, countersigned: Checkpoint | None) -> None:
    """Check, at the counterpart, that a new epoch denies nothing of what was countersigned.

    `before` is the epoch in force (None: none yet), `countersigned` the last checkpoint of the log that
    this counterpart countersigned, in any epoch (None: never).

    Raises:
        ProofError: a number that does not follow, or another end of the log than the one countersigned.
        InputError: the checkpoint in the statement cannot be read.
    """
    expected = 1 if before is None else before.number + 1
    if epoch.number != expected:
        raise ProofError(f"Epoch {epoch.number} of {epoch.log} does not follow: {expected} is next.")
    if before is not None and epoch.opened < before.opened:
        raise ProofError(f"Epoch {epoch.number} of {epoch.log} was opened before the one it follows.")
    if epoch.ended() != countersigned:
        raise ProofError(f"Epoch {epoch.number} of {epoch.log} denies the checkpoint that was countersigned.")
