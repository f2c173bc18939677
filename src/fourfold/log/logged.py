"""A proof that something was logged, as one text file (C2SP tlog-proof): it needs no node to be checked."""

import re
from dataclasses import dataclass

from fourfold.errors import Fault, InputError
from fourfold.log.checkpoint import Checkpoint, open_checkpoint
from fourfold.log.note import Note
from fourfold.log.proofs import verify_inclusion
from fourfold.records.encoding import from_base64, to_base64

_HEAD = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MAX_PATH = 63


@dataclass(frozen=True, slots=True)
class LoggedProof:
    """Where a leaf stands in a log, the path that shows it, and the log's signed checkpoint.

    `extra` is not authenticated; Fourfold puts there what a verifier needs to compute the leaf again.
    """

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    def check(self, leaf: bytes, origin: str, key: str) -> Checkpoint:
        """The log's checkpoint, once its signature and the leaf's place in it were checked.

        Raises:
            SignatureError: the checkpoint is not this log's, or not signed by its key.
            ProofError: the log does not hold this leaf at this place.
        """
        checkpoint = open_checkpoint(self.note, origin, key)
        verify_inclusion(leaf, self.index, checkpoint.size, self.path, checkpoint.root)
        return checkpoint

    def encode(self) -> bytes:
        """The file's bytes."""
        extra = [f"extra {to_base64(self.extra)}"] if self.extra else []
        lines = [_HEAD, *extra, f"index {self.index}", *map(to_base64, self.path), ""]
        return "".join(line + "\n" for line in lines).encode() + self.note.encode()

    @classmethod
    def parse(cls, data: bytes) -> "LoggedProof":
        """The proof in a file, checked for its form only.

        Raises:
            InputError: not such a file.
        """
        head, mark, note = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise _malformed("The part before the checkpoint is plain ASCII.") from error
        if not mark or lines.pop(0) != _HEAD:
            raise _malformed(f"The file begins with the line {_HEAD}.")
        extra = lines.pop(0).removeprefix("extra ") if lines and lines[0].startswith("extra ") else ""
        index = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if index is None or len(lines) > _MAX_PATH:
            raise _malformed("After its head the file has an index and at most 63 hashes.")
        path = tuple(from_base64(line) for line in lines)
        return cls(int(index[1]), path, Note.parse(note), from_base64(extra))


def _malformed(message: str) -> InputError:
    return InputError([Fault(message, remedy="The format is C2SP tlog-proof, version 1.")])
