"""What a TAXII Server (TXS) must do by OASIS, TAXII 2.1 Interoperability Test Document 1.0 (CSD01).

The document is prose; here is each of its subjects as a test: authentication, discovery, API root,
collections without permission, objects, one object, manifest, versions, status, filters, paging, errors,
custom properties.
"""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from fourfold.exchange.limits import MAX_POST_BYTES
from fourfold.exchange.taxii import MEDIA_TYPE
from fourfold.node import clock, keeping
from fourfold.node.models import Peer
from fourfold.node.releasing import release

pytestmark = pytest.mark.usefixtures("counterpart")
ROOT = "/taxii2/fourfold/"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NOWHERE = "3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"
ABSENT = f"incident--{NOWHERE}"


def indicator(**changes):
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid5(uuid.NAMESPACE_URL, str(changes))}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "pattern": "[file:name = 'x']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
        **changes,
    }


@pytest.fixture
def third(let_in):
    return let_in(may_submit=True)


@pytest.fixture
def place(third):
    return f"{ROOT}collections/{third.shelf().id}/"


@pytest.fixture
def rows(third, offered):
    return [offered(third, title=f"Incident {number}") for number in range(5)]


def edited(row, title):
    record = keeping.latest(row.source.record).content()
    payload = {**record.payload, "title": title}
    update = {"version": record.version + 1, "modified": clock.now(), "payload": payload}
    kept = keeping.add(record.model_copy(update=update), actor="tester", title=title)
    return release(kept, Peer.objects.get(pk=row.peer_id), "tester", clock.now())


def test_without_credentials_every_endpoint_asks_for_them(third, ask):
    shelf = third.shelf().id
    for path in ("/taxii2/", ROOT, f"{ROOT}collections/", f"{ROOT}collections/{shelf}/objects/"):
        answer = ask(None).get(path)
        assert answer.status_code == 401
        assert 'Basic realm="' in answer.headers["WWW-Authenticate"]
        assert json.loads(answer.content)["http_status"] == "401"


def test_discovery_names_its_title_and_api_roots(third):
    found = json.loads(third.get("/taxii2/").content)
    assert found["title"]
    assert found["default"] in found["api_roots"]


def test_an_api_root_names_its_title_versions_and_how_much_it_takes(third):
    found = json.loads(third.get(ROOT).content)
    assert found["title"]
    assert found["versions"] == [MEDIA_TYPE]
    assert found["max_content_length"] == MAX_POST_BYTES


def test_collections_say_what_one_may_do_there(third):
    found = json.loads(third.get(f"{ROOT}collections/").content)["collections"]
    rights = [(each["can_read"], each["can_write"]) for each in found]
    assert rights == [(True, False), (True, False), (False, True)]
    for each in found:
        assert uuid.UUID(each["id"]).version == 4 or each["id"]
        assert each["title"]
        assert each["media_types"] == ["application/stix+json;version=2.1"]
        assert json.loads(third.get(f"{ROOT}collections/{each['id']}/").content) == each


@pytest.mark.parametrize(
    "rest", ["", "objects/", "manifest/", f"objects/{ABSENT}/", f"objects/{ABSENT}/versions/"]
)
def test_a_collection_that_does_not_exist_is_not_found(third, rest):
    answer = third.get(f"{ROOT}collections/{NOWHERE}/{rest}")
    assert (answer.status_code, json.loads(answer.content)["http_status"]) == (404, "404")


@pytest.mark.parametrize("rest", [f"objects/{ABSENT}/", f"objects/{ABSENT}/versions/"])
def test_an_object_that_does_not_exist_is_not_found(third, place, rest):
    assert third.get(f"{place}{rest}").status_code == 404


@pytest.mark.parametrize("rest", ["", f"{ABSENT}/", f"{ABSENT}/versions/"])
def test_what_may_only_be_written_is_not_read(third, rest):
    assert third.get(f"{third.inbox}{rest}").status_code == 403
    assert third.get(third.inbox.replace("/objects/", "/manifest/")).status_code == 403


def test_what_may_only_be_read_is_not_written(third, place):
    assert third.post({"objects": [indicator()]}, f"{place}objects/").status_code == 403


