"""Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature.

A note signature begins with no purpose string of ours, yet it cannot be taken for any other signature of the
same key: what we sign for a purpose contains a zero byte, which a note may not; a cosignature's second line
is no number, which a checkpoint's must be; every line of a request's signature base (RFC 9421) begins with a
quotation mark.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from fourfold.errors import Fault, InputError, SignatureError
from fourfold.records.encoding import from_base64, to_base64
from fourfold.records.signing import raw_key

MAX_BYTES = 65_536
MAX_SIGNATURES = 32
_DASH = "\u2014 "
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_ID_BYTES = 4


class NoteKind(IntEnum):
    """The signature types of C2SP signed-note that Fourfold uses, by their identifier byte."""

    LOG = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key under a name, for one type of signature. `key` is base64, as everywhere.

    Raises:
        InputError: the name is empty, or has a space or a plus sign.
    """

    name: str
    kind: NoteKind
    key: str

    def __post_init__(self) -> None:
        """Refuse a name that no signature line can carry."""
        check_name(self.name)

    @property
    def id(self) -> bytes:
        """The key id: the first 4 bytes of SHA-256 over name, newline, type and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._material()).digest()[:_ID_BYTES]

    def vkey(self) -> str:
        """The verifier key as other implementations read it: name, id and key, joined by plus signs."""
        return f"{self.name}+{self.id.hex()}+{to_base64(self._material())}"

    def _material(self) -> bytes:
        return bytes([self.kind]) + raw_key(self.key)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who by, the key id, and the signature bytes, whose meaning the type gives."""

    name: str
    id: bytes
    value: bytes

    def line(self) -> str:
        """The line as it stands in a note, with its newline."""
        return f"{_DASH}{self.name} {to_base64(self.id + self.value)}\n"

    @classmethod
    def parse(cls, line: str) -> "NoteSignature":
        """One signature line, as `line` writes it; how a cosignature travels back to the log.

        Raises:
            InputError: not a signature line.
        """
        if not line.startswith(_DASH) or not line.endswith("\n"):
            raise _malformed("A signature line begins with an em dash and a space, and ends with a newline.")
        name, _, value = line.removeprefix(_DASH).removesuffix("\n").partition(" ")
        check_name(name)
        data = from_base64(value)
        if len(data) <= _ID_BYTES:
            raise _malformed("A signature line holds a key id and a signature.")
        return cls(name, data[:_ID_BYTES], data[_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures; nothing in it may be believed before one of them was checked."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        """The note as it travels."""
        return (self.text + "\n" + "".join(signature.line() for signature in self.signatures)).encode()

    def signed_by(self, key: NoteKey) -> NoteSignature:
        """The signature of this key, not yet checked.

        Raises:
            SignatureError: there is none, or more than one.
        """
        found = [given for given in self.signatures if (given.name, given.id) == (key.name, key.id)]
        if len(found) != 1:
            raise SignatureError(f"{key.name} signed this note {len(found)} times; once is needed.")
        return found[0]

    def with_signature(self, signature: NoteSignature) -> "Note":
        """The note with one more signature; it replaces an earlier one by the same key."""
        others = (
            given for given in self.signatures if (given.name, given.id) != (signature.name, signature.id)
        )
        return replace(self, signatures=(*others, signature))

    @classmethod
    def parse(cls, data: bytes) -> "Note":
        """The note in these bytes, checked for its form only.

        Raises:
            InputError: not a signed note, or larger than 64 KiB or 32 signatures.
        """
        if len(data) > MAX_BYTES:
            raise _malformed(f"A note may have {MAX_BYTES} bytes; this one has {len(data)}.")
        text, mark, signatures = _decode(data).rpartition("\n\n")
        if not mark:
            raise _malformed("A note is a text, an empty line and signature lines.")
        found = tuple(_signatures(signatures, first_line=text.count("\n") + 3))
        if not 1 <= len(found) <= MAX_SIGNATURES:
            raise _malformed(f"A note has 1 to {MAX_SIGNATURES} signatures; this one has {len(found)}.")
        return cls(text + "\n", found)


def check_name(name: str) -> None:
    """Check that a key name can stand in a signature line.

    Raises:
        InputError: it is empty, or has a space, a control character or a plus sign.
    """
    if not _NAME.fullmatch(name) or _CONTROL.search(name):
        raise _malformed(f"{name!r} is no key name: it is empty, or has a space or a plus sign.")


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed("A note is text in UTF-8.") from error
    if _CONTROL.search(text):
        raise _malformed("A note has no control characters but newlines.")
    return text


def _signatures(text: str, first_line: int) -> Iterator[NoteSignature]:
    if not text.endswith("\n"):
        raise _malformed("A note ends with a newline.")
    for number, line in enumerate(text[:-1].split("\n"), first_line):
        try:
            yield NoteSignature.parse(line + "\n")
        except InputError as error:
            raise _malformed(error.faults[0].message, line=number) from error


def _malformed(message: str, line: int = 0) -> InputError:
    return InputError([Fault(message, line=line, remedy="The format is C2SP signed-note.")])
