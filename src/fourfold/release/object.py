"""What passes: a release object, built from allowed fields for one recipient."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from fourfold.canon.sets import SortedSet
from fourfold.framework import Level
from fourfold.records.bounded import MOST, DigestText, Id, Name
from fourfold.records.instants import Instant
from fourfold.records.kinds import Kind
from fourfold.records.markings import Marking, Tlp


class Notice(StrEnum):
    """What a withdrawal says besides being one: a code of a closed list, never words of anybody."""

    RELEASED_IN_ERROR = "released-in-error"


LAST_VERSION = MOST
"""The highest number of a version, kept for a withdrawal: there is always room for one."""

NOTICES: Mapping[Notice, str] = MappingProxyType(
    {
        Notice.RELEASED_IN_ERROR: "This was released in error. Do not use what it said; destroy every copy.",
    }
)
"""The one phrase that a recipient reads for each."""


class ReleaseObject(BaseModel):
    """One version of what one recipient gets of one record.

    It has an id of its own for each recipient. `derived_from` is a pseudonym for the record, of use to
    this recipient only. `commitment` is one root over all fields of the kind, withheld ones included, of
    the same shape whatever was withheld. `salt` makes this version's log leaf unguessable. A withdrawal
    is a new version with `revoked` and no fields. `marking` is what the recipient must honour: where the
    record named its recipients, it names this one only. Only a withdrawal has a `notice`. What a node keeps
    in columns of its store is bounded as they are: a counterpart must not be able to send what no store can
    take.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^release--[0-9a-f-]{36}$")
    kind: Name
    activity: Name
    slice: Name
    owner: Id
    originators: SortedSet[Id] = Field(min_length=1)
    recipient: Id
    agreement: DigestText
    version: int = Field(ge=1, le=LAST_VERSION)
    created: Instant
    modified: Instant
    marking: Marking
    fields: dict[str, Any]
    commitment: str
    derived_from: str
    salt: str
    revoked: bool = False
    notice: Notice | None = None


class Stub(BaseModel):
    """What may leave of a record at separation, if its owner chose so: that there is one, and no more.

    Of closed shape: whatever the record holds, a stub has these four members. `handling` is its TLP label,
    `date` the day (UTC) of the record's version.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^stub--[0-9a-f-]{36}$")
    kind: Name
    handling: Tlp
    date: date


STUB = Kind("stub", "Stub", Level.SEPARATION, Stub)
"""How a stub travels: as a release object whose fields are its four members, and nothing else."""
