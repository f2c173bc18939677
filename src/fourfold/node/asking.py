"""How a request is read, whichever part of the node it is for: its address, its method, its body.

An address means the same with and without a slash at its end, and is answered where it stands: a redirect
would lose what was sent, and a signature is over one address. Whatever answers GET answers HEAD, with the
headers and no body. A body is there, whole, before anything is answered.
"""

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from fourfold.exchange.limits import MAX_POST_BYTES

Answering = Callable[[HttpRequest], HttpResponseBase]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

REFUSED = "fourfold.refused"
"""In the environment of a request whose body was not read whole: the status and text to answer."""

_ENDLESS = 413, f"A body without a length may have at most {MAX_POST_BYTES} bytes. Send its Content-Length.\n"
_BROKEN_OFF = 400, "The body ended before its Content-Length. Nothing was done; send the request again.\n"

_BARE = ("api", "exchange", "health", "metrics")
"""The first words of addresses that end without a slash; `static` names files; all others end with one."""


def with_whole_bodies(application: Application) -> Application:
    """A WSGI application whose requests are there, whole, before they are answered.

    A server ends a connection whose request was answered before its body came; the next request on it would
    be lost without a word. So a body up to the bound is read here. A larger one is read by whoever wants it,
    and the answer says that the connection ends (RFC 9112, section 9.6).

    A body without a length is given one. In HTTP/1.1 such a body comes in chunks, and then no other length
    counts (RFC 9112, section 6.3); in HTTP/2 it just ends.
    """

    def reading(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        length = _length(environ)
        if length is not None and length > MAX_POST_BYTES:
            return application(environ, _closing(start))
        body = environ["wsgi.input"].read(MAX_POST_BYTES + 1 if length is None else length)
        if length is None and len(body) > MAX_POST_BYTES:
            body, start, environ[REFUSED] = b"", _closing(start), _ENDLESS
        elif length is not None and len(body) < length:
            body, environ[REFUSED] = b"", _BROKEN_OFF
        return application(
            environ | {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}, start
        )

    return reading


def _length(environ: dict[str, Any]) -> int | None:
    """How long the body is said to be; None: nothing that counts is said."""
    said = environ.get("CONTENT_LENGTH") or ""
    return None if environ.get("HTTP_TRANSFER_ENCODING") or not said else length_said(said)


def length_said(header: str) -> int:
    """The number in a Content-Length; without bound, where it is none."""
    return int(header[:20]) if header.isascii() and header.isdigit() else sys.maxsize


def _closing(start: Callable[..., Any]) -> Callable[..., Any]:
    """The start of an answer, which says that the connection ends with it."""
    return lambda status, headers, *rest: start(status, [*headers, ("Connection", "close")], *rest)


class AskingMiddleware:
    """Reads a request as every part of the node does."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer it; to HEAD without a body."""
        if REFUSED in request.META:
            status, text = request.META[REFUSED]
            return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
        request.path_info = as_written(request.path_info)
        if not is_head(request):
            return self.get_response(request)
        request.method = "GET"
        answer = self.get_response(request)
        request.method = "HEAD"
        return _without_body(answer)


def is_head(request: HttpRequest) -> bool:
    """Whether only the headers of an answer are asked for: nothing is handed out, nothing told, by that."""
    return request.META.get("REQUEST_METHOD") == "HEAD"


def as_written(path: str) -> str:
    """An address as the tables of addresses have it."""
    first, _, rest = path.removeprefix("/").partition("/")
    if first == "static" or not first:
        return path
    if first in _BARE:
        return path[:-1] if rest and path.endswith("/") and not path.endswith("//") else path
    return path if path.endswith("/") else f"{path}/"


def _without_body(answer: HttpResponseBase) -> HttpResponse:
    """The same status and headers; the length is that of the body which GET would have."""
    bare = HttpResponse(status=answer.status_code, headers=dict(answer.headers))
    bare.cookies = answer.cookies
    answer.close()
    return bare
