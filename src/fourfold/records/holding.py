"""Holding: what is sealed of a record that is kept apart, so that it can be proven later that it was held.

Of the record nothing leaves but the salted hash of this statement. Later the owner shows the statement, the
salt, and as much of the record as the reader may see: the whole version, or single fields.
"""

import json
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from fourfold.canon import canonical_bytes, digest
from fourfold.errors import ProofError
from fourfold.records.commitments import Opening, check_opening, commit
from fourfold.records.envelope import Record
from fourfold.records.kinds import Kind


class Holding(BaseModel):
    """One institution's statement that it holds one version of one record.

    `record` is the digest of that version, whole. `fields` are the names of its kind's fields in their order,
    `commitment` the root over them (`fourfold.records.commit`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["holding"] = "holding"
    owner: str
    kind: str
    record: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    fields: tuple[str, ...] = Field(min_length=1)
    commitment: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")

    def digest(self) -> str:
        """What is sealed: the digest of the statement."""
        return digest(self.model_dump(mode="json"))


def holding(record: Record, kind: Kind, secret: str) -> Holding:
    """The statement about a record version; `secret` is behind the commitments to its fields."""
    return Holding(
        owner=record.owner,
        kind=record.kind,
        record=record.digest(),
        fields=kind.fields,
        commitment=commit(kind.fields, record.payload, secret),
    )


def check_held(given: Holding, record: str) -> Record:
    """The record version in a text, if it is the one that the statement is about.

    Raises:
        ProofError: it is no record, or another one.
    """
    try:
        found = Record.model_validate_json(canonical_bytes(json.loads(record)))
    except ValueError as error:
        raise ProofError("What is shown is no record.") from error
    if (found.digest(), found.owner, found.kind) != (given.record, given.owner, given.kind):
        raise ProofError("What is shown is not the version that was sealed.")
    return found


def check_fields(given: Holding, openings: Iterable[Opening]) -> tuple[str, ...]:
    """The names of the fields that are shown, each of which the sealed version held with just this value.

    Raises:
        ProofError: none is shown, or one was not sealed with this value.
    """
    shown = tuple(openings)
    if not shown:
        raise ProofError("Nothing of the sealed version is shown.")
    for opening in shown:
        check_opening(given.commitment, opening, given.fields)
    return tuple(opening.field for opening in shown)
