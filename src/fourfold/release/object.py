"""What passes: a release object, built from allowed fields for one recipient."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from fourfold.canon import SortedSet
from fourfold.records.markings import Marking


class ReleaseObject(BaseModel):
    """One version of what one recipient gets of one record.

    It has an id of its own for each recipient. `derived_from` is a pseudonym for the record, of use to
    this recipient only. `commitment` is one root over all fields of the kind, withheld ones included, of
    the same shape whatever was withheld. `salt` makes this version's log leaf unguessable. A withdrawal
    is a new version with `revoked` and no fields. `marking` is what the recipient must honour: where the
    record named its recipients, it names this one only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^release--[0-9a-f-]{36}$")
    kind: str
    activity: str
    slice: str
    owner: str
    originators: SortedSet[str] = Field(min_length=1)
    recipient: str
    agreement: str
    version: int = Field(ge=1)
    created: AwareDatetime
    modified: AwareDatetime
    marking: Marking
    fields: dict[str, Any]
    commitment: str
    derived_from: str
    salt: str
    revoked: bool = False
