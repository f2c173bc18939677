"""Those who ask a node: counterparts by signed requests, third-party clients by their token.

Imported once a node is booted, as its models need settings.
"""

import json
from dataclasses import dataclass
from typing import Any

import httpx
from django.core.wsgi import get_wsgi_application
from wire_places import NODE

from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.nodes import NodeClient
from fourfold.exchange.paging import Position
from fourfold.exchange.requests import SignedRequests
from fourfold.exchange.taxii import MEDIA_TYPE, Collection, TaxiiClient, collection_id
from fourfold.node import clock
from fourfold.node.actions.add_client import AddedClient
from fourfold.node.models import Node, Peer
from fourfold.records.signing import Signer


@dataclass
class Asker:
    """Asks the node under test over its WSGI application, as a counterpart does."""

    http: httpx.Client
    wire: Wire

    @property
    def taxii(self) -> TaxiiClient:
        return TaxiiClient(self.wire)

    @property
    def nodes(self) -> NodeClient:
        return NodeClient(self.wire)

    def shelf(self) -> Collection:
        return self.taxii.collections(self.taxii.discovery().api_roots[0])[0]

    def objects(self, limit: int = 1000) -> list[bytes]:
        return [item for page in self.taxii.pages(self.shelf(), Position(), limit) for item in page.items]

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for something by its address; brackets are encoded, as every client of HTTP does."""
        url = f"{NODE}{path}".replace("[", "%5B").replace("]", "%5D")
        return self.http.get(url, headers={"Accept": MEDIA_TYPE, **headers})


def asker_for(node: Any, signer: Signer | None) -> Asker:

    auth = SignedRequests(signer, node.id, clock.now) if signer else None
    http = open_client(auth, httpx.WSGITransport(app=get_wsgi_application()))
    return Asker(http, Wire(NODE, http))


class Token(httpx.Auth):
    """What a third-party client adds to its requests."""

    def __init__(self, token: str) -> None:
        self.token = token

    def auth_flow(self, request: httpx.Request) -> Any:
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


@dataclass
class ThirdParty(Asker):
    """A third-party TAXII client of the node under test, with its token."""

    added: AddedClient

    @property
    def peer(self) -> Peer:
        return self.added.client.peer

    @property
    def inbox(self) -> str:
        """The address of the objects of its inbox."""
        place = collection_id(self.peer.institution, self.node)
        return f"/taxii2/fourfold/collections/{place}/objects/"

    @property
    def node(self) -> str:
        return Node.objects.get().institution

    def post(self, body: Any, path: str | None = None, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE, **headers}
        return self.http.post(f"{NODE}{path or self.inbox}", content=content, headers=given)
