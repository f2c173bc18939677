"""The shapes of who may read what."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from fourfold.node.api.shapes.common import Name, Reason, Taken
from fourfold.records.markings import Caveat, Tlp

Account = Annotated[str, Field(min_length=1, max_length=150, pattern=r"^[^\x00]*$")]
Thing = Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9:-]+$")]


class NamedOut(Schema):
    """A single thing that somebody is named for, and the number by which that can be ended."""

    number: int
    id: str


class GrantOut(Schema):
    """What an account was granted, or is to be; `activities` null: all; `ceiling` empty: single things."""

    number: int
    account: str
    state: str
    ceiling: str
    caveats: list[str]
    activities: list[str] | None
    named: list[NamedOut]
    reason: str
    proposed_by: str
    confirmed_by: str
    until: datetime | None
    carried: bool


class ReaderOut(Schema):
    """An account: its roles, whether they let it read, its grants, and what it wrote that names it."""

    number: int
    name: str
    roles: list[str]
    reads: bool
    grants: list[GrantOut]
    wrote: list[NamedOut]


class GapOut(Schema):
    """A label with which something is kept that nobody reads, or nobody who could approve it."""

    tlp: str
    caveats: list[str]
    activity: str
    id: str
    read: bool
    approved: bool


class GrantIn(Taken):
    """What an account is to read; a second person confirms it. RED is given by `named` alone."""

    account: Account
    ceiling: Tlp | None = None
    caveats: Annotated[list[Caveat], Field(max_length=50, default_factory=list)]
    activities: Annotated[list[Name], Field(max_length=100)] | None = None
    named: Annotated[list[Thing], Field(max_length=100, default_factory=list)]
    reason: Reason = ""
    until: datetime | None = None
