"""One HTTP exchange with another node: bounded in bytes and time, every failure an ExchangeError that helps.

Redirects are not followed, answers are not decompressed, and nothing is sent to another origin: a signed
request is for one node.
"""

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from fourfold.canon import printable
from fourfold.errors import ExchangeError, InputError
from fourfold.exchange.limits import MAX_PAGE_BYTES
from fourfold.exchange.strict import parse_json

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
ANSWER_SECONDS = 120.0
"""The longest that one whole answer may take."""

PATIENCE_SECONDS = 60.0
"""The longest that a busy server may ask us to wait before the same request is made again."""

TRIES = 3
BUSY = frozenset({429, 503})

OK, REDIRECTS = 200, 300
_SHOWN = 300  # characters of another node's explanation that are shown

_MEANING: Mapping[int, str] = {
    400: "it did not understand the request; the two nodes may run different versions",
    401: "it does not know this node's key, or clocks differ; compare `fourfold peer list` on both sides",
    403: "it does not let this node do that",
    404: "it has no such thing for this node",
    406: "it does not speak TAXII 2.1",
    413: "the request is larger than it takes",
    415: "it does not take this type of content",
    422: "it did not accept the content",
    429: "it was asked too often; wait, then try again",
    503: "it is too busy, or being looked after; wait, then try again",
}


class AnsweredError(ExchangeError):
    """The other node answered, but not as was hoped; `status` is that of HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, header fields, the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            ExchangeError: it is none.
        """
        try:
            value = parse_json(self.body, MAX_PAGE_BYTES)
        except InputError as error:
            raise ExchangeError(f"The other node's answer cannot be read: {error}") from error
        if not isinstance(value, dict):
            raise ExchangeError("The other node's answer is no JSON object.")
        return value


class TokenAuth(httpx.Auth):
    """A bearer token (RFC 6750), for servers that know no signed requests."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token to a request."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class Wire:
    """The line to one node: resolves addresses at its origin, sends, reads bounded answers.

    A server that is busy and says when it will not be (RFC 9110, section 10.2.3) is asked again then, if that
    is soon; `sleep` is how one waits.
    """

    def __init__(self, base: str, http: httpx.Client, sleep: Callable[[float], None] = time.sleep) -> None:
        self.base = base.rstrip("/") + "/"
        self._http = http
        self.sleep = sleep

    def url(self, target: str) -> str:
        """The absolute address of a path or address at this node.

        Raises:
            ExchangeError: it lies at another origin.
        """
        absolute = urljoin(self.base, target)
        if urlsplit(absolute)[:2] != urlsplit(self.base)[:2]:
            raise ExchangeError(f"{self.base} refers to another origin; nothing was sent there.")
        return absolute

    def get(
        self, target: str, params: Mapping[str, str], accept: str, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for something; `headers` beside those that every request has.

        Raises:
            ExchangeError: not reached, refused, or answered beyond all bounds.
        """
        return self._send(
            self.url(target),
            lambda url: self._request("GET", url, accept, params=dict(params), headers=dict(headers or {})),
        )

    def post(self, target: str, body: bytes, content_type: str, accept: str = "application/json") -> Answer:
        """Hand something over.

        Raises:
            ExchangeError: not reached, refused, or answered beyond all bounds.
        """
        headers = {"Content-Type": content_type}
        return self._send(
            self.url(target),
            lambda url: self._request("POST", url, accept, content=body, headers=headers),
        )

    def _request(self, method: str, url: str, accept: str, **rest: Any) -> httpx.Request:
        rest["headers"] = {"Accept": accept, "Accept-Encoding": "identity", **rest.get("headers", {})}
        return self._http.build_request(method, url, **rest)

    def _send(self, url: str, build: Callable[[str], httpx.Request]) -> Answer:
        """The answer to a request, which is built, and signed, anew for each try."""
        for _ in range(TRIES - 1):
            answer = self._once(url, build)
            seconds = _asked_to_wait(answer)
            if seconds is None:
                break
            self.sleep(seconds)
        else:
            answer = self._once(url, build)
        if not OK <= answer.status < REDIRECTS:
            raise AnsweredError(_refused(url, answer), answer.status)
        return answer

    def _once(self, url: str, build: Callable[[str], httpx.Request]) -> Answer:
        try:
            response = self._http.send(build(url), stream=True)
            try:
                return Answer(response.status_code, response.headers, _body(response, url))
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ExchangeError(_unreached(url, error)) from error


def open_client(auth: httpx.Auth | None, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """An HTTP client as a node needs it: signed, patient within bounds, deaf to redirects and environment."""
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    return httpx.Client(
        auth=auth, transport=transport, timeout=timeout, follow_redirects=False, trust_env=False
    )


def _body(response: httpx.Response, url: str) -> bytes:
    """The body, read piece by piece within bounds of size and time."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ExchangeError(f"{url} answered compressed, though it was asked not to.")
    deadline, pieces, size = time.monotonic() + ANSWER_SECONDS, [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > MAX_PAGE_BYTES:
            raise ExchangeError(f"{url} answered with more than {MAX_PAGE_BYTES} bytes; nothing was taken.")
        if time.monotonic() > deadline:
            raise ExchangeError(f"{url} took more than {ANSWER_SECONDS:.0f} seconds; try again later.")
        pieces.append(piece)
    return b"".join(pieces)


def _asked_to_wait(answer: Answer) -> float | None:
    """How many seconds a busy server asks us to wait; None: it does not, or too long."""
    text = answer.headers.get("retry-after", "").strip() if answer.status in BUSY else ""
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            seconds = (parsedate_to_datetime(text) - _date(answer)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(seconds, 0.0) if seconds <= PATIENCE_SECONDS else None


def _date(answer: Answer) -> datetime:
    """When the server answered, by its own clock; the same clock wrote the time after which to come back.

    Raises:
        ValueError: it says no time.
    """
    return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)


def _unreached(url: str, error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"{url} did not answer in time. Check that the node runs, then try again; nothing is lost."
    if isinstance(error, httpx.ConnectError):
        return f"{url} cannot be reached. Check the address and that the node runs, then try again."
    return f"{url} broke off the exchange ({type(error).__name__}). Try again; nothing is lost."


def _refused(url: str, answer: Answer) -> str:
    meaning = _MEANING.get(answer.status, "it failed; its operator can see why in its log")
    said = _explanation(answer.body)
    return f"{url} answered {answer.status}: {meaning}." + (f" It said: {said}" if said else "")


def _explanation(body: bytes) -> str:
    """What a TAXII error message says (TAXII 2.1, section 3.6.1), made safe to show."""
    try:
        said = parse_json(body, MAX_PAGE_BYTES)
    except InputError:
        return ""
    parts = [said.get("title"), said.get("description")] if isinstance(said, dict) else []
    text = " ".join(part for part in parts if isinstance(part, str))[:_SHOWN]
    return printable(text)