@pytest.mark.parametrize("query", ["", "?match[version]=all", "?match[spec_version]=2.1"])
def test_nothing_is_deleted_from_outside_as_no_collection_can_be_read_and_written(third, place, rows, query):
    for where in (
        f"{place}objects/{rows[0].stix_id}/",
        f"{place}objects/{ABSENT}/",
        f"{third.inbox}{ABSENT}/",
    ):
        answer = third.http.delete(f"http://node.example{where}{query}", headers={"Accept": MEDIA_TYPE})
        assert (answer.status_code, answer.headers["Content-Type"]) == (403, MEDIA_TYPE)
    assert third.get(f"{place}objects/{rows[0].stix_id}/").status_code == 200


def test_objects_come_with_the_times_at_which_they_were_added(third, place, rows):
    answer = third.get(f"{place}objects/?limit=2")
    found = json.loads(answer.content)
    assert [item["id"] for item in found["objects"]] == [row.stix_id for row in rows[:2]]
    assert found["more"] is True
    assert found["next"]
    for name, row in (("First", rows[0]), ("Last", rows[1])):
        text = answer.headers[f"X-TAXII-Date-Added-{name}"]
        assert TIMESTAMP.fullmatch(text)
        assert datetime.fromisoformat(text) == row.date_added


def test_added_after_is_exclusive(third, place, rows):
    stamp = third.get(f"{place}objects/?limit=3").headers["X-TAXII-Date-Added-Last"]
    rest = json.loads(third.get(f"{place}objects/?added_after={stamp}").content)
    assert [item["id"] for item in rest["objects"]] == [row.stix_id for row in rows[3:]]
    early = (
        (rows[0].date_added - timedelta(microseconds=1)).astimezone(UTC).isoformat().replace("+00:00", "Z")
    )
    assert len(json.loads(third.get(f"{place}objects/?added_after={early}").content)["objects"]) == 5


@pytest.mark.parametrize("endpoint", ["objects", "manifest"])
def test_pages_end_and_say_so(third, place, rows, endpoint):
    seen, query = [], "limit=2"
    for _ in range(3):
        body = json.loads(third.get(f"{place}{endpoint}/?{query}").content)
        seen += [item["id"] for item in body["objects"]]
        query = f"limit=2&next={body.get('next')}"
    assert seen == [row.stix_id for row in rows]
    assert body["more"] is False
    assert "next" not in body


def test_a_manifest_names_every_version_with_its_date(third, place, rows):
    record = json.loads(third.get(f"{place}manifest/").content)["objects"][0]
    assert set(record) == {"id", "date_added", "version", "media_type"}
    assert TIMESTAMP.fullmatch(record["date_added"])
    assert record["id"] == rows[0].stix_id


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("match[version]=last", ["New"]),
        ("match[version]=first", ["Incident 0"]),
        ("match[version]=all", ["Incident 0", "New"]),
        ("match[version]=first,last", ["Incident 0", "New"]),
        ("match[version]={old}", ["Incident 0"]),
        ("match[version]={old},{new}", ["Incident 0", "New"]),
        ("match[version]={old},last", ["Incident 0", "New"]),
        ("match[spec_version]=2.1", ["New"]),
        ("match[spec_version]=2.0", []),
        ("match[spec_version]=2.0,2.1", ["New"]),
    ],
)
def test_versions_are_filtered_as_asked(third, place, rows, query, titles):
    changed = edited(rows[0], "New")
    old, new = (json.loads(bytes(row.wire))["modified"] for row in (rows[0], changed))
    asked = query.format(old=old, new=new)
    one = json.loads(third.get(f"{place}objects/{rows[0].stix_id}/?{asked}").content)
    every = json.loads(third.get(f"{place}objects/?match[id]={rows[0].stix_id}&{asked}").content)
    assert [item["name"] for item in one.get("objects", [])] == titles
    assert [item["name"] for item in every.get("objects", [])] == titles


def test_versions_of_one_object_are_paged(third, place, rows):
    for number in range(4):
        edited(rows[0], f"New {number}")
    where = f"{place}objects/{rows[0].stix_id}/versions/"
    first = third.get(f"{where}?limit=3")
    body = json.loads(first.content)
    assert (len(body["versions"]), body["more"]) == (3, True)
    after = first.headers["X-TAXII-Date-Added-Last"]
    for way in (f"next={body['next']}", f"added_after={after}"):
        rest = json.loads(third.get(f"{where}?{way}").content)
        assert (len(rest["versions"]), rest["more"]) == (2, False)
        assert set(rest["versions"]).isdisjoint(body["versions"])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("match[type]=incident", 5),
        ("match[type]=incident,indicator", 5),
        ("match[type]=indicator", 0),
        ("match[id]={0},{1}", 2),
        ("match[id]={0}&match[type]=indicator", 0),
        ("match[id]={0}&match[type]=incident", 1),
        (f"match[id]={ABSENT}", 0),
    ],
)
@pytest.mark.parametrize("endpoint", ["objects", "manifest"])
def test_values_of_a_filter_are_alternatives_and_filters_add_up(third, place, rows, endpoint, query, count):
    asked = query.format(*(row.stix_id for row in rows))
    answer = third.get(f"{place}{endpoint}/?{asked}")
    assert (answer.status_code, len(json.loads(answer.content).get("objects", []))) == (200, count)


