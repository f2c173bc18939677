"""Commitments to fields: what was withheld today can be proven, field by field, years later.

Every field of a kind has a leaf, present or not, shown or withheld; the tree over them has the shape of the
kind, so that neither the root nor a path tells what was withheld. Only one secret is kept for a release
object; the salt of each field is derived from it (HKDF-SHA256, RFC 5869), so that opening one field says
nothing of another.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, Field, model_validator

from fourfold.canon import canonical_bytes
from fourfold.errors import Fault, InputError, ProofError
from fourfold.records.encoding import secret_bytes

_LEAF = b"fourfold/v1/field\x00"
_NODE = b"fourfold/v1/field-node\x00"
_SALT = b"fourfold/v1/field-salt\x00"
_PADDING = hashlib.sha256(b"fourfold/v1/field-padding\x00").digest()


class Opening(BaseModel):
    """The proof of one field: its value (or that it was absent), its salt, and its way to the root.

    `path` holds the digests beside the way, from the leaf upwards, as hexadecimal digits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    absent: bool
    value: Any = None
    salt: str
    path: tuple[str, ...] = Field(max_length=16)

    @model_validator(mode="after")
    def _absent_has_no_value(self) -> Self:
        if self.absent and self.value is not None:
            raise ValueError("an absent field has no value")
        return self


def field_salt(secret: str, field: str) -> str:
    """The salt of one field: HKDF-SHA256 over the release object's secret, the field's name as its info."""
    info = _SALT + field.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret_bytes(secret)).hex()


def commit(fields: Sequence[str], payload: Mapping[str, Any], secret: str) -> str:
    """The root over all fields of a kind, as `sha256:` and 64 hexadecimal digits.

    `fields` are the kind's, in their fixed order. `secret` is fresh for each version and recipient
    (`fourfold.canon.new_salt`), kept by the owner, and never the salt that travels in the release object.

    Raises:
        InputError: the payload has a field that the kind has not, or a value that is not JSON.
    """
    return "sha256:" + _levels(fields, payload, secret)[-1][0].hex()


def open_field(fields: Sequence[str], payload: Mapping[str, Any], secret: str, field: str) -> Opening:
    """The opening of one field, withheld or not, against the root that `commit` gave.

    Raises:
        InputError: the kind has no such field, or as in `commit`.
    """
    if field not in fields:
        raise InputError([Fault("The kind has no such field.", field=field)])
    levels, index = _levels(fields, payload, secret), fields.index(field)
    path = tuple(level[(index >> depth) ^ 1].hex() for depth, level in enumerate(levels[:-1]))
    absent = field not in payload
    salt = field_salt(secret, field)
    return Opening(field=field, absent=absent, value=payload.get(field), salt=salt, path=path)


def check_opening(root: str, opening: Opening, fields: Sequence[str]) -> None:
    """Check that the owner committed to just this value of the field.

    The kind's `fields` are needed: they fix the one place where a field may stand, without which an owner
    could commit to two values of one field and choose later.

    Raises:
        ProofError: another value, another field, another kind, or another root.
    """
    if opening.field not in fields or len(opening.path) != _depth(len(fields)):
        raise ProofError(f"The opening of {opening.field!r} does not have the shape of its kind.")
    try:
        node = _leaf(opening.field, opening.salt, absent=opening.absent, value=opening.value)
        siblings = [secret_bytes(digest) for digest in opening.path]
    except InputError as error:
        raise ProofError(f"The opening of {opening.field!r} is malformed: {error}") from error
    index = fields.index(opening.field)
    for depth, sibling in enumerate(siblings):
        node = _node(sibling, node) if index >> depth & 1 else _node(node, sibling)
    if root != "sha256:" + node.hex():
        raise ProofError(f"The commitment does not hold this value of {opening.field!r}.")


def _levels(fields: Sequence[str], payload: Mapping[str, Any], secret: str) -> list[list[bytes]]:
    """All levels of the tree, leaves first, padded to a power of two."""
    if stray := sorted(set(payload) - set(fields)):
        raise InputError([Fault("The kind has no such field.", field=name) for name in stray])
    level = [
        _leaf(name, field_salt(secret, name), absent=name not in payload, value=payload.get(name))
        for name in fields
    ]
    level += [_PADDING] * ((1 << _depth(len(fields))) - len(fields))
    levels = [level]
    while len(level) > 1:
        level = [_node(left, right) for left, right in list(pairwise(level))[::2]]
        levels.append(level)
    return levels


def _depth(count: int) -> int:
    return max(count - 1, 0).bit_length()


def _leaf(field: str, salt: str, *, absent: bool, value: Any) -> bytes:
    content = {"absent": True, "field": field, "salt": salt} if absent else None
    content = content or {"field": field, "salt": salt, "value": value}
    return hashlib.sha256(_LEAF + canonical_bytes(content)).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
