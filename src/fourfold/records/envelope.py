"""The envelope: what Fourfold keeps about every record, whatever its kind."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from fourfold.canon import digest
from fourfold.canon.sets import SortedSet
from fourfold.records.bounded import Id, Name, Number
from fourfold.records.instants import Instant
from fourfold.records.markings import Marking, join

UNKNOWN_ORIGINATOR = "unknown"
"""Stands for an originator that could not be verified; such a record never leaves."""


class Record(BaseModel):
    """One version of one thing an institution keeps.

    `owner` holds it; `originators` are the institutions it came from, carried by derivation. `slice` is
    the slice of the activity that its owner named, if any. `payload` holds the fields of its kind,
    as JSON values. `field_markings` tighten single fields; they never loosen the marking of the whole.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^record--[0-9a-f-]{36}$")
    kind: Name
    activity: Name
    slice: Name | None = None
    owner: Id
    originators: SortedSet[Id] = Field(min_length=1)
    version: Number
    created: Instant
    modified: Instant
    marking: Marking
    field_markings: dict[str, Marking] = Field(default_factory=dict)
    payload: dict[str, JsonValue]
    derived_from: tuple[str, ...] = ()

    def marking_of(self, field: str) -> Marking:
        """The marking in force for one field: its own, joined with that of the whole."""
        own = self.field_markings.get(field)
        return self.marking if own is None else join([self.marking, own])

    def digest(self) -> str:
        """The digest of this version, whole: what consents and approvals are bound to."""
        return digest(self.model_dump(mode="json"))
