"""Other people's software against a node over real HTTP: taxii2-client, stix2-validator, misp-stix."""

import json
import subprocess
import sys

import pytest
import requests
from taxii2client.common import TokenAuth
from taxii2client.exceptions import AccessError
from taxii2client.v21 import Server, as_pages

from fourfold.exchange.requests import Message, sign_request
from fourfold.exchange.stix import DEFINITIONS_COLLECTION
from fourfold.node import clock
from fourfold.node.actions.hand_out import hand_out
from fourfold.node.models import Submitted
from fourfold.node.releasing import take_back
from fourfold.records.markings import Tlp


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
    assert len(shared.get_objects()["objects"]) == 16


@pytest.fixture
def served(node, live_server, settings):
    """The address of the node, which says the same of itself."""
    settings.NODE = type(settings.NODE)(id=node.id, name=node.name, url=live_server.url)
    return f"{live_server.url}/taxii2/"


@pytest.mark.parametrize("way", ["token", "password"])
@pytest.mark.usefixtures("counterpart")
def test_taxii2_client_needs_nothing_but_its_token(let_in, offered, served, way):
    third = let_in()
    rows = [offered(third, title=f"Incident {number}") for number in range(7)]
    hand_out(third.peer, [rows[3].pk])
    take_back(rows[3].release, "mistake", "tester", clock.now())
    token = third.added.token
    server = (
        Server(served, auth=TokenAuth(token)) if way == "token" else Server(served, user="x", password=token)
    )
    own, _ = server.default.collections
    expected = [row.stix_id for row in (*rows[:3], *rows[4:], rows[3])]
    for get in (own.get_objects, own.get_manifest):
        pages = list(as_pages(get, per_request=3))
        assert [item["id"] for page in pages for item in page["objects"]] == expected
    assert own.get_objects(id=rows[3].stix_id)["objects"][0]["revoked"] is True
    assert len(own.object_versions(rows[0].stix_id)["versions"]) == 1
    with pytest.raises(AccessError):
        own.delete_object(rows[0].stix_id)


@pytest.mark.usefixtures("counterpart")
def test_taxii2_client_hands_in_and_reads_the_status(let_in, served):
    third = let_in(may_submit=True)
    server = Server(served, auth=TokenAuth(third.added.token))
    *_, inbox = server.default.collections
    assert (inbox.can_read, inbox.can_write) == (False, True)
    with pytest.raises(AccessError):
        inbox.get_objects()
    item = {"type": "x-thing", "id": "x-thing--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10", "spec_version": "2.1"}
    status = inbox.add_objects({"objects": [item, {"type": "?"}]}, timeout=10)
    assert (status.status, status.success_count, status.failure_count) == ("complete", 1, 1)
    status.refresh()
    assert status.failures[0]["message"]


@pytest.mark.usefixtures("counterpart")
def test_stix2_validator_passes_in_strict_mode_all_that_a_node_emits(
    counterpart, ask, share, let_in, offered
):
    import stix2validator  # noqa: PLC0415  its import builds 38 grammars: only who uses it waits

    third, peer = let_in(), ask(counterpart.who.node)
    rows = [offered(third, title=f"Incident {number}") for number in range(2)]
    rows += [share(counterpart, title="Full", date="2018-03"), share(counterpart, description="y" * 5_000)]
    third.objects()
    take_back(rows[0].release, "mistake", "tester", clock.now())
    found = []
    for reader in (third, peer):
        for each in json.loads(reader.get("/taxii2/fourfold/collections/").content)["collections"]:
            place = f"/taxii2/fourfold/collections/{each['id']}/objects/?match[version]=all"
            found += json.loads(reader.get(place).content).get("objects", [])
    assert len(found) == 2 * 16 + 4
    options = stix2validator.ValidationOptions(strict=True, version="2.1")
    for item in found:
        errors = [str(error) for error in stix2validator.validate_instance(item, options).errors]
        if item["type"] == "identity" and item["name"] == "Own":  # its UUID follows from its key (version 5)
            assert len(errors) == 1
            assert "is not a valid UUIDv4 ID" in errors.pop()
        assert errors == []


IMPORT = """
import json, sys, stix2
from misp_stix_converter import ExternalSTIX2toMISPParser
parser = ExternalSTIX2toMISPParser()
parser.load_stix_bundle(stix2.parse(json.load(sys.stdin), allow_custom=True))
parser.parse_stix_bundle()
errors = sorted({text for found in parser.errors.values() for text in found})
print(json.dumps({"errors": errors, "event": json.loads(parser.misp_event.to_json())}))
"""
EXPORT = """
import json
from pymisp import MISPEvent
from misp_stix_converter import MISPtoSTIX21Parser
event = MISPEvent()
event.from_dict(uuid="3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10", info="A drone", timestamp=1767225600)
event.add_tag("tlp:amber")
event.add_attribute("domain", "example.org", uuid="7c1c3e0e-6f7b-4b1e-8d50-5c8cf0c9d0a1")
parser = MISPtoSTIX21Parser()
parser.parse_misp_event(event.to_dict())
print(parser.bundle.serialize())
"""


def elsewhere(script, value=None):
    """What somebody else's library makes of something, in a process of its own: its imports warn."""
    call = [sys.executable, "-c", script]
    done = subprocess.run(call, input=json.dumps(value), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.usefixtures("counterpart")
def test_misp_stix_imports_what_misp_has_types_for(node, let_in, offered):
    """MISP knows identities and markings; `incident` it has no such type (2026.10)."""
    third = let_in()
    offered(third)
    emitted = []
    for each in json.loads(third.get("/taxii2/fourfold/collections/").content)["collections"]:
        place = f"/taxii2/fourfold/collections/{each['id']}/objects/"
        emitted += json.loads(third.get(place).content)["objects"]
    bundle = {"type": "bundle", "id": f"bundle--{node.id[10:]}", "objects": emitted}
    found = elsewhere(IMPORT, bundle)
    assert {text.rpartition(": ")[2] for text in found["errors"]} == {"incident"}
    tags = {tag["name"] for tag in found["event"]["Tag"]}
    assert {"tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red"} <= tags


@pytest.mark.slow
@pytest.mark.usefixtures("counterpart")
def test_what_misp_exports_comes_into_the_inbox_with_its_tlp_1_markings_understood(let_in):
    third = let_in(may_submit=True)
    exported = elsewhere(EXPORT)["objects"]
    status = json.loads(third.post({"objects": exported}).content)
    assert (status["failure_count"], status["failures"]) == (0, [])
    kept = {row.type: row for row in Submitted.objects.all()}
    marked = [row for row in kept.values() if row.tlp == Tlp.AMBER.value and not row.notes]
    assert "indicator" in kept or "grouping" in kept or "report" in kept
    assert marked, {kind: (row.tlp, row.notes) for kind, row in kept.items()}
