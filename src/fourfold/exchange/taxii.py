"""A TAXII 2.1 client: discovery, API root, collections, objects, manifests and versions, page by page.

Objects are handed on as the bytes that were received. Handing in is in `fourfold.exchange.submitting`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fourfold.canon import digest
from fourfold.errors import ExchangeError, InputError
from fourfold.exchange.http import Answer, Wire
from fourfold.exchange.limits import MAX_ANSWER_BYTES, MAX_PAGE_BYTES, PAGE_OBJECTS
from fourfold.exchange.paging import Page, Position, follow
from fourfold.exchange.stix.times import read_time
from fourfold.exchange.strict import slice_array

MEDIA_TYPE = "application/taxii+json;version=2.1"

MOST_NAMED = 50
"""The most objects that are asked for by name at once: the address stays short enough for any proxy."""

MOST_ITEMS = 10 * PAGE_OBJECTS
"""The most items that are read of one page; some servers give more than they are asked for."""

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


def collection_id(owner: str, recipient: str) -> str:
    """The id of the collection that one institution keeps for another: fixed, and of the form of a UUIDv4.

    It is no secret: who may see the collection is asked of the request, not of the id.
    """
    hashed = bytes.fromhex(digest(["taxii-collection", owner, recipient]).removeprefix("sha256:"))
    return str(UUID(bytes=hashed[:16], version=4))


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a server offers: the addresses of its API roots, the first one its default."""

    title: str
    api_roots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApiRoot:
    """One API root: what it is, the versions of TAXII it speaks, the bytes that it takes at once."""

    title: str
    versions: tuple[str, ...]
    max_content_length: int
    url: str


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection of an API root, with its address."""

    id: str
    title: str
    can_read: bool
    url: str
    can_write: bool = False

    @property
    def api_root(self) -> str:
        """The address of its API root."""
        return self.url.removesuffix(f"collections/{self.id}/")


@dataclass(frozen=True, slots=True)
class Match:
    """Which objects are asked for; values of one filter are alternatives (section 3.4)."""

    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    spec_versions: tuple[str, ...] = ()

    def params(self) -> dict[str, str]:
        """As query parameters."""
        given = {
            "id": self.ids,
            "type": self.types,
            "version": self.versions,
            "spec_version": self.spec_versions,
        }
        return {f"match[{name}]": ",".join(values) for name, values in given.items() if values}


ALL = Match()


class TaxiiClient:
    """Reads from one TAXII 2.1 server."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def discovery(self) -> Discovery:
        """What the server offers (section 4.1).

        Raises:
            ExchangeError: not reached, refused, or no discovery resource.
        """
        found = self._get("/taxii2/").json()
        roots = [root for root in _list(found, "api_roots") if isinstance(root, str)]
        default = found.get("default")
        first = [default] if isinstance(default, str) and default in roots else []
        ordered = dict.fromkeys([*first, *roots])
        return Discovery(_text(found, "title"), tuple(self._wire.url(root) for root in ordered))

    def collections(self, api_root: str) -> tuple[Collection, ...]:
        """The collections that this reader may know of (section 5.1).

        Raises:
            ExchangeError: not reached, refused, or no collections resource.
        """
        base = self._wire.url(api_root).rstrip("/")
        found = _list(self._get(f"{base}/collections/").json(), "collections")
        return tuple(_collection(base, item) for item in found if isinstance(item, dict))

    def api_root(self, url: str) -> ApiRoot:
        """What an API root says of itself (section 4.2).

        Raises:
            ExchangeError: not reached, refused, or it does not speak TAXII 2.1.
        """
        base = self._wire.url(url).rstrip("/") + "/"
        found = self._get(base).json()
        versions = tuple(each for each in _list(found, "versions") if isinstance(each, str))
        most = found.get("max_content_length")
        if not any(each.replace(" ", "") in {MEDIA_TYPE, "taxii-2.1"} for each in versions):
            raise ExchangeError(f"{base} does not speak TAXII 2.1.")
        known = most if isinstance(most, int) and most > 0 else 0
        return ApiRoot(_text(found, "title"), versions, known, base)

    def objects(
        self, collection: Collection, start: Position, limit: int = PAGE_OBJECTS, match: Match = ALL
    ) -> Page:
        """One page of objects (section 5.4).

        Raises:
            ExchangeError: not reached, refused, or no envelope.
        """
        return self._page(f"{collection.url}objects/", start, limit, match)

    def pages(
        self, collection: Collection, start: Position, limit: int = PAGE_OBJECTS, match: Match = ALL
    ) -> Iterator[Page]:
        """All pages of objects from a position on, until the server has no more.

        Raises:
            ExchangeError: as `objects`, or the server's paging does not come to an end.
        """
        return follow(lambda position: self.objects(collection, position, limit, match), start)

    def named(self, collection: Collection, ids: Sequence[str]) -> Iterator[Page]:
        """Pages with the last versions of these objects, as far as there are any (section 3.4, `match[id]`).

        Raises:
            ExchangeError: as `pages`.
        """
        for start in range(0, len(ids), MOST_NAMED):
            chosen = Match(ids=tuple(ids[start : start + MOST_NAMED]))
            yield from self.pages(collection, Position(), match=chosen)

    def manifests(
        self, collection: Collection, start: Position, limit: int = PAGE_OBJECTS, match: Match = ALL
    ) -> Iterator[Page]:
        """All pages of the manifest (section 5.3): id, time added and version of each object.

        Raises:
            ExchangeError: as `pages`.
        """
        url = f"{collection.url}manifest/"
        return follow(lambda position: self._page(url, position, limit, match), start)

    def one(
        self, collection: Collection, ref: str, limit: int = PAGE_OBJECTS, match: Match = ALL
    ) -> Iterator[Page]:
        """One object, in the versions asked for, the latest if none are (section 5.6).

        Raises:
            ExchangeError: as `pages`; there is no such object.
        """
        url = f"{collection.url}objects/{quote(ref, safe='')}/"
        return follow(lambda position: self._page(url, position, limit, match), Position())

    def versions(self, collection: Collection, ref: str, limit: int = PAGE_OBJECTS) -> Iterator[str]:
        """The versions of one object, as its server writes them (section 5.8).

        Raises:
            ExchangeError: as `pages`; there is no such object.
        """
        url = f"{collection.url}objects/{quote(ref, safe='')}/versions/"
        found = follow(lambda position: self._page(url, position, limit, name="versions"), Position())
        for page in found:
            yield from (_version(item) for item in page.items)

    def _get(
        self, target: str, params: Mapping[str, str] | None = None, limit: int = MAX_ANSWER_BYTES
    ) -> Answer:
        answer = self._wire.get(target, params or {}, MEDIA_TYPE, limit=limit)
        if not answer.headers.get("content-type", "").startswith("application/taxii+json"):
            raise ExchangeError(f"{self._wire.url(target)} does not answer as a TAXII 2.1 server.")
        return answer

    def _page(
        self, target: str, start: Position, limit: int, match: Match = ALL, name: str = "objects"
    ) -> Page:
        asked = {**match.params(), **start.params(), "limit": str(limit)}
        answer = self._get(target, asked, MAX_PAGE_BYTES)
        try:
            cut = slice_array(answer.body, name, MAX_PAGE_BYTES, MOST_ITEMS)
        except InputError as error:
            raise ExchangeError(f"A page of {target} cannot be read: {error}") from error
        after, more = cut.rest.get("next"), cut.rest.get("more", False)
        return Page(
            items=cut.items,
            more=more is True,
            next=after if isinstance(after, str) and after else None,
            first=_header_time(answer, "X-TAXII-Date-Added-First"),
            last=_header_time(answer, "X-TAXII-Date-Added-Last"),
        )


def _collection(base: str, item: Mapping[str, Any]) -> Collection:
    found = _text(item, "id")
    if not _ID.fullmatch(found):
        raise ExchangeError("The server names a collection without a proper id.")
    can_read, can_write = item.get("can_read") is True, item.get("can_write") is True
    return Collection(found, _text(item, "title"), can_read, f"{base}/collections/{found}/", can_write)


def _version(item: bytes) -> str:
    """One entry of a versions resource.

    Raises:
        ExchangeError: it is no time stamp.
    """
    text = item.decode().strip('"')
    try:
        read_time(text)
    except InputError as error:
        raise ExchangeError("The server names a version that is no time stamp.") from error
    return text


def _header_time(answer: Answer, name: str) -> datetime | None:
    text = answer.headers.get(name)
    try:
        return read_time(text, name) if text else None
    except InputError:
        return None


def _list(item: Mapping[str, Any], name: str) -> list[Any]:
    found = item.get(name, [])
    return found if isinstance(found, list) else []


def _text(item: Mapping[str, Any], name: str) -> str:
    found = item.get(name, "")
    return found[:200] if isinstance(found, str) else ""