@pytest.mark.parametrize(
    "query",
    [
        "match[type]=incident&match[type]=indicator",
        "match[id]=x&match[id]=y",
        "match[version]=last&match[version]=first",
        "limit=0",
        "limit=none",
        "added_after=2026",
        "next=unknown",
    ],
)
def test_a_query_that_makes_no_sense_is_bad(third, place, query):
    answer = third.get(f"{place}objects/?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, MEDIA_TYPE)
    assert json.loads(answer.content)["title"]


@pytest.mark.parametrize("accept", ["application/taxii+json;version=2.0", "application/json", "text/html"])
def test_other_media_types_are_not_acceptable(third, place, accept):
    for where in ("/taxii2/", ROOT, f"{ROOT}collections/", place, f"{place}objects/", f"{place}manifest/"):
        assert third.get(where, Accept=accept).status_code == 406
    assert third.post({"objects": [indicator()]}, Accept=accept).status_code == 406


def test_what_is_handed_in_gets_a_status_that_can_be_asked_for_again(third):
    given = [indicator(name="One"), indicator(name="Two")]
    answer = third.post({"objects": given, "x_custom": "kept out"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (202, MEDIA_TYPE)
    status = json.loads(answer.content)
    assert status["status"] == "complete"
    assert TIMESTAMP.fullmatch(status["request_timestamp"])
    assert (status["total_count"], status["success_count"]) == (2, 2)
    assert (status["failure_count"], status["pending_count"]) == (0, 0)
    assert [each["id"] for each in status["successes"]] == [each["id"] for each in given]
    assert {each["version"] for each in status["successes"]} == {"2026-01-01T00:00:00.000Z"}
    again = third.get(f"{ROOT}status/{status['id']}/")
    assert (again.status_code, json.loads(again.content)) == (200, status)


def test_custom_properties_and_kinds_are_taken(third):
    given = indicator(x_custom={"deep": [1, 2.5, None]})
    custom = {**indicator(), "type": "x-new-kind", "id": f"x-new-kind--{NOWHERE}"}
    status = json.loads(third.post({"objects": [given, custom]}).content)
    assert (status["success_count"], status["failure_count"]) == (2, 0)


def test_a_status_is_its_senders_alone(third, let_in, asker):
    status = json.loads(third.post({"objects": [indicator()]}).content)["id"]
    other = let_in("Other", may_submit=True)
    nowhere = other.get(f"{ROOT}status/{NOWHERE}/")
    assert nowhere.status_code == 404
    for stranger in (other, asker):
        answer = stranger.get(f"{ROOT}status/{status}/")
        assert (answer.status_code, answer.content) == (404, nowhere.content)


@pytest.mark.parametrize(
    "given",
    ["application/json", "application/stix+json;version=2.1", "application/taxii+json;version=2.0", ""],
)
def test_other_content_is_an_unsupported_media_type(third, given):
    assert third.post({"objects": [indicator()]}, **{"Content-Type": given}).status_code == 415


def test_what_is_larger_than_announced_is_too_large(third):
    limit = json.loads(third.get(ROOT).content)["max_content_length"]
    assert third.post(b" " * (limit + 1)).status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"{}", b'{"objects": []}', b'{"objects": {}}', b"\xff"]
)
def test_what_is_no_envelope_is_bad(third, body):
    answer = third.post(body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, MEDIA_TYPE)


@pytest.mark.parametrize(
    "path", ["/taxii2/x/", "/taxii2/fourfold/x/", "/taxii2/fourfold/collections/x/y/", "/taxii2/x"]
)
def test_what_there_is_not_is_not_found(third, path):
    assert third.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/taxii2/", ROOT, f"{ROOT}collections/"])
def test_a_method_that_an_endpoint_does_not_have_is_told_with_those_that_it_has(third, path):
    answer = third.http.put(f"http://node.example{path}", headers={"Accept": MEDIA_TYPE})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "HEAD, GET")
