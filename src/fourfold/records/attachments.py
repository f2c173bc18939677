"""Attachments: files that belong to a record and travel by digest, never inside it.

A record of a kind with the field `attachments` names each of its files there. So a file is guarded by the
marking of that field, and whoever gets the field may fetch the bytes; a digest alone opens nothing.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fourfold.canon import DIGEST

FIELD = "attachments"
MOST = 100
"""The most files of one record."""
LARGEST = 1 << 40
"""Bytes in the largest file (1 TiB)."""


class Attachment(BaseModel):
    """One file: what it is called, what it is (RFC 6838), its size in bytes, the digest of its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[^/\\\x00-\x1f\x7f]{1,200}$")
    media_type: str = Field(pattern=r"^[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}$")
    size: int = Field(ge=0, le=LARGEST)
    digest: str = Field(pattern=f"^{DIGEST.pattern}$")


def attachments_of(fields: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The files that the fields of a record name; what is no proper list of files names none."""
    named = fields.get(FIELD)
    try:
        return tuple(Attachment.model_validate(each) for each in named) if isinstance(named, list) else ()
    except ValidationError:
        return ()
