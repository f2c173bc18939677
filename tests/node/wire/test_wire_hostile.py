"""Hostile requests to a node: every one gets an error message of TAXII, and costs little."""

import io
import json

import pytest
from effort import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourfold.canon import printable
from fourfold.exchange.limits import MAX_POST_BYTES
from fourfold.exchange.taxii import MEDIA_TYPE
from fourfold.node.models import ReleaseVersion, Submission, Submitted, SubmittedState
from fourfold.node.wsgi import application

pytestmark = pytest.mark.usefixtures("counterpart")
ROOT = "/taxii2/fourfold/"
PER_TEST = settings(
    max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
SEGMENTS = st.sampled_from(
    ["taxii2", "fourfold", "collections", "objects", "manifest", "versions", "status", ""]
)
PATHS = st.lists(SEGMENTS | st.text(max_size=8).filter(lambda text: text not in {".", ".."}), max_size=7)


@pytest.fixture
def third(let_in):
    return let_in(may_submit=True)


def raw(third, method="GET", path="/taxii2/", query="", body=None, **extra):
    """One request as a server hands it over, with whatever no client library would send."""
    answered = {}

    def start(status, headers, *_):
        answered.update(status=int(status[:3]), headers=dict(headers))

    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "node.example",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": body or io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "HTTP_HOST": "node.example",
        "HTTP_ACCEPT": MEDIA_TYPE,
        "HTTP_AUTHORIZATION": f"Bearer {third.added.token}",
        **extra,
    }
    content = b"".join(application(environ, start))
    return answered["status"], answered["headers"], content


class Unread(io.RawIOBase):
    """A body that must not be read."""

    def read(self, *_):
        raise AssertionError("the body was read")


@pytest.mark.parametrize("length", [str(MAX_POST_BYTES + 1), "9" * 30, "-1", "abc", "1e3"])
def test_a_body_that_is_too_large_is_refused_unread(third, length):
    status, headers, _ = raw(
        third, "POST", third.inbox, body=Unread(), CONTENT_LENGTH=length, CONTENT_TYPE=MEDIA_TYPE
    )
    assert (status, headers["Content-Type"]) == (413, MEDIA_TYPE)


def test_a_body_without_a_length_is_read_as_one_with_it(third):
    for length in ({}, {"CONTENT_LENGTH": "16"}):
        body = io.BytesIO(b'{"objects":[{}]}')
        status, _, content = raw(third, "POST", third.inbox, body=body, CONTENT_TYPE=MEDIA_TYPE, **length)
        assert (status, json.loads(content)["failure_count"]) == (202, 1)


def test_head_is_answered_as_get_and_hands_nothing_out(third, offered):
    offered(third)
    place = f"{ROOT}collections/{third.shelf().id}/objects"
    head, headers, nothing = raw(third, "HEAD", place)
    assert (head, nothing) == (200, b"")
    assert not ReleaseVersion.objects.exclude(first_sent=None).exists()
    full, same, content = raw(third, "GET", place)
    assert (full, same) == (200, headers)
    assert len(content) == int(headers["Content-Length"])
    assert ReleaseVersion.objects.exclude(first_sent=None).exists()


def test_what_is_wrong_is_told_with_its_place_and_what_to_do(third):
    place = f"{ROOT}collections/{third.shelf().id}/objects/"
    _, _, content = raw(third, path=place, query="limit=x")
    assert json.loads(content)["description"] == "limit: A limit is a whole number from 1."
    _, _, content = raw(third, "POST", third.inbox, CONTENT_TYPE=MEDIA_TYPE)
    assert json.loads(content)["description"] == "Nothing came. Send the envelope as the body of the request."


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"x{number}=1" for number in range(5_000)),
        "match[id]=" + "x" * 100_000,
        "match[type]=%00",
        "match[id]=a%00b",
        "match[type]=%ff%fe",
        "match[type]=\ud7ff",
        "next=" + "A" * 100_000,
        "added_after=9999-99-99T99:99:99Z",
        "added_after=2026-01-01T00:00:00." + "0" * 10_000 + "Z",
        "limit=" + "9" * 10_000,
        "limit=%D9%A1",
        "match[version]=" + "all," * 5_000,
        "match[]=x",
        "match[id][]=x",
        "%00=%00",
        "&&&===&",
    ],
)
def test_a_hostile_query_is_a_bad_one_or_finds_nothing(third, query):
    place = f"{ROOT}collections/{third.shelf().id}/"
    for endpoint in ("objects/", "manifest/"):
        status, headers, content = raw(third, path=place + endpoint, query=query.encode().decode("latin-1"))
        assert (status, headers["Content-Type"]) in {(400, MEDIA_TYPE), (200, MEDIA_TYPE)}
        assert len(content) < 500
        json.loads(content)


