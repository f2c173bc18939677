"""How a request is read, whichever part of the node it is for: its address, its method, its body.

An address means the same with and without a slash at its end, and is answered where it stands: a redirect
would lose what was sent, and a signature is over one address. Whatever answers GET answers HEAD, with the
headers and no body. A body without a length is read to a bound.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from fourfold.exchange.limits import MAX_POST_BYTES

Answering = Callable[[HttpRequest], HttpResponseBase]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

TOO_LARGE = "fourfold.too_large"
"""Stands in the environment of a request whose body has no length, and no end within the bound."""

_BARE = ("api", "exchange", "health", "metrics")
"""The first words of addresses that end without a slash; `static` names files; all others end with one."""


def with_whole_bodies(application: Application) -> Application:
    """A WSGI application whose requests have a length: a body that came without one is read here.

    In HTTP/1.1 such a body comes in chunks, and then no other length counts (RFC 9112, section 6.3); in
    HTTP/2 it just ends.
    """

    def reading(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_TRANSFER_ENCODING") or not environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(MAX_POST_BYTES + 1)
            environ[TOO_LARGE] = len(body) > MAX_POST_BYTES
            body = b"" if environ[TOO_LARGE] else body
            environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        return application(environ, start)

    return reading


class AskingMiddleware:
    """Reads a request as every part of the node does."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer it; to HEAD without a body."""
        if request.META.get(TOO_LARGE):
            return _too_large()
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


def _too_large() -> HttpResponse:
    text = f"A body without a length may have at most {MAX_POST_BYTES} bytes. Send its Content-Length.\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=413)


def _without_body(answer: HttpResponseBase) -> HttpResponse:
    """The same status and headers; the length is that of the body which GET would have."""
    bare = HttpResponse(status=answer.status_code, headers=dict(answer.headers))
    bare.cookies = answer.cookies
    answer.close()
    return bare
