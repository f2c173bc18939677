"""The TAXII server, asked by a simulated counterpart over the node's own WSGI application."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.db import connection
from effort import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourfold.agreements import end as ended
from fourfold.exchange.paging import Position
from fourfold.exchange.stix import DEFINITIONS_COLLECTION, definitions, read_object, taxii_time
from fourfold.exchange.taxii import MEDIA_TYPE, Collection
from fourfold.node import clock, keeping
from fourfold.node.agreeing import record_ending
from fourfold.node.models import Agreement, Event, Peer, RecordVersion, ReleaseState, ReleaseVersion, Tag
from fourfold.node.releasing import release, take_back
from fourfold.node.wire import shelves
from fourfold.node.wire.queries import Query, cursor, read_cursor
from fourfold.records.signing import Signer

ROOT = "/taxii2/fourfold/"


def ids(wires):
    return [json.loads(wire)["id"] for wire in wires]


def path(collection, rest=""):
    return f"{ROOT}collections/{collection}/{rest}"


def test_what_is_released_is_collected_as_it_was_signed(node, counterpart, asker, share):
    row = share(counterpart)
    assert asker.objects() == [bytes(row.wire)]
    found = read_object(asker.objects()[0])
    found.check(node.node.key)
    assert b"CANARY" not in found.wire


def test_discovery_leads_to_one_collection_of_its_own_and_the_definitions(counterpart, asker):
    assert asker.taxii.discovery().api_roots == ("http://node.example/taxii2/fourfold/",)
    root = json.loads(asker.get(ROOT).content)
    assert root["versions"] == [MEDIA_TYPE]
    own, shared = asker.taxii.collections(asker.taxii.discovery().api_roots[0])
    assert (own.id, shared.id) == (counterpart.shelf_of_node, DEFINITIONS_COLLECTION)
    described = json.loads(asker.get(path(own.id)).content)
    assert (described["can_read"], described["can_write"]) == (True, False)


def test_everything_answered_is_of_the_media_type_and_is_not_kept_by_caches(asker):
    for place in ("/taxii2/", ROOT, f"{ROOT}collections/"):
        answer = asker.get(place)
        assert answer.headers["Content-Type"] == MEDIA_TYPE
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_give_everything_once_and_in_order(counterpart, asker, share, limit):
    rows = [share(counterpart, title=f"Incident {number}") for number in range(7)]
    assert asker.objects(limit) == [bytes(row.wire) for row in rows]


def test_the_same_cursor_gives_the_same_page(counterpart, asker, share):
    rows = [share(counterpart, title=f"Incident {number}") for number in range(5)]
    shelf = asker.shelf()
    first = asker.taxii.objects(shelf, Position(), 2)
    again = [asker.taxii.objects(shelf, Position(next=first.next), 2) for _ in range(3)]
    assert [page.items for page in again] == [tuple(bytes(row.wire) for row in rows[2:4])] * 3
    share(counterpart, title="Later")
    assert asker.taxii.objects(shelf, Position(next=first.next), 2).items == again[0].items


def test_the_time_of_the_last_object_is_as_good_as_the_cursor(counterpart, asker, share):
    rows = [share(counterpart, title=f"Incident {number}") for number in range(5)]
    shelf = asker.shelf()
    page = asker.taxii.objects(shelf, Position(), 2)
    assert (page.first, page.last) == (rows[0].date_added, rows[1].date_added)
    rest = asker.taxii.objects(shelf, Position(added_after=page.last))
    assert rest.items == tuple(bytes(row.wire) for row in rows[2:])
    both = asker.taxii.objects(shelf, Position(next=page.next, added_after=rows[3].date_added))
    assert both.items == (bytes(rows[4].wire),)


def test_an_empty_poll_is_an_empty_object(counterpart, asker, share):
    row = share(counterpart)
    answer = asker.get(path(asker.shelf().id, "objects/"))
    assert json.loads(answer.content)["more"] is False
    empty = asker.http.get(
        f"http://node.example{path(asker.shelf().id, 'objects/')}",
        params={"added_after": row.date_added.isoformat().replace("+00:00", "Z")},
        headers={"Accept": MEDIA_TYPE},
    )
    assert (empty.status_code, empty.content) == (200, b"{}")
    assert "X-TAXII-Date-Added-Last" not in empty.headers


def test_a_manifest_lists_without_content_and_has_a_cursor(counterpart, asker, share):
    rows = [share(counterpart, title=f"Incident {number}") for number in range(5)]
    pages = list(asker.taxii.manifests(asker.shelf(), Position(), 2))
    assert [len(page.items) for page in pages] == [2, 2, 1]
    found = [json.loads(item) for page in pages for item in page.items]
    assert [item["id"] for item in found] == [row.stix_id for row in rows]
    assert set(found[0]) == {"id", "date_added", "version", "media_type"}
    assert found[0]["version"] == json.loads(bytes(rows[0].wire))["modified"]


def test_objects_of_another_and_objects_that_are_not_there_look_the_same(counterpart, stranger, ask, share):
    row, other = share(counterpart), share(stranger)
    asker = ask(stranger.who.node)
    assert asker.objects() == [bytes(other.wire)]
    absent = "incident--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"
    hidden = counterpart.shelf_of_node
    nowhere = "3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"
    for rest in (
        "",
        "objects/",
        "manifest/",
        f"objects/{row.stix_id}/",
        f"objects/{row.stix_id}/versions/",
        "x/y",
    ):
        one, two = asker.get(path(hidden, rest)), asker.get(path(nowhere, rest))
        assert (one.status_code, one.content, dict(one.headers)) == (404, two.content, dict(two.headers))
    own = asker.shelf().id
    for rest in ("objects/{}/", "objects/{}/versions/"):
        one, two = (asker.get(path(own, rest.format(each))) for each in (row.stix_id, absent))
        assert (one.status_code, one.content, dict(one.headers)) == (404, two.content, dict(two.headers))
    for name in ("match[id]", "match[type]"):
        one, two = (asker.get(f"{path(own, 'objects/')}?{name}={each}") for each in (row.stix_id, absent))
        assert (one.status_code, one.content) == (200, two.content)


PLACES = [
    "/taxii2/",
    ROOT,
    f"{ROOT}collections/",
    path("x"),
    path("x", "objects/"),
    "/exchange/v1/log",
    "/taxii2/zzz",
]


@pytest.mark.parametrize("place", PLACES)
def test_nobody_unknown_learns_anything(node, counterpart, ask, place):
    answers = [
        asker.get(place) for asker in (ask(None), ask(Signer.generate()), ask(counterpart.who.institution))
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert "WWW-Authenticate" in answers[0].headers
    assert node.name.encode() not in answers[0].content


def test_a_key_counts_only_while_it_is_delegated(asker, monkeypatch):
    assert asker.get("/taxii2/").status_code == 200
    later = clock.now() + timedelta(days=366)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert asker.get("/taxii2/").status_code == 401


def test_a_request_is_answered_once(asker):
    sent = []
    asker.http.event_hooks["request"] = [sent.append]
    assert asker.get("/taxii2/").status_code == 200
    with httpx.Client(transport=asker.http._transport) as plain:
        again = plain.request(sent[0].method, sent[0].url, headers=sent[0].headers)
    assert again.status_code == 401


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("match[type]=incident", 3),
        ("match[type]=indicator,incident", 3),
        ("match[type]=indicator", 0),
        ("match[spec_version]=2.1", 3),
        ("match[spec_version]=2.0,2.1", 3),
        ("match[spec_version]=2.0", 0),
        ("match[version]=last", 3),
        ("match[version]=first", 3),
        ("match[version]=first,last", 3),
        ("match[version]=all", 3),
        ("match[version]=2020-01-01T00:00:00.000Z", 0),
        ("limit=2", 2),
        ("limit=100000", 3),
        ("unknown=1", 3),
        ("added_after=2100-01-01T00:00:00Z", 0),
        ("added_after=2000-01-01T00:00:00Z", 3),
    ],
)
def test_filters_do_what_the_standard_says(counterpart, asker, share, query, count):
    for number in range(3):
        share(counterpart, title=f"Incident {number}")
    for rest in ("objects/", "manifest/"):
        answer = asker.get(f"{path(asker.shelf().id, rest)}?{query}")
        assert answer.status_code == 200
        assert len(json.loads(answer.content).get("objects", [])) == count


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=1&limit=2",
        "limit=99999999999999999999",
        "limit=²",
        "next=zzz",
        "next=",
        "next=AAAA",
        "added_after=yesterday",
        "added_after=2026-11-24T00:00:00",
        "match[colour]=red",
        "match[id]=",
        "match[version]=newest",
        "match[id]=" + ",".join("x" * 3 for _ in range(3)) + "," * 5,
        "match[id]=" + ",".join(str(number) for number in range(101)),
    ],
)
def test_a_malformed_query_is_told_so(counterpart, asker, query):
    answer = asker.get(f"{path(counterpart.shelf_of_node, 'objects/')}?{query}")
    assert answer.status_code == 400
    body = json.loads(answer.content)
    assert body["http_status"] == "400"
    assert body["title"]
    assert len(answer.content) < 500


@given(
    query=st.dictionaries(
        st.sampled_from(
            [
                "limit",
                "next",
                "added_after",
                "match[id]",
                "match[type]",
                "match[version]",
                "match[spec_version]",
            ]
        ),
        st.text(max_size=30),
        max_size=4,
    )
)
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_makes_the_server_fail(counterpart, asker, query):
    answer = asker.http.get(
        f"http://node.example{path(counterpart.shelf_of_node, 'objects/')}",
        params=query,
        headers={"Accept": MEDIA_TYPE},
    )
    assert answer.status_code in {200, 400}
    json.loads(answer.content)


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (MEDIA_TYPE, 200),
        ("application/taxii+json", 200),
        ("application/taxii+json; version=2.1", 200),
        ("text/html, */*;q=0.1", 200),
        ("application/taxii+json;version=2.0", 406),
        ("text/html", 406),
    ],
)
def test_only_taxii_2_1_is_spoken(asker, accept, status):
    answer = asker.get("/taxii2/", Accept=accept)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == MEDIA_TYPE


def test_a_collection_of_releases_cannot_be_written_to(counterpart, asker):
    place = f"http://node.example{path(counterpart.shelf_of_node, 'objects/')}"
    for method in ("PUT", "DELETE", "PATCH"):
        answer = asker.http.request(method, place, content=b"{}", headers={"Accept": MEDIA_TYPE})
        assert (answer.status_code, answer.headers["Allow"]) == (405, "HEAD, GET, POST")
    for method, rest in (("POST", ""), ("DELETE", "incident--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10/")):
        answer = asker.http.request(method, place + rest, content=b"{}", headers={"Accept": MEDIA_TYPE})
        assert answer.status_code == 403


def test_a_body_that_is_too_large_is_not_read(asker):
    answer = asker.http.post("http://node.example/exchange/v1/receipts", content=b"x" * (2 << 20) + b"x")
    assert answer.status_code == 413


def test_a_newer_version_takes_the_place_of_the_older(counterpart, asker, share):
    first = share(counterpart)
    changed = _edit(first.source, title="A car, corrected")
    second = release(changed, Peer.objects.get(pk=counterpart.who.id), "tester", clock.now())
    assert RecordVersion.objects.count() == 2
    assert asker.objects() == [bytes(second.wire)]
    shelf = asker.shelf().id
    every = json.loads(asker.get(f"{path(shelf, 'objects/')}?match[version]=all").content)["objects"]
    assert [each["name"] for each in every] == ["A car", "A car, corrected"]
    oldest = json.loads(asker.get(f"{path(shelf, 'objects/')}?match[version]=first").content)["objects"]
    assert [each["name"] for each in oldest] == ["A car"]
    exact = asker.get(f"{path(shelf, 'objects/')}?match[version]={every[0]['modified']}").content
    assert [each["name"] for each in json.loads(exact)["objects"]] == ["A car"]
    listed = json.loads(asker.get(path(shelf, f"objects/{first.stix_id}/versions/")).content)
    assert listed["versions"] == [each["modified"] for each in every]
    single = json.loads(asker.get(path(shelf, f"objects/{first.stix_id}/")).content)["objects"]
    assert [each["name"] for each in single] == ["A car, corrected"]


def test_what_waited_for_others_to_write_is_dated_when_it_is_stored_not_when_it_was_begun(
    counterpart, asker, share
):
    """Reports, "stamped before it is committed": whoever asks by a clock of its own does not pass over it."""
    first = share(counterpart)
    begun = clock.now()
    asked = begun + timedelta(seconds=1)
    changed = _edit(first.source, title="A car, corrected")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: asked + timedelta(seconds=1))
        row = release(changed, Peer.objects.get(pk=counterpart.who.id), "tester", begun)
        assert row.date_added > asked
        found = asker.get(f"{path(asker.shelf().id, 'objects/')}?added_after={taxii_time(asked)}")
        assert [each["name"] for each in json.loads(found.content)["objects"]] == ["A car, corrected"]


def test_each_way_to_ask_is_answered_from_an_index_of_its_own(counterpart, asker, share):
    """Reports, "cost that grows with what is stored": no way in reads along the whole collection."""
    rows = [share(counterpart, title=f"Incident {number}") for number in range(3)]
    mine = ReleaseVersion.objects.filter(peer=counterpart.who.id)
    ways = {
        "release_by_stix_id": Query(ids=frozenset({rows[0].stix_id, "indicator--none"})),
        "release_by_type": Query(types=frozenset({"incident", "indicator"})),
        "release_by_modified": Query(versions=frozenset(), moments=frozenset({rows[0].modified})),
    }
    for index, query in ways.items():
        for way in shelves._ways(query):
            found = shelves._matching(mine.filter(way), query).values_list("date_added", "pk")[:2]
            if connection.vendor == "sqlite":  # PostgreSQL reads three rows as they lie
                assert index in found.explain()
    limited = Query(types=frozenset({"incident", "indicator"}), limit=2)
    assert [each.date_added for each in shelves._first(mine, limited, 2)] == [r.date_added for r in rows[:2]]


def _edit(source, **payload):
    record = source.content()
    update = {
        "version": record.version + 1,
        "modified": clock.now(),
        "payload": {**record.payload, **payload},
    }
    return keeping.add(record.model_copy(update=update), actor="tester", title=payload["title"])


def test_what_was_withdrawn_is_not_sent_any_more_in_any_version(counterpart, asker, share):
    row = share(counterpart, title="SECRETTITLE")
    asker.objects()
    take_back(row.release, "released by mistake", "tester", clock.now())
    shelf = asker.shelf().id
    for query in ("", "?match[version]=all", "?match[version]=first", "?match[version]=first,last"):
        answer = asker.get(path(shelf, f"objects/{query}"))
        assert b"SECRETTITLE" not in answer.content
        assert [each["revoked"] for each in json.loads(answer.content).get("objects", [])] in ([True], [])
    assert len(asker.objects()) == 1


def test_the_decision_is_taken_again_at_delivery(counterpart, asker, share):
    rows = [share(counterpart, title="Incident 0")]
    asker.objects()
    rows += [share(counterpart, title=f"Incident {number}") for number in (1, 2)]
    take_back(rows[0].release, "mistake", "tester", clock.now())
    end(counterpart)
    assert Agreement.objects.exclude(ended=None).count() == 1
    assert [json.loads(wire).get("revoked") for wire in asker.objects()] == [True]
    assert Event.objects.filter(tag=Tag.RELEASE_WITHHELD_AT_DELIVERY).count() == 2
    asker.objects()
    assert Event.objects.filter(tag=Tag.RELEASE_WITHHELD_AT_DELIVERY).count() == 2
    rows[1].refresh_from_db()
    assert (rows[1].first_sent, rows[1].held_back is None) == (None, False)


def end(counterpart):
    """The node's institution ends the agreement."""

    now = clock.now()
    ending = ended(counterpart.agreement, counterpart.who.institution, now)
    record_ending(Agreement.objects.get(pk=counterpart.agreement.digest), ending, now, "tester")


