"""Checkpoints (C2SP tlog-checkpoint): what a log says of itself; and cosignatures, what its reader saw.

A checkpoint binds the log's keeper to a size and a root. The counterpart countersigns it (C2SP
tlog-cosignature, v1) only after it has checked that the log grew from the one it countersigned before: from
then on neither can rewrite what both have signed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fourfold.errors import Fault, InputError, ProofError, SignatureError
from fourfold.log.hashing import HASH_BYTES
from fourfold.log.note import Note, NoteKey, NoteKind, NoteSignature, check_name
from fourfold.log.proofs import verify_consistency
from fourfold.records.encoding import from_base64, to_base64
from fourfold.records.signing import Signer, verify_raw

_BODY = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([^\n]+)\n")
_LARGEST = (1 << 63) - 1  # C2SP: a size is a number of 63 bits
_TIME_BYTES = 8
_LAST_TIME = 253_402_300_799  # the end of the year 9999, in seconds since 1970: what a datetime can hold


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's origin (its name, unique in the world), its size and its root at that size."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint in a note's text. Extension lines are refused: no reader could audit them.

        Raises:
            InputError: not the three lines.
        """
        body = _BODY.fullmatch(text)
        root = from_base64(body[3]) if body else b""
        if body is None or len(root) != HASH_BYTES or int(body[2]) > _LARGEST:
            raise InputError([Fault("A checkpoint has three lines: origin, size, and a root of 32 bytes.")])
        check_name(body[1])
        return cls(body[1], int(body[2]), root)


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> Note:
    """The checkpoint as a note, signed by the log's keeper under the log's origin.

    Raises:
        InputError: the origin is no key name.
    """
    text = checkpoint.text()
    key = NoteKey(checkpoint.origin, NoteKind.LOG, signer.key)
    return Note(text, (NoteSignature(key.name, key.id, signer.sign_raw(text.encode())),))


def open_checkpoint(note: Note, origin: str, key: str) -> Checkpoint:
    """The checkpoint in a note, once the log's own signature was checked.

    Raises:
        SignatureError: not signed by this key, or another log's.
        InputError: the text is no checkpoint.
    """
    given = note.signed_by(NoteKey(origin, NoteKind.LOG, key))
    verify_raw(key, to_base64(given.value), note.text.encode())
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != origin:
        raise SignatureError(f"This is a checkpoint of {checkpoint.origin}, not of {origin}.")
    return checkpoint


def check_growth(last: Checkpoint | None, checkpoint: Checkpoint, proof: Sequence[bytes]) -> None:
    """Check that a log only grew since the last checkpoint that this reader countersigned (None: the first).

    Raises:
        ProofError: another log, a smaller one, or a rewritten one.
    """
    if last is None:
        return
    if last.origin != checkpoint.origin:
        raise ProofError(f"{checkpoint.origin} is another log than {last.origin}.")
    verify_consistency(last.size, checkpoint.size, last.root, checkpoint.root, proof)


def cosign(checkpoint: Checkpoint, name: str, signer: Signer, now: datetime) -> NoteSignature:
    """The reader's countersignature: that by `now` this is the largest log it saw, and it only grew.

    Check that with `open_checkpoint` and `check_growth` first. `name` is the reader's; one key has one name,
    as the signed text does not hold it.
    """
    seconds = int(now.timestamp())
    key = NoteKey(name, NoteKind.COSIGNATURE, signer.key)
    value = seconds.to_bytes(_TIME_BYTES, "big") + signer.sign_raw(_cosigned(checkpoint.text(), seconds))
    return NoteSignature(name, key.id, value)


def check_cosignature(checkpoint: Checkpoint, given: NoteSignature, name: str, key: str) -> datetime:
    """When a reader countersigned this checkpoint, in UTC to the second, once its signature was checked.

    Raises:
        SignatureError: not by this reader, or not of this checkpoint.
    """
    expected = NoteKey(name, NoteKind.COSIGNATURE, key)
    if (given.name, given.id) != (name, expected.id):
        raise SignatureError(f"This is a signature of {given.name}, not a countersignature of {name}.")
    seconds = int.from_bytes(given.value[:_TIME_BYTES], "big")
    if seconds > _LAST_TIME:
        raise SignatureError("The countersignature's time is beyond the year 9999.")
    verify_raw(key, to_base64(given.value[_TIME_BYTES:]), _cosigned(checkpoint.text(), seconds))
    return datetime.fromtimestamp(seconds, UTC)


def open_cosigned(note: Note, origin: str, key: str, reader: NoteKey) -> tuple[Checkpoint, datetime]:
    """The checkpoint in a note and when the reader countersigned it, both signatures checked.

    Raises:
        SignatureError: one of the two is missing, or does not hold.
        InputError: the text is no checkpoint.
    """
    checkpoint = open_checkpoint(note, origin, key)
    given = note.signed_by(reader)
    return checkpoint, check_cosignature(checkpoint, given, reader.name, reader.key)


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
