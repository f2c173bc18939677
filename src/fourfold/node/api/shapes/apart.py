"""The shapes of what is kept apart: stubs, seals, proofs."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from fourfold.node.api.shapes.common import Name, Taken
from fourfold.node.api.shapes.records import FindingOut


class StubOut(Schema):
    """All that one counterpart would learn by a stub, besides a fresh id; or why none may leave."""

    recipient: str
    outcome: str
    stub: dict[str, str] | None
    reasons: list[FindingOut]


class SealIn(Taken):
    """The counterpart before whom a record is sealed, by name or id."""

    witness: Name


class SealOut(Schema):
    """A seal: an entry in the log that is kept for its witness."""

    record: str
    version: int
    witness: str
    log: str
    entry: int | None
    sealed: datetime


class ProveIn(SealIn):
    """Who witnessed it; who is to see the proof (null: this institution's own auditor); of which version."""

    reader: Name | None = None
    version: Annotated[int, Field(ge=1, lt=1 << 31)] | None = None