def test_what_is_held_back_cannot_be_told_from_nothing(counterpart, stranger, ask, share):
    """Two counterparts: one with three things held back, one with nothing. They get the same bytes."""
    for number in range(3):
        share(counterpart, title=f"Incident {number}")
    end(counterpart)
    one, two = ask(counterpart.who.node), ask(stranger.who.node)
    for rest in ("objects/", "objects/?limit=1", "manifest/", "manifest/?limit=1"):
        left, right = (each.get(path(each.shelf().id, rest)) for each in (one, two))
        assert (left.status_code, left.content, dict(left.headers)) == (
            200,
            right.content,
            dict(right.headers),
        )


def test_collecting_is_noted_once(counterpart, asker, share):
    row = share(counterpart)
    asker.get(path(asker.shelf().id, "manifest/"))
    row.refresh_from_db()
    assert row.first_sent is None
    for _ in range(2):
        asker.objects()
    row.refresh_from_db()
    assert row.first_sent is not None
    assert row.release.state == ReleaseState.DELIVERED
    assert Event.objects.filter(tag=Tag.RELEASE_DELIVERED).count() == 1


def test_a_page_is_closed_when_it_has_grown_large(counterpart, asker, share, monkeypatch):
    rows = [share(counterpart, description="x" * 5_000) for _ in range(5)]
    monkeypatch.setattr(shelves, "PAGE_BYTES", 8_000)
    pages = list(asker.taxii.pages(asker.shelf(), Position()))
    assert [len(page.items) for page in pages] == [2, 2, 1]
    assert [item for page in pages for item in page.items] == [bytes(row.wire) for row in rows]


def test_definitions_are_for_every_counterpart(node, asker):
    shelf = Collection(
        id=DEFINITIONS_COLLECTION,
        title="",
        can_read=True,
        url=f"http://node.example{path(DEFINITIONS_COLLECTION)}",
    )
    pages = list(asker.taxii.pages(shelf, Position(), 4))
    found = [json.loads(item) for page in pages for item in page.items]
    assert [item["id"] for item in found] == [*(item["id"] for item in definitions()), node.id]
    times = [page.last for page in pages]
    assert times == sorted(set(times))
    one = json.loads(asker.get(path(DEFINITIONS_COLLECTION, f"objects/{node.id}/")).content)
    assert one["objects"][0]["name"] == node.name
    listed = json.loads(asker.get(path(DEFINITIONS_COLLECTION, f"objects/{node.id}/versions/")).content)
    assert listed["versions"] == [one["objects"][0]["modified"]]


@given(
    moment=st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001  Hypothesis adds the time zone
        max_value=datetime(9999, 1, 1),  # noqa: DTZ001  Hypothesis adds the time zone
        timezones=st.just(UTC),
    )
)
def test_a_cursor_stands_for_its_moment(moment):
    assert read_cursor(cursor(moment)) == moment
