"""Our TAXII client against somebody else's server: medallion 3.0.0, oddities included, as a process."""

import json
import socket
import subprocess
import sys
import time
import uuid

import httpx
import pytest

from fourfold.errors import ExchangeError
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.paging import Position
from fourfold.exchange.submitting import hand_in, read_status
from fourfold.exchange.taxii import Match, TaxiiClient

COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
READABLE = "52892447-4d7e-4f70-b94d-d7f22742ff63"
API = "trust"


def collection(ref, *, can_write):
    return {
        "id": ref,
        "title": "Shared",
        "can_read": True,
        "can_write": can_write,
        "media_types": ["application/stix+json;version=2.1"],
        "manifest": [],
        "objects": [],
    }


def indicator(number, version="2026-01-01T00:00:00.000Z"):
    value = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.UUID(int=number, version=4)}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": version,
        "pattern": "[file:name = 'x']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    }
    return json.dumps(value).encode()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where a medallion with two empty collections listens."""
    folder = tmp_path_factory.mktemp("medallion")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    information = {
        "title": "Trust",
        "versions": ["application/taxii+json;version=2.1"],
        "max_content_length": 4096,
    }
    data = {
        "/discovery": {"title": "Other", "default": f"{base}/{API}/", "api_roots": [f"{base}/{API}/"]},
        API: {
            "information": information,
            "status": [],
            "collections": [collection(COLLECTION, can_write=True), collection(READABLE, can_write=False)],
        },
    }
    (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
    backend = {
        "module": "medallion.backends.memory_backend",
        "module_class": "MemoryBackend",
        "filename": str(folder / "data.json"),
    }
    config = {"backend": backend, "users": {"reader": "secret"}, "taxii": {"max_page_size": 20}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    script = "import sys; from medallion.scripts.run import main; main()"
    call = [
        sys.executable,
        "-c",
        script,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        str(folder / "config.json"),
    ]
    with (folder / "log").open("wb") as log, subprocess.Popen(call, stdout=log, stderr=log) as process:
        try:
            _wait(port, process)
            yield base
        finally:
            process.terminate()


def _wait(port, process):
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "medallion ended"
        time.sleep(0.1)
    raise AssertionError("medallion does not listen")


@pytest.fixture
def wire(address):
    with open_client(httpx.BasicAuth("reader", "secret")) as http:
        yield Wire(address, http)


@pytest.mark.slow
def test_what_is_handed_in_comes_back_whole_page_by_page(wire):
    client = TaxiiClient(wire)
    root = client.api_root(client.discovery().api_roots[0])
    shared, readable = client.collections(root.url)
    assert (shared.can_write, readable.can_write) == (True, False)
    given = [indicator(number) for number in range(1, 31)]
    statuses = list(hand_in(wire, root, shared, given))
    assert len(statuses) > 1
    assert sum(status.success_count for status in statuses) == len(given)
    assert read_status(wire, root, statuses[0].id).status == "complete"

    ids = [json.loads(item)["id"] for item in given]
    for limit in (4, 7, 100):
        pages = list(client.pages(shared, Position(), limit))
        assert [json.loads(item)["id"] for page in pages for item in page.items] == ids
        manifest = client.manifests(shared, Position(), limit)
        assert [json.loads(item)["id"] for page in manifest for item in page.items] == ids
    last = pages[-1].last
    assert [page.items for page in client.pages(shared, Position(added_after=last))] == [()]

    (newer,) = hand_in(wire, root, shared, [indicator(1, "2026-02-01T00:00:00.000Z")])
    assert newer.success_count == 1
    assert sorted(client.versions(shared, ids[0])) == ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]
    found = [page.items for page in client.one(shared, ids[0], match=Match(versions=("first",)))]
    assert json.loads(found[0][0])["modified"] == "2026-01-01T00:00:00.000Z"
    one = list(client.pages(shared, Position(), match=Match(ids=(ids[3], ids[5]))))
    assert [json.loads(item)["id"] for page in one for item in page.items] == [ids[3], ids[5]]
    (none,) = client.pages(shared, Position(), match=Match(types=("malware",)))
    assert none.items == ()


@pytest.mark.slow
def test_what_it_does_not_have_is_told(wire):
    client = TaxiiClient(wire)
    shared, _ = client.collections(f"{wire.base}{API}/")
    with pytest.raises(ExchangeError, match="404"):
        list(client.one(shared, f"indicator--{uuid.UUID(int=9999, version=4)}"))
    with pytest.raises(ExchangeError, match="404"):
        client.collections(f"{wire.base}elsewhere/")


@pytest.mark.slow
def test_without_a_password_it_says_what_to_do(address):
    with open_client(None) as http, pytest.raises(ExchangeError, match="401"):
        TaxiiClient(Wire(address, http)).discovery()
