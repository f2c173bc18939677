"""What the shapes of the API have in common."""

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

from fourfold.node.roles import Act, Role

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Field(ge=1, lt=1 << 63)]
Id = Annotated[str, Field(max_length=80, pattern=r"^[a-z-]+--[0-9a-f-]{36}$")]


class Taken(Schema):
    """What is taken: nothing that is not described."""

    model_config = ConfigDict(extra="forbid")


class Me(Schema):
    """The account that asks."""

    name: str
    roles: list[Role]
    acts: list[Act]


class To(Taken):
    """The counterpart that is meant, by name or id."""

    to: Name
