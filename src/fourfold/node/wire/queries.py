"""What a TAXII request asks for: filters, limit and cursor, checked (TAXII 2.1, sections 3.4 and 3.5)."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.http import QueryDict

from fourfold.errors import Fault, InputError
from fourfold.exchange.limits import PAGE_OBJECTS
from fourfold.exchange.stix.ids import plain_id
from fourfold.exchange.stix.times import read_time

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR_BYTES = 8
_MOST = 100
"""The most values in one filter."""

_LONGEST = 300

MATCHES = frozenset({"match[id]", "match[type]", "match[version]", "match[spec_version]"})
WORDS = frozenset({"first", "last", "all"})


@dataclass(frozen=True, slots=True)
class Query:
    """One request for objects: those added after `after`, at most `limit`; None: any.

    `versions` holds the words `first`, `last`, `all`; `moments` single versions by their time.
    """

    after: datetime | None = None
    limit: int = PAGE_OBJECTS
    ids: frozenset[str] | None = None
    types: frozenset[str] | None = None
    spec_versions: frozenset[str] | None = None
    versions: frozenset[str] = frozenset({"last"})
    moments: frozenset[datetime] = frozenset()


def read_query(given: QueryDict) -> Query:
    """The query in a request's parameters.

    Raises:
        InputError: a parameter is malformed, stands twice, or is a filter that there is not.
    """
    unknown = [name for name in given if name.startswith("match[") and name not in MATCHES]
    if unknown:
        raise InputError([Fault("There is no such filter.", field=unknown[0][:100])])
    words, moments = _versions(_many(given, "match[version]"))
    return Query(
        after=_later(_one(given, "added_after", read_time), _one(given, "next", read_cursor)),
        limit=min(_one(given, "limit", _positive) or PAGE_OBJECTS, PAGE_OBJECTS),
        ids=_ids(given),
        types=_many(given, "match[type]"),
        spec_versions=_many(given, "match[spec_version]"),
        versions=words,
        moments=moments,
    )


def cursor(added: datetime) -> str:
    """The `next` behind an object: opaque, and the same whenever the same page is asked for.

    It stands for the time at which the object was added, which is unique in a collection; a position or a
    count would tell of objects that the caller may not see.
    """
    return base64.urlsafe_b64encode(((added - _EPOCH) // _MICROSECOND).to_bytes(_CURSOR_BYTES)).decode()


def read_cursor(text: str) -> datetime:
    """The time behind a cursor.

    Raises:
        InputError: it is none of ours.
    """
    try:
        data = base64.b64decode(text, altchars=b"-_", validate=True)
        if len(data) == _CURSOR_BYTES:
            return _EPOCH + int.from_bytes(data) * _MICROSECOND
    except (binascii.Error, ValueError, OverflowError):
        pass
    raise InputError([Fault("This cursor was not given here.", field="next")])


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Both conditions at once: a cursor is used together with the original filters (section 3.4)."""
    return max((each for each in (one, other) if each is not None), default=None)


def _one(given: QueryDict, name: str, read: Callable[[str], T]) -> T | None:
    values = given.getlist(name)
    if len(values) > 1:
        raise InputError([Fault("This parameter may stand once.", field=name)])
    return read(values[0]) if values else None


def _many(given: QueryDict, name: str) -> frozenset[str] | None:
    text = _one(given, name, str)
    values = None if text is None else frozenset(text.split(","))
    if values is not None and (len(values) > _MOST or "" in values):
        raise InputError([Fault(f"This filter takes 1 to {_MOST} values.", field=name)])
    if values is not None and not all(map(is_word, values)):
        raise InputError([Fault("This filter takes printable text.", field=name)])
    return values


def _ids(given: QueryDict) -> frozenset[str] | None:
    values = _many(given, "match[id]")
    return None if values is None else frozenset(map(plain_id, values))


def _versions(values: frozenset[str] | None) -> tuple[frozenset[str], frozenset[datetime]]:
    if values is None:
        return frozenset({"last"}), frozenset()
    moments = frozenset(read_time(value, "match[version]") for value in values - WORDS)
    return values & WORDS, moments


def is_word(text: str) -> bool:
    """Whether a text can be an id or a type at all: no control characters, which not every store takes."""
    return text.isprintable() and len(text) <= _LONGEST


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):  # noqa: PLR2004  a million millions
        raise InputError([Fault("A limit is a whole number from 1.", field="limit")])
    return int(text)
