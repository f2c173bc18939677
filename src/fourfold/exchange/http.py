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
from urllib.parse import urljoin

import httpx

from fourfold.canon import origin_of
from fourfold.errors import ExchangeError, InputError
from fourfold.exchange.budget import BOUNDLESS, Meter
from fourfold.exchange.causes import refused, unreached
from fourfold.exchange.limits import MAX_ANSWER_BYTES, MAX_PAGE_BYTES
from fourfold.exchange.outbound import DIRECT, Outbound
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
    is soon; `sleep` is how one waits. `meter` is what the exchange may cost; None: whatever it takes.
    """

    def __init__(
        self,
        base: str,
        http: httpx.Client,
        sleep: Callable[[float], None] = time.sleep,
        meter: Meter | None = None,
    ) -> None:
        self.base = base.rstrip("/") + "/"
        self._http = http
        self.sleep = sleep
        self.meter = meter or Meter(BOUNDLESS)

    def url(self, target: str) -> str:
        """The absolute address of a path or address at this node.

        Raises:
            ExchangeError: it lies at another origin, or is no address.
        """
        try:
            absolute = urljoin(self.base, target)
            same = origin_of(absolute) == origin_of(self.base)
        except (InputError, ValueError) as error:
            raise ExchangeError(f"{self.base} gives an address that is none.") from error
        if not same:
            raise ExchangeError(f"{self.base} refers to another origin; nothing was sent there.")
        return absolute

    def get(
        self,
        target: str,
        params: Mapping[str, str],
        accept: str,
        headers: Mapping[str, str] | None = None,
        limit: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """Ask for something; `headers` beside those that every request has, `limit` bytes at most come back.

        Raises:
            ExchangeError: not reached, refused, or answered beyond all bounds.
        """
        return self._send(
            self.url(target),
            lambda url: self._request("GET", url, accept, params=dict(params), headers=dict(headers or {})),
            limit,
        )

    def post(
        self,
        target: str,
        body: bytes,
        content_type: str,
        accept: str = "application/json",
        limit: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """Hand something over.

        Raises:
            ExchangeError: not reached, refused, or answered beyond all bounds.
        """
        headers = {"Content-Type": content_type}
        return self._send(
            self.url(target),
            lambda url: self._request("POST", url, accept, content=body, headers=headers),
            limit,
        )

    def _request(self, method: str, url: str, accept: str, **rest: Any) -> httpx.Request:
        rest["headers"] = {"Accept": accept, "Accept-Encoding": "identity", **rest.get("headers", {})}
        return self._http.build_request(method, url, **rest)

    def _send(self, url: str, build: Callable[[str], httpx.Request], limit: int) -> Answer:
        """The answer to a request, which is built, and signed, anew for each try."""
        for _ in range(TRIES - 1):
            answer = self._once(url, build, limit)
            seconds = _asked_to_wait(answer)
            if seconds is None or seconds >= self.meter.left():
                break
            self.sleep(seconds)
        else:
            answer = self._once(url, build, limit)
        if not OK <= answer.status < REDIRECTS:
            raise refused(url, answer.status, answer.headers, answer.body)
        return answer

    def _once(self, url: str, build: Callable[[str], httpx.Request], limit: int) -> Answer:
        self.meter.spend(requests=1)
        try:
            response = self._http.send(build(url), stream=True)
            try:
                return Answer(response.status_code, response.headers, self._body(response, url, limit))
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            self.meter.check()
            raise unreached(url, error) from error

    def _body(self, response: httpx.Response, url: str, limit: int) -> bytes:
        """The body, read piece by piece within bounds of size and time."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise ExchangeError(f"{url} answered compressed, though it was asked not to.")
        self.meter.spend(bytes=sum(len(name) + len(value) for name, value in response.headers.raw))
        deadline, pieces, size = time.monotonic() + ANSWER_SECONDS, [], 0
        for piece in response.iter_bytes():
            size += len(piece)
            self.meter.spend(bytes=len(piece))
            if size > limit:
                raise ExchangeError(f"{url} answered with more than {limit} bytes; nothing was taken.")
            if time.monotonic() > deadline:
                raise ExchangeError(f"{url} took more than {ANSWER_SECONDS:.0f} seconds; try again later.")
            pieces.append(piece)
        return b"".join(pieces)


def open_client(
    auth: httpx.Auth | None, transport: httpx.BaseTransport | None = None, outbound: Outbound = DIRECT
) -> httpx.Client:
    """An HTTP client as a node needs it: signed, patient within bounds, deaf to redirects and environment.

    Raises:
        InputError: the file with certificates cannot be read.
    """
    proxied = bool(outbound.proxy) and transport is None
    return httpx.Client(
        auth=auth,
        transport=transport,
        verify=outbound.context() if transport is None else True,
        proxy=outbound.proxy if proxied else None,
        mounts=outbound.mounts() if proxied else None,
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    )


def _asked_to_wait(answer: Answer) -> float | None:
    """How many seconds a busy server asks us to wait; None: it does not, or too long."""
    text = answer.headers.get("retry-after", "").strip() if answer.status in BUSY else ""
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            seconds = (parsedate_to_datetime(text) - _date(answer)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(seconds, 0.0) if seconds <= PATIENCE_SECONDS else None


def _date(answer: Answer) -> datetime:
    """When the server answered, by its own clock; the same clock wrote the time after which to come back.

    Raises:
        ValueError, OverflowError: it says no time, or one that no calendar has.
    """
    return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
