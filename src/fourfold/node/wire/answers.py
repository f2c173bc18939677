"""What is answered, to the byte: TAXII 2.1 resources, their headers, error messages that reveal nothing."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from fourfold.canon import canonical_bytes
from fourfold.errors import FourfoldError, InputError, NotFoundError, RefusedError, SignatureError
from fourfold.exchange.stix.times import taxii_time
from fourfold.exchange.taxii import MEDIA_TYPE
from fourfold.node.actions.take_submission import InboxFullError
from fourfold.node.wire.callers import StatusError, TooLargeBodyError, identify, refuse_larger
from fourfold.node.wire.shelves import Item

JSON = "application/json"
_LOG = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


def answer(body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A proper answer."""
    return HttpResponse(body, content_type=media_type, headers=headers)


def resource(value: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A TAXII resource."""
    return HttpResponse(canonical_bytes(value), content_type=MEDIA_TYPE, status=status)


def added(items: Sequence[Item]) -> dict[str, str]:
    """The headers that say when the first and last object of an answer were added (section 5.4)."""
    if not items:
        return {}
    return {
        "X-TAXII-Date-Added-First": taxii_time(items[0].added),
        "X-TAXII-Date-Added-Last": taxii_time(items[-1].added),
    }


def problem(status: int, media_type: str, description: str = "") -> HttpResponse:
    """An error message (section 3.6.1): the same bytes for one status and description, whatever the cause."""
    body = {"title": _TITLES[status], "http_status": str(status)}
    body |= {"description": description} if description else {}
    return HttpResponse(
        canonical_bytes(body), content_type=media_type, status=status, headers=_HEADERS.get(status, {})
    )


def is_taxii(media_type: str) -> bool:
    """Whether a Content-Type is that of TAXII 2.1; a type without a version is taken for it."""
    name, *parameters = [part.strip().lower() for part in media_type.split(";")]
    versions = {part for part in parameters if part.startswith("version=")}
    return name == "application/taxii+json" and versions <= {"version=2.1", 'version="2.1"'}


def for_callers(media_type: str, *methods: str, nodes_only: bool = False) -> Callable[[View], View]:
    """Let a view answer known callers, by these methods (none named: GET).

    What goes wrong becomes an error message. `nodes_only`: to a third-party client it does not exist.
    """
    allowed = methods or ("GET",)

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answering(request: HttpRequest, **place: Any) -> HttpResponse:
            try:
                caller = identify(request)
                if nodes_only and caller.client is not None:
                    raise NotFoundError("There is nothing here.")
                return _checked(request, allowed, media_type) or view(request, caller, **place)
            except (FourfoldError, TooLargeBodyError, StatusError, SuspiciousOperation) as error:
                return _refusal(error, media_type)

        return answering

    return decorate


def for_anybody(media_type: str, most: int) -> Callable[[View], View]:
    """Let a view take what proves itself, of at most so many bytes; it tells a stranger nothing."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answering(request: HttpRequest) -> HttpResponse:
            try:
                refuse_larger(request, most)
                return view(request)
            except (FourfoldError, TooLargeBodyError, SuspiciousOperation) as error:
                return _refusal(error, media_type)

        return answering

    return decorate


def _checked(request: HttpRequest, allowed: Sequence[str], media_type: str) -> HttpResponse | None:
    """What stands against a request before anything is looked up; None: nothing."""
    if request.method not in allowed:
        refused = problem(405, media_type)
        refused.headers["Allow"] = ", ".join([*(["HEAD"] if "GET" in allowed else []), *allowed])
        return refused
    if media_type == MEDIA_TYPE and not _accepts_taxii(request.headers.get("Accept", "*/*")):
        return problem(406, media_type)
    return None


def _refusal(error: Exception, media_type: str) -> HttpResponse:
    """What went wrong, as far as the caller may know: what it said wrongly, but nothing of this node."""
    if isinstance(error, SuspiciousOperation):  # too many parameters, for example
        return problem(400, media_type)
    if isinstance(error, StatusError):
        return problem(error.status, media_type, error.description)
    if isinstance(error, InputError):
        return problem(400, media_type, " ".join(str(each) for each in error.faults[:_FAULTS]))
    if isinstance(error, RefusedError):
        return problem(422, media_type, str(error))
    status = _STATUSES.get(type(error), FAILED)
    if status == FAILED:
        _LOG.error("A request could not be answered.", exc_info=error)
    return problem(status, media_type)


def _accepts_taxii(accept: str) -> bool:
    """Whether one of the media types asked for is ours (TAXII 2.1, section 1.6.8.1)."""
    for given in accept.split(","):
        name = given.partition(";")[0].strip().lower()
        if name in {"*/*", "application/*"} or is_taxii(given):
            return True
    return False


UNKNOWN, FAILED = 401, 500
_FAULTS = 3
"""How many faults an error message tells, each with its place and its remedy."""
_STATUSES: Mapping[type[Exception], int] = {
    NotFoundError: 404,
    SignatureError: UNKNOWN,
    TooLargeBodyError: 413,
    InboxFullError: 429,
}
_HEADERS: Mapping[int, Mapping[str, str]] = {
    UNKNOWN: {
        "WWW-Authenticate": 'Bearer realm="fourfold", Basic realm="fourfold", Signature realm="fourfold"'
    },
    429: {"Retry-After": "3600"},
}
_TITLES: Mapping[int, str] = {
    400: "The request is malformed.",
    401: "The request has no token that counts, and no signature of a node that is known here.",
    403: "This collection does not allow that.",
    404: "There is no such thing, or it is not for you.",
    405: "This cannot be done here.",
    406: "This is TAXII 2.1: ask for application/taxii+json;version=2.1.",
    413: "The request is too large.",
    415: "This type of content is not taken here.",
    422: "The content is not accepted.",
    429: "Too much was handed in, or waits for a person; come back later.",
    500: "This node failed; its operator can see why in its log.",
}
