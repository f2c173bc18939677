"""Why an exchange came to nothing: each cause as an error of its own, with what helps against just that."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx

from fourfold.canon import printable
from fourfold.errors import ExchangeError, InputError
from fourfold.exchange.limits import MAX_PAGE_BYTES
from fourfold.exchange.strict import parse_json

_SHOWN = 300
"""Characters of another's explanation that are shown."""

_MEANING: Mapping[int, str] = {
    400: "it did not understand the request; the two nodes may run different versions",
    401: "it does not know this node's key, or clocks differ; compare `fourfold peer list` on both sides",
    403: "it does not let this node do that",
    404: "it has no such thing for this node",
    405: "what answers there does not do that; check the counterpart's address",
    406: "it does not speak TAXII 2.1",
    407: "the proxy on the way asks who you are; check `proxy` in node.toml",
    408: "the request came too slowly; try again",
    411: "a proxy on the way does not take a request without a length; tell whoever looks after it",
    413: "the request is larger than it takes",
    415: "it does not take this type of content",
    422: "it did not accept the content",
    429: "it was asked too often; wait, then try again",
    502: "a proxy before it answered, which does not reach the node; its operator has to look there",
    503: "it is too busy, or being looked after; wait, then try again",
    504: "a proxy before it answered, as the node was too slow; try again later",
}
_REDIRECTS = range(300, 400)


class AnsweredError(ExchangeError):
    """The other node answered, but not as was hoped; `status` is that of HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class RedirectedError(AnsweredError):
    """What answered leads to another address; a signed request is for one, and goes to no other."""


class NotANodeError(AnsweredError):
    """A web page answered: a proxy, or something that is no node."""


class UntrustedError(ExchangeError):
    """Its certificate is not trusted here; nothing was sent."""


class UnknownHostError(ExchangeError):
    """Its name is not known."""


class UnreachedError(ExchangeError):
    """Nothing listens there, or no way leads there."""


class TooSlowError(ExchangeError):
    """It did not answer in time."""


class ProxyFailedError(ExchangeError):
    """The proxy did not lead there."""


class BrokenOffError(ExchangeError):
    """The exchange broke off in the middle."""


def unreached(url: str, error: Exception) -> ExchangeError:
    """The error for what kept an answer from coming."""
    found = list(_causes(error))
    for each in _WAYS:
        cause = next((one for one in found if isinstance(one, each.raised)), None)
        if cause is not None:
            return each.error(each.told.format(url=url, said=_said(cause)))
    name = type(error).__name__
    return BrokenOffError(f"{url} broke off the exchange ({name}). Try again; nothing is lost.")


def refused(url: str, status: int, headers: Mapping[str, str], body: bytes) -> AnsweredError:
    """The error for an answer that is none of success."""
    if status in _REDIRECTS:
        where = _clean(headers.get("location", "")) or "nowhere"
        return RedirectedError(
            f"{url} answered {status}: it leads to {where}, and nothing was sent there, as a signed request "
            "is for one address. If that is the counterpart's, ask it for an invitation that names it.",
            status,
        )
    meaning = _MEANING.get(status, "it failed; its operator can see why in its log")
    if headers.get("content-type", "").lower().startswith("text/html"):
        return NotANodeError(
            f"{url} answered {status} with a web page: {meaning}. No node answers so: check the address, and "
            "whatever stands on the way.",
            status,
        )
    said, told = _explanation(body), f"{url} answered {status}: {meaning}."
    return AnsweredError(f"{told} It said: {said}" if said else told, status)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which an exchange fails: what is raised, which error it is, what helps."""

    raised: type[BaseException]
    error: type[ExchangeError]
    told: str


_WAYS = (
    _Way(
        ssl.SSLCertVerificationError,
        UntrustedError,
        "{url} shows a certificate that is not trusted here ({said}); nothing was sent. If an authority of "
        "your own or of your counterpart's made it, name that: `ca_file` in node.toml.",
    ),
    _Way(
        ssl.SSLError,
        UntrustedError,
        "{url} does not speak TLS as it should ({said}). Check that the address says https where the port "
        "does, and only there.",
    ),
    _Way(
        httpx.ProxyError,
        ProxyFailedError,
        "The proxy did not lead to {url} ({said}). Check `proxy` in node.toml, and what it lets through.",
    ),
    _Way(
        httpx.ConnectTimeout,
        TooSlowError,
        "{url} did not take the connection in time. Check the address, and that no firewall swallows it, "
        "then try again.",
    ),
    _Way(
        httpx.TimeoutException,
        TooSlowError,
        "{url} did not answer in time. Check that the node runs, then try again; nothing is lost.",
    ),
    _Way(
        socket.gaierror,
        UnknownHostError,
        "The name in {url} is not known ({said}). Check how it is written, and this machine's name service.",
    ),
    _Way(
        httpx.ConnectError,
        UnreachedError,
        "{url} cannot be reached ({said}). Check the address and that the node runs, then try again.",
    ),
)
"""The ways, the narrowest first: the first counts that is among the causes of what was raised."""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _said(error: BaseException) -> str:
    """What the system says of it, without the numbers that mean something to programs only."""
    told = getattr(error, "verify_message", "") or getattr(error, "strerror", None) or str(error)
    return _clean(told) or type(error).__name__


def _explanation(body: bytes) -> str:
    """What a TAXII error message says (TAXII 2.1, section 3.6.1), made safe to show."""
    try:
        said = parse_json(body, MAX_PAGE_BYTES)
    except InputError:
        return ""
    parts = [said.get("title"), said.get("description")] if isinstance(said, dict) else []
    return _clean(" ".join(part for part in parts if isinstance(part, str)))


def _clean(text: str) -> str:
    """A text of somebody else's, made safe to show: short, and only what can be seen."""
    return printable(text[:_SHOWN])
