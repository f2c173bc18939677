"""Passing on: what was received becomes a record of the holder's own store, and stays its originators'.

The record follows, to the byte, from the release object and a small envelope that the holder chooses. Whoever
made the release object can therefore compute the same record, and so know what it consents to.
"""

from pydantic import BaseModel, ConfigDict, Field

from fourfold.errors import RefusedError
from fourfold.records.envelope import UNKNOWN_ORIGINATOR, Record
from fourfold.records.instants import Instant
from fourfold.release.object import ReleaseObject


class Onward(BaseModel):
    """What the holder chooses about the record by which it passes something on; it holds no content.

    `slice` is that of the agreement with those who are to receive it; `fields` are those that are to go on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    record: str = Field(pattern=r"^record--[0-9a-f-]{36}$")
    version: int = Field(ge=1)
    slice: str | None
    fields: tuple[str, ...] = Field(min_length=1)
    created: Instant
    modified: Instant


def believed_originators(given: ReleaseObject, *, ours: bool = False) -> frozenset[str]:
    """Whose a release object is, as far as its recipient can know.

    Its owner signed it. That it is the recipient's own counts if the recipient had released it there
    (`ours`). Whoever else it names has signed nothing: such an originator is unknown.
    """
    certain = {given.owner, given.recipient} if ours else {given.owner}
    claimed = given.originators - certain
    return (given.originators & certain) | ({UNKNOWN_ORIGINATOR} if claimed else frozenset())


def passed_on(given: ReleaseObject, onward: Onward, *, ours: bool = False) -> Record:
    """The record by which its recipient passes a release object on: its content, originators and marking.

    The holder adds nothing of its own, and so does not become an originator. What names only the holder
    names nobody else afterwards either. Originators are those of `believed_originators`.

    Raises:
        RefusedError: it was withdrawn, or has not all of these fields.
    """
    if given.revoked or not set(onward.fields) <= set(given.fields):
        raise RefusedError("These fields are not there to be passed on, or were withdrawn.")
    return Record(
        id=onward.record,
        kind=given.kind,
        activity=given.activity,
        slice=onward.slice,
        owner=given.recipient,
        originators=believed_originators(given, ours=ours),
        version=onward.version,
        created=onward.created,
        modified=onward.modified,
        marking=given.marking,
        payload={name: given.fields[name] for name in sorted(onward.fields)},
        derived_from=(given.id,),
    )
