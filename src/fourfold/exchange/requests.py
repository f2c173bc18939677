"""Signed requests between nodes: RFC 9421 HTTP message signatures with the Ed25519 node key.

Covered are the method, the path, the query, the institution the request is meant for, and the digest of the
body (RFC 9530) where there is one; a nonce and the time are part of what is signed. The institution is named
because a request signed for one counterpart must be of no use at another, wherever its address points.
"""

from collections.abc import Callable, Generator, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from fourfold.canon import new_salt
from fourfold.errors import ExchangeError, SignatureError
from fourfold.records.signing import Signer, raw_key

RECIPIENT_HEADER = "Fourfold-Recipient"
TAG = "fourfold-node"
WINDOW = timedelta(minutes=5)
"""How far the clocks of two nodes may differ; a nonce is remembered for twice as long."""

_COVERED = ("@method", "@path", "@query", RECIPIENT_HEADER.lower())


@dataclass(frozen=True, slots=True)
class Message:
    """What of a request is signed: `url` matters by its path and query only."""

    method: str
    url: str
    headers: MutableMapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Authentic:
    """A request whose signature holds: the node key that made it, and what keeps it from being repeated."""

    key: str
    nonce: str
    created: datetime


def sign_request(message: Message, recipient: str, signer: Signer, now: datetime) -> None:
    """Add to the headers of a request the signature of this node, for one institution.

    Raises:
        ExchangeError: the address is none that can be signed.
    """
    message.headers[RECIPIENT_HEADER] = recipient
    maker = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
    try:
        prepared = maker.prepare(
            message,
            key_id=signer.key,
            created=now,
            nonce=new_salt(),
            label="fourfold",
            tag=TAG,
            covered_component_ids=_COVERED,
            body=message.body or None,
        )
        maker.apply(message, prepared, signer.sign_raw(prepared.signature_base))
    except HTTPMessageSignaturesException as error:
        raise ExchangeError(f"A request to {message.url!r} cannot be signed: {error}.") from error


def verify_request(message: Message, me: str, now: datetime) -> Authentic:
    """The node key that signed a request for this institution; whose key it is, the caller asks.

    The key is taken from the request itself: it proves that its holder sent this, not who that is. The
    caller refuses a nonce that it has seen within twice the window.

    Raises:
        SignatureError: unsigned, changed, meant for another, or outside the window of time.
    """
    try:
        found = _Verifier(now).verify(
            message, max_age=WINDOW, expect_tag=TAG, require_components=_COVERED, body=message.body
        )[0]
    except (HTTPMessageSignaturesException, ValueError, TypeError) as error:
        raise SignatureError(f"The request is not signed as a node signs: {error}.") from error
    if found.covered_components.get(f'"{RECIPIENT_HEADER.lower()}"') != me:
        raise SignatureError("The request is meant for another institution.")
    if not found.nonce:
        raise SignatureError("The request carries no nonce.")
    created = datetime.fromtimestamp(int(found.parameters["created"]), tz=UTC)
    return Authentic(key=str(found.parameters["keyid"]), nonce=found.nonce, created=created)


class SignedRequests(httpx.Auth):
    """Signs every request of an httpx client, for one institution."""

    requires_request_body = True

    def __init__(self, signer: Signer, recipient: str, clock: Callable[[], datetime]) -> None:
        self._signer, self._recipient, self._clock = signer, recipient, clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request, and send it once."""
        message = Message(request.method, str(request.url), request.headers, request.content)
        sign_request(message, self._recipient, self._signer, self._clock())
        yield request


def own_url(path: str, query: str) -> str:
    """The absolute form of a request's target, as the signature library asks for; the host is not signed."""
    return urlsplit(f"http://node{path}")._replace(query=query).geturl()


class _Verifier(HTTPMessageVerifier):
    """The library's verifier with our clock: it would read its own."""

    def __init__(self, now: datetime) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=_SelfNamed())
        self._now = now

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Hold the signed time against the given moment (RFC 9421, section 3.2)."""
        created = sig_input.params.get("created")
        if type(created) is not int:
            raise HTTPMessageSignaturesException("the signature carries no time")
        distance = abs(created - self._now.timestamp())
        if max_age is None or distance > max_age.total_seconds():
            raise HTTPMessageSignaturesException(
                "its time is too far from this node's clock; set both clocks, then try again"
            )


class _SelfNamed(HTTPSignatureKeyResolver):
    """The key id is the public key."""

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(raw_key(key_id))
