"""Handing in to a standard server, which may be slow, busy, small or wrong."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import ExchangeError, RefusedError
from fourfold.exchange import submitting
from fourfold.exchange.http import PATIENCE_SECONDS, TokenAuth, Wire, open_client
from fourfold.exchange.paging import Page as TaxiiPage
from fourfold.exchange.paging import Position, follow
from fourfold.exchange.submitting import hand_in
from fourfold.exchange.taxii import MEDIA_TYPE, ApiRoot, Collection, Match, TaxiiClient

BASE = "http://a.example"
COLLECTION = Collection("c1", "C", url=f"{BASE}/api1/collections/c1/", can_read=True, can_write=True)


class Server:
    """A simulated TAXII 2.1 server that takes objects; `pending` polls pass before a delivery is complete."""

    def __init__(self, pending=0, busy=(), most=1000):
        self.pending, self.busy, self.most = pending, list(busy), most
        self.taken, self.requests, self.waited = [], [], []

    def __call__(self, request):
        self.requests.append(request)
        if self.busy:
            status, headers = self.busy.pop(0)
            return httpx.Response(status, headers=headers)
        if request.method == "POST":
            return self.post(request)
        if "/status/" in request.url.path:
            self.pending -= 1
            return self.status(0)
        return httpx.Response(
            200, json={"title": "A", "versions": [MEDIA_TYPE], "max_content_length": self.most}
        )

    def post(self, request):
        assert len(request.content) <= self.most
        assert request.headers["content-type"] == request.headers["accept"] == MEDIA_TYPE
        found = json.loads(request.content)["objects"]
        self.taken += found
        return self.status(len(found), 202)

    def status(self, count, code=200):
        state = "pending" if self.pending > 0 else "complete"
        body = {
            "id": str(uuid.UUID(int=1)),
            "status": state,
            "total_count": count,
            "success_count": count,
            "failure_count": 0,
            "pending_count": 0,
            "x_new": 1,
        }
        return httpx.Response(code, json=body, headers={"Content-Type": MEDIA_TYPE})

    def wire(self, auth=None):
        return Wire(BASE, open_client(auth, httpx.MockTransport(self)), self.waited.append)

    def hand_in(self, objects):
        return list(
            hand_in(self.wire(), ApiRoot("A", (MEDIA_TYPE,), self.most, f"{BASE}/api1/"), COLLECTION, objects)
        )


@given(sizes=st.lists(st.integers(1, 60), max_size=40), most=st.integers(100, 200))
def test_everything_arrives_once_in_order_and_within_the_servers_limit(sizes, most):
    server = Server(most=most)
    objects = [json.dumps({"n": number, "x": "x" * size}).encode() for number, size in enumerate(sizes)]
    server.hand_in(objects)
    assert [each["n"] for each in server.taken] == list(range(len(sizes)))


def test_an_object_that_is_too_large_is_refused_before_anything_is_sent():
    server = Server(most=100)
    with pytest.raises(RefusedError, match="100"):
        server.hand_in([b'{"n": 1}', json.dumps({"x": "x" * 100}).encode()])
    assert server.requests == []


def test_many_objects_go_in_several_envelopes(monkeypatch):
    monkeypatch.setattr(submitting, "MAX_POST_OBJECTS", 3)
    server = Server(most=0)
    server.most = 10_000
    assert [status.total_count for status in server.hand_in([b"{}"] * 7)] == [3, 3, 1]


def test_a_pending_delivery_is_asked_for_until_it_is_complete():
    server = Server(pending=3)
    (status,) = server.hand_in([b"{}"])
    assert status.status == "complete"
    assert server.waited == [1.0, 2.0, 4.0]


def test_one_that_stays_pending_is_given_as_it_stands():
    server = Server(pending=1000)
    (status,) = server.hand_in([b"{}"])
    assert status.status == "pending"
    assert sum(server.waited) == 60.0


def test_nothing_is_sent_to_a_collection_that_takes_nothing():
    server = Server()
    closed = Collection("c1", "C", can_read=True, url=COLLECTION.url)
    with pytest.raises(RefusedError):
        list(hand_in(server.wire(), ApiRoot("A", (), 0, BASE), closed, [b"{}"]))
    assert server.requests == []


@pytest.mark.parametrize("body", ["[]", "{}", '{"id":"../x","status":"complete"}', "<html>"])
def test_what_is_no_status_is_told(body):
    def serve(_):
        return httpx.Response(202, content=body, headers={"Content-Type": MEDIA_TYPE})

    wire = Wire(BASE, open_client(None, httpx.MockTransport(serve)))
    with pytest.raises(ExchangeError):
        list(hand_in(wire, ApiRoot("A", (), 0, f"{BASE}/"), COLLECTION, [b"{}"]))


def later(seconds):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    moment = format_datetime(now + timedelta(seconds=seconds), usegmt=True)
    return {"Retry-After": moment, "Date": format_datetime(now, usegmt=True)}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "7"}, 7.0), (later(9), 9.0), (later(-9), 0.0)]
)
def test_a_busy_server_is_asked_again_when_it_said(status, headers, seconds):
    server = Server(busy=[(status, headers)] * 2)
    server.hand_in([b"{}"])
    assert server.waited == [seconds, seconds]
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Retry-After": "soon"},
        {"Retry-After": "-1"},
        {"Retry-After": str(int(PATIENCE_SECONDS) + 1)},
        {"Retry-After": "9" * 400},
        {"Retry-After": later(9)["Retry-After"]},
    ],
)
def test_one_that_does_not_say_when_or_asks_too_much_is_not_waited_for(headers):
    server = Server(busy=[(503, headers)])
    with pytest.raises(ExchangeError, match="503"):
        server.hand_in([b"{}"])
    assert server.waited == []


def test_patience_ends():
    server = Server(busy=[(503, {"Retry-After": "1"})] * 9)
    with pytest.raises(ExchangeError, match="503"):
        server.hand_in([b"{}"])
    assert len(server.requests) == 3


def test_a_token_goes_with_every_request():
    server = Server(busy=[(503, {"Retry-After": "1"})])
    TaxiiClient(server.wire(TokenAuth("t0ken")))._wire.get("/", {}, MEDIA_TYPE)
    assert [each.headers["authorization"] for each in server.requests] == ["Bearer t0ken"] * 2


def test_an_api_root_that_speaks_another_version_is_refused():
    body = {"title": "A", "versions": ["application/taxii+json;version=2.0"], "max_content_length": 1}

    def serve(_):
        return httpx.Response(200, json=body, headers={"Content-Type": MEDIA_TYPE})

    with pytest.raises(ExchangeError, match="does not speak"):
        TaxiiClient(Wire(BASE, open_client(None, httpx.MockTransport(serve)))).api_root("/api1/")


def test_filters_are_asked_for_as_the_standard_writes_them():
    match = Match(ids=("a", "b"), types=("indicator",), versions=("all",), spec_versions=("2.1",))
    assert match.params() == {
        "match[id]": "a,b",
        "match[type]": "indicator",
        "match[version]": "all",
        "match[spec_version]": "2.1",
    }


def test_a_server_that_invents_a_new_cursor_for_every_empty_page_is_given_up():
    pages = (TaxiiPage((), more=True, next=str(number), first=None, last=None) for number in range(10**9))
    with pytest.raises(ExchangeError, match="does not come to an end"):
        list(follow(lambda _: next(pages), Position()))
