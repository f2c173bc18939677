"""Handing objects in to a TAXII 2.1 server, and learning what became of them (sections 4.3 and 5.5)."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fourfold.errors import ExchangeError, RefusedError
from fourfold.exchange.faults import model_faults
from fourfold.exchange.http import Answer, Wire
from fourfold.exchange.limits import MAX_PAGE_BYTES, MAX_POST_OBJECTS
from fourfold.exchange.taxii import MEDIA_TYPE, ApiRoot, Collection

POLLS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""How long to wait before each time that a pending delivery is asked for, in seconds."""

_HEAD, _TAIL = b'{"objects":[', b"]}"


class Detail(BaseModel):
    """What became of one object."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(default="", max_length=300)
    version: str = Field(default="", max_length=100)
    message: str = Field(default="", max_length=5_000)


class Status(BaseModel):
    """What became of a delivery so far; it is `complete` or `pending`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1, max_length=300)
    status: str = Field(pattern=r"^(complete|pending)$")
    total_count: int = Field(ge=0)
    success_count: int = Field(ge=0)
    failure_count: int = Field(ge=0)
    pending_count: int = Field(ge=0)
    successes: tuple[Detail, ...] = ()
    failures: tuple[Detail, ...] = ()
    pendings: tuple[Detail, ...] = ()


def hand_in(wire: Wire, root: ApiRoot, collection: Collection, objects: Sequence[bytes]) -> Iterator[Status]:
    """Hand objects in, in as many envelopes as the server's limit asks for; what became of each envelope.

    A delivery that is pending is asked for again, more and more rarely for a minute; what is pending even
    then is given as it stands.

    Raises:
        RefusedError: the collection takes nothing, or one object alone is larger than the server takes.
        ExchangeError: not reached, refused, or no status.
    """
    if not collection.can_write:
        raise RefusedError(f"The collection {collection.title or collection.id} takes nothing.")
    for envelope in list(_envelopes(objects, root.max_content_length)):
        answer = wire.post(f"{collection.url}objects/", envelope, MEDIA_TYPE, MEDIA_TYPE, MAX_PAGE_BYTES)
        yield _awaited(wire, root, _status(answer))


def read_status(wire: Wire, root: ApiRoot, wanted: str) -> Status:
    """What became of a delivery.

    Raises:
        ExchangeError: not reached, refused, or no status.
    """
    return _status(wire.get(f"{root.url}status/{quote(wanted, safe='')}/", {}, MEDIA_TYPE))


def _awaited(wire: Wire, root: ApiRoot, given: Status) -> Status:
    for seconds in POLLS:
        if given.status == "complete":
            break
        wire.sleep(seconds)
        given = read_status(wire, root, given.id)
    return given


def _envelopes(objects: Sequence[bytes], most: int) -> Iterator[bytes]:
    """Envelopes of at most `most` bytes (0: the server names no limit); an object is never split."""
    batch: list[bytes] = []
    size = frame = len(_HEAD) + len(_TAIL)
    for each in objects:
        if most and frame + len(each) > most:
            raise RefusedError(
                f"An object of {len(each)} bytes is too large: the server takes {most} at once."
            )
        if batch and (len(batch) == MAX_POST_OBJECTS or (most and size + 1 + len(each) > most)):
            yield _HEAD + b",".join(batch) + _TAIL
            batch, size = [], frame
        size += len(each) + bool(batch)
        batch.append(each)
    if batch:
        yield _HEAD + b",".join(batch) + _TAIL


def _status(answer: Answer) -> Status:
    found = answer.json()
    try:
        return Status.model_validate(found)
    except ValidationError as error:
        said = " ".join(str(fault) for fault in model_faults(error))
        raise ExchangeError(f"The server's status cannot be read: {said}") from error
