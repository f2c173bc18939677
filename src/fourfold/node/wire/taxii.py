"""The TAXII 2.1 server of a node: what a counterpart may collect, by any client of the standard.

A collection that one may not see and one that does not exist give identical bytes; so do objects. Nobody
outside deletes: no collection can be both read and written, which the standard asks for (section 5.7).
"""

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fourfold.canon import canonical_bytes
from fourfold.errors import NotFoundError
from fourfold.exchange.limits import MAX_POST_BYTES
from fourfold.exchange.stix.ids import plain_id
from fourfold.exchange.stix.times import stix_time, taxii_time
from fourfold.exchange.taxii import MEDIA_TYPE
from fourfold.node.actions.hand_out import hand_out
from fourfold.node.asking import is_head
from fourfold.node.wire import inbox
from fourfold.node.wire.answers import added, answer, for_callers, resource
from fourfold.node.wire.callers import Caller, StatusError
from fourfold.node.wire.queries import Query, cursor, is_word, read_query
from fourfold.node.wire.shelves import Page, Shelf, page, shelf, shelves

ROOT = "taxii2/fourfold/"
"""The path of the one API root."""

STIX = "application/stix+json;version=2.1"


@for_callers(MEDIA_TYPE)
def discovery(_request: HttpRequest, _caller: Caller) -> HttpResponse:
    """What this server offers (section 4.1)."""
    root = f"{settings.NODE.url.rstrip('/')}/{ROOT}"
    return resource({"title": f"Fourfold node of {settings.NODE.name}", "default": root, "api_roots": [root]})


@for_callers(MEDIA_TYPE)
def api_root(_request: HttpRequest, _caller: Caller) -> HttpResponse:
    """The API root (section 4.2)."""
    return resource(
        {"title": settings.NODE.name, "versions": [MEDIA_TYPE], "max_content_length": MAX_POST_BYTES}
    )


@for_callers(MEDIA_TYPE)
def collections(_request: HttpRequest, caller: Caller) -> HttpResponse:
    """The collections that the caller may know of (section 5.1)."""
    return resource({"collections": [_described(each) for each in shelves(caller)]})


@for_callers(MEDIA_TYPE)
def collection(_request: HttpRequest, caller: Caller, collection: str) -> HttpResponse:
    """One collection (section 5.2)."""
    return resource(_described(shelf(caller, collection)))


@for_callers(MEDIA_TYPE)
def status(_request: HttpRequest, caller: Caller, wanted: str) -> HttpResponse:
    """What became of something that was handed in (section 4.3)."""
    return inbox.status(caller, wanted)


@for_callers(MEDIA_TYPE, "GET", "POST")
def objects(request: HttpRequest, caller: Caller, collection: str) -> HttpResponse:
    """Objects, page by page, as they were signed (section 5.4); or handing some in (section 5.5)."""
    if request.method == "POST":
        return inbox.hand_in(request, caller, shelf(caller, collection))
    found = page(_readable(caller, collection), read_query(request.GET))
    return _envelope(request, caller, found)


@for_callers(MEDIA_TYPE, "GET", "DELETE")
def one_object(request: HttpRequest, caller: Caller, collection: str, wanted: str) -> HttpResponse:
    """One object, in the versions asked for (section 5.6); it cannot be deleted (section 5.7)."""
    given = _readable(caller, collection)
    if request.method == "DELETE":
        raise StatusError(403)
    return _envelope(request, caller, page(given, _only(given, wanted, read_query(request.GET))))


@for_callers(MEDIA_TYPE)
def versions(request: HttpRequest, caller: Caller, collection: str, wanted: str) -> HttpResponse:
    """The versions of one object (section 5.8)."""
    given = _readable(caller, collection)
    query = _only(given, wanted, read_query(request.GET))
    found = page(given, replace(query, versions=frozenset({"all"})))
    body = {"more": found.more, "versions": [stix_time(item.version) for item in found.items]}
    return answer(canonical_bytes(_paged(body, found)), MEDIA_TYPE, added(found.items))


@for_callers(MEDIA_TYPE)
def manifest(request: HttpRequest, caller: Caller, collection: str) -> HttpResponse:
    """Which objects there are, without content (section 5.3), with a `next`, which the standard forgot."""
    found = page(_readable(caller, collection), read_query(request.GET))
    records = [
        {
            "id": item.id,
            "date_added": taxii_time(item.added),
            "version": stix_time(item.version),
            "media_type": STIX,
        }
        for item in found.items
    ]
    body = _paged({"more": found.more, "objects": records}, found)
    return answer(canonical_bytes(body), MEDIA_TYPE, added(found.items))


@for_callers(MEDIA_TYPE)
def nothing(_request: HttpRequest, _caller: Caller, **_place: str) -> HttpResponse:
    """Anything else under this server's paths.

    Raises:
        NotFoundError: always.
    """
    raise NotFoundError("There is nothing here.")


def _described(given: Shelf) -> dict[str, object]:
    return {
        "id": given.id,
        "title": given.title,
        "description": given.description,
        "can_read": given.can_read,
        "can_write": given.can_write,
        "media_types": [STIX],
    }


def _readable(caller: Caller, collection: str) -> Shelf:
    """A collection that is to be read.

    Raises:
        NotFoundError: it does not exist, or is another's.
        StatusError: it is for writing only.
    """
    found = shelf(caller, collection)
    if not found.can_read:
        raise StatusError(403)
    return found


def _only(given: Shelf, wanted: str, query: Query) -> Query:
    """The query for one object; that it exists is asked first, as a filter may well leave nothing of it."""
    if not is_word(wanted):
        raise NotFoundError("No such object.")
    wanted = plain_id(wanted)
    single = Query(ids=frozenset({wanted}), versions=frozenset({"all"}), limit=1)
    if not page(given, single).items:
        raise NotFoundError("No such object.")
    return replace(query, ids=frozenset({wanted}))


def _envelope(request: HttpRequest, caller: Caller, found: Page) -> HttpResponse:
    """An envelope (section 3.7): the very bytes that were signed, joined and not written anew."""
    if not is_head(request):
        hand_out(caller.peer, [item.key for item in found.items if item.key is not None])
    if not found.items:
        return answer(b"{}", MEDIA_TYPE)
    rest = {"more": True, "next": cursor(found.items[-1].added)} if found.more else {"more": False}
    head = canonical_bytes(rest).removesuffix(b"}")
    body = head + b',"objects":[' + b",".join(item.wire for item in found.items) + b"]}"
    return answer(body, MEDIA_TYPE, added(found.items))


def _paged(body: dict[str, object], found: Page) -> dict[str, object]:
    """A resource with its cursor; an empty one is an empty object (section 5.3.1)."""
    if not found.items:
        return {}
    return {**body, "next": cursor(found.items[-1].added)} if found.more else body