@pytest.mark.parametrize(
    "segment", ["\x00", "a\x00b", "\xff\xfe", "x" * 100_000, "%2e%2e", "..\\..", "\n", "' OR 1=1--"]
)
def test_a_hostile_path_leads_nowhere(third, segment):
    shelf = f"{ROOT}collections/{third.shelf().id}/objects/"
    for path in (
        f"{shelf}{segment}/",
        f"{shelf}{segment}/versions/",
        f"{ROOT}status/{segment}/",
        f"{ROOT}{segment}/",
    ):
        status, headers, content = raw(third, path=path)
        assert (status, headers["Content-Type"]) == (404, MEDIA_TYPE)
        assert len(content) < 500


@given(
    parts=PATHS,
    query=st.text(max_size=40),
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT", "HEAD", "X"]),
)
@PER_TEST
def test_no_address_makes_the_server_fail(third, parts, query, method):
    path = "/taxii2/fourfold/" + "/".join(parts)
    told = path.encode().decode("latin-1"), query.encode().decode("latin-1")
    status, headers, _ = raw(third, method, *told)
    assert status in {200, 400, 403, 404, 405}
    assert headers["Content-Type"] == MEDIA_TYPE


@given(accept=st.text(st.characters(max_codepoint=255), max_size=60), authorization=st.text(max_size=60))
@PER_TEST
def test_no_header_makes_the_server_fail(third, accept, authorization):
    given = authorization.encode().decode("latin-1")
    assert raw(third, HTTP_ACCEPT=accept)[0] in {200, 406}
    assert raw(third, HTTP_AUTHORIZATION=given)[0] == 401
    status = raw(third, "POST", third.inbox, CONTENT_TYPE=accept, HTTP_ACCEPT="*/*")[0]
    assert status in {400, 415}


@given(body=st.binary(max_size=200) | st.binary(max_size=80).map(lambda part: b'{"objects":[' + part + b"]}"))
@PER_TEST
def test_no_body_makes_the_server_fail_or_is_half_taken(third, body):
    before = Submission.objects.count()
    status = third.post(body).status_code
    assert status in {202, 400}
    assert Submission.objects.count() == before + (status == 202)


@pytest.mark.parametrize(
    "item",
    [
        b"[" * 20 + b"]" * 20,
        b'{"a":' * 31 + b"1" + b"}" * 31,
        b'{"type":"x","type":"y"}',
        b'{"n":NaN}',
        b'{"type":"' + b"\\ud800" * 50 + b'"}',
        b'{"name":"' + b"\\u0000" * 50 + b'"}',
        b'{"object_marking_refs":["\\u0000"]}',
        b'{"id":"' + b"x" * 1_500_000 + b'"}',
    ],
)
def test_a_hostile_object_is_quarantined_whole_and_can_be_shown(third, item):
    status = json.loads(third.post(b'{"objects":[' + item + b"]}").content)
    assert (status["failure_count"], status["success_count"]) == (1, 0)
    row = Submitted.objects.get()
    assert (row.state, bytes(row.wire)) == (SubmittedState.QUARANTINED, item)
    assert all(
        printable(text) == text for text in (row.title, row.type, row.stix_id, *row.notes, *row.faults)
    )


def test_a_number_that_nobody_can_read_makes_no_envelope(third):
    assert third.post(b'{"objects":[{"n":' + b"9" * 10_000 + b"}]}").status_code == 400


@pytest.mark.parametrize("levels", [40, 10_000])
def test_what_is_nested_too_deep_is_refused_before_it_is_parsed(third, levels):
    body = b'{"objects":[' + b"[" * levels + b"]" * levels + b"]}"
    assert third.post(body).status_code == 400
    assert Submission.objects.count() == 0
