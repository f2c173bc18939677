"""Kinds of record: the fields each has, in a fixed order, and the lowest level that may move it."""

from dataclasses import dataclass

from pydantic import BaseModel

from fourfold.framework import Level


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    `level` is the lowest level of engagement at which it may pass: notices and registers communication,
    proposals and answers coordination, joint records collaboration. `payload` is the typed form of its
    fields; their order there is the order of the commitments to them.
    """

    id: str
    title: str
    level: Level
    payload: type[BaseModel]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields, in their fixed order."""
        return tuple(self.payload.model_fields)
