"""The OpenAPI document of the TAXII server, and a node that does what it says, by schemathesis."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.urls import get_resolver

from fourfold.exchange.stix import DEFINITIONS_COLLECTION
from fourfold.exchange.taxii import collection_id

FILE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "taxii.openapi.yaml"
NOWHERE = "3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"


def read_document():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))  # noqa: TID251  a document of ours, not an input


@pytest.mark.usefixtures("node")
def test_every_address_of_the_taxii_server_is_described_and_no_other():
    document = read_document()
    names = {"wanted": {"status": "{status}", "objects": "{object}"}, "collection": "{collection}"}
    served = set()
    for pattern in get_resolver("fourfold.node.wire.urls").url_patterns:
        parts = str(pattern.pattern).split("/")
        if parts[0] == "taxii2":
            for place, part in enumerate(parts):
                if part == "<str:collection>":
                    parts[place] = names["collection"]
                if part == "<str:wanted>":
                    parts[place] = names["wanted"][parts[place - 1]]
            served.add("/" + "/".join(parts))
    assert set(document["paths"]) == served


@pytest.mark.slow
@pytest.mark.usefixtures("counterpart")
def test_schemathesis_finds_nothing(node, let_in, offered, live_server, settings, tmp_path):
    document = read_document()
    settings.NODE = type(settings.NODE)(id=node.id, name=node.name, url=live_server.url)
    third = let_in(may_submit=True)
    rows = [offered(third, title=f"Incident {number}") for number in range(3)]
    own, inbox = (collection_id(*pair) for pair in ((node.id, third.peer.pk), (third.peer.pk, node.id)))
    given = json.loads(third.post({"objects": [{}]}).content)["id"]
    cursor = json.loads(third.get(f"/taxii2/fourfold/collections/{own}/objects/?limit=1").content)["next"]
    known = {
        "collection": [own, DEFINITIONS_COLLECTION, inbox, NOWHERE],
        "object": [rows[0].stix_id, node.id],
        "next": [cursor],
    }
    for name, values in known.items():
        document["components"]["parameters"][name]["schema"] = {"type": "string", "enum": values}
    document["paths"]["/taxii2/fourfold/status/{status}/"]["parameters"][0]["schema"]["enum"] = [
        given,
        NOWHERE,
    ]
    described = tmp_path / "openapi.yaml"
    described.write_text(yaml.safe_dump(document), encoding="utf-8")
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "run", described),
            *("--url", live_server.url, "--header", f"Authorization: Bearer {third.added.token}"),
            *("--checks", "all", "--max-examples", "5", "--seed", "1", "--workers", "1", "--no-color"),
        ],
        capture_output=True,
        text=True,
        timeout=500,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
