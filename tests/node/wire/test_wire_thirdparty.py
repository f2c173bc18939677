"""A TAXII client of somebody else's pages through a node over real HTTP; only the signature is ours."""

import requests
from taxii2client.v21 import Server, as_pages

from fourfold.exchange.requests import Message, sign_request
from fourfold.exchange.stix import DEFINITIONS_COLLECTION
from fourfold.node import clock


class Signed(requests.auth.AuthBase):
    """What a third party adds to its client to be let in."""

    def __init__(self, signer, recipient):
        self.signer, self.recipient = signer, recipient

    def __call__(self, request):
        message = Message(request.method, request.url, request.headers)
        sign_request(message, self.recipient, self.signer, clock.now())
        return request


def test_taxii2_client_finds_and_pages_through_all_that_it_may_see(
    node, counterpart, stranger, share, live_server, settings
):
    settings.NODE = type(settings.NODE)(id=node.id, name=node.name, url=live_server.url)
    rows = [share(counterpart, title=f"Incident {number}") for number in range(7)]
    share(stranger)
    server = Server(f"{live_server.url}/taxii2/", auth=Signed(counterpart.who.node, node.id))
    own, shared = server.default.collections
    assert (own.id, shared.id) == (counterpart.shelf_of_node, DEFINITIONS_COLLECTION)
    for get in (own.get_objects, own.get_manifest):
        pages = list(as_pages(get, per_request=3))
        assert [len(page["objects"]) for page in pages] == [3, 3, 1]
        assert [item["id"] for page in pages for item in page["objects"]] == [row.stix_id for row in rows]
    assert own.get_object(rows[0].stix_id)["objects"][0]["name"] == "Incident 0"
    assert len(own.object_versions(rows[0].stix_id)["versions"]) == 1
    assert own.get_objects(added_after="2100-01-01T00:00:00Z") == {}
    assert len(shared.get_objects()["objects"]) == 15
