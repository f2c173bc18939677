"""Who is asking: nothing is answered before that is known.

A counterpart proves itself by a signed request (RFC 9421) of its delegated node key, a third-party client
by its bearer token (RFC 6750; or as the password of RFC 7617, for tools that know nothing else). What a
caller may see follows from the caller, never from the way.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest

from fourfold.errors import SignatureError
from fourfold.exchange.limits import MAX_POST_BYTES
from fourfold.exchange.requests import WINDOW, Authentic, Message, own_url, verify_request
from fourfold.node import clock
from fourfold.node.asking import length_said
from fourfold.node.keyrings import note_refused, ring_of
from fourfold.node.models import Client, KeyProof, Peer, RequestNonce
from fourfold.node.possession import UNPROVED, claiming
from fourfold.node.tokens import LONGEST, token_digest

USED = timedelta(hours=1)
"""How exactly the last use of a token is noted."""

_PATH = "/:@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Caller:
    """A counterpart that proved itself, or a third-party client (`client`), which is one of its own."""

    peer: Peer
    client: Client | None = None


class TooLargeBodyError(Exception):
    """The request's body is larger than a node reads; it was not read."""


class StatusError(Exception):
    """An answer other than success, by its HTTP status; `description` is what the caller may know."""

    def __init__(self, status: int, description: str = "") -> None:
        self.status, self.description = status, description
        super().__init__(description)


def identify(request: HttpRequest) -> Caller:
    """The caller behind a request.

    Raises:
        SignatureError: nobody that this node knows.
        TooLargeBodyError: the body is too large to be looked at.
    """
    refuse_larger(request, MAX_POST_BYTES)
    now = clock.now()
    for way in WAYS:
        caller = way(request, now)
        if caller is not None:
            return caller
    raise SignatureError("The request proves no caller.")


def refuse_larger(request: HttpRequest, most: int) -> None:
    """Refuse a body of more bytes than these, unread.

    Raises:
        TooLargeBodyError: it is larger.
    """
    if length_said(request.headers.get("Content-Length") or "0") > most:
        raise TooLargeBodyError


def by_node_key(request: HttpRequest, now: datetime) -> Caller | None:
    """The counterpart whose node key signed the request; None: the request is not signed."""
    if "Signature-Input" not in request.headers:
        return None
    found = _authentic(request, now)
    peer = _peer(found.key, now)
    _use_once(found, now)
    return Caller(peer)


def key_behind(request: HttpRequest) -> str | None:
    """The key that signed a request for this institution, body and all, whoever's it is; None: none did."""
    if "Signature-Input" not in request.headers:
        return None
    try:
        return _authentic(request, clock.now()).key
    except SignatureError:
        return None


def _authentic(request: HttpRequest, now: datetime) -> Authentic:
    url = own_url(quote(request.path, safe=_PATH), request.META.get("QUERY_STRING", ""))
    message = Message(request.META["REQUEST_METHOD"], url, dict(request.headers), request.body)
    return verify_request(message, settings.NODE.id, now)


def by_token(request: HttpRequest, now: datetime) -> Caller | None:
    """The third-party client whose token came with the request; None: none came."""
    given = request.headers.get("Authorization")
    if given is None:
        return None
    digest = token_digest(_token(given))
    client = Client.objects.select_related("peer").filter(token=digest, revoked=None, expires__gt=now).first()
    if client is None:
        raise SignatureError("No client has this token, or it counts no more.")
    if client.last_used is None or client.last_used < now - USED:
        Client.objects.filter(pk=client.pk).update(last_used=now)
    return Caller(client.peer, client)


def _token(header: str) -> str:
    """The token in an Authorization header; with Basic it is the password, and the user name says nothing."""
    scheme, _, text = header.partition(" ")
    text = text.strip()
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(text, validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            text = ""
    elif scheme.lower() not in {"bearer", "token"}:  # taxii2-client's TokenAuth writes Token
        text = ""
    if not 0 < len(text) <= LONGEST or not text.isascii():
        raise SignatureError("The Authorization header holds no token.")
    return text


def _peer(key: str, now: datetime) -> Peer:
    """The counterpart for which this very key has signed; who merely says that it is its own, is nobody."""
    shown = KeyProof.objects.filter(key=key).values("institution")
    peer = Peer.objects.filter(client=None, pk__in=shown).first()
    if peer is not None and key in ring_of(peer).acting(now):
        return peer
    if peer is not None:
        note_refused(peer, "request", now)
    for each in claiming(key) if peer is None else ():
        note_refused(each, UNPROVED, now)
    raise SignatureError("No counterpart has this node key.")


def _use_once(found: Authentic, now: datetime) -> None:
    """Remember the nonce; one that was used before is a repeated request.

    A single statement: whoever asks need not wait for whoever writes.
    """
    _forget(now)
    try:
        RequestNonce.objects.create(key=found.key, nonce=found.nonce[:64], created=found.created)
    except IntegrityError as error:
        raise SignatureError("The request was made before.") from error


def _forget(now: datetime) -> None:
    """Forget the nonces of requests that are too old to be repeated; once in a window is enough."""
    old = RequestNonce.objects.filter(created__lt=now - 2 * WINDOW)
    if old.filter(created__lt=now - 3 * WINDOW).exists():
        old.delete()


WAYS: tuple[Callable[[HttpRequest, datetime], Caller | None], ...] = (by_node_key, by_token)
"""The ways to prove oneself, tried in order."""
