import json
import socket
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fourfold.errors import ExchangeError
from fourfold.exchange import http
from fourfold.exchange.causes import UntrustedError
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.limits import MAX_PAGE_BYTES
from fourfold.exchange.paging import Page, Position, follow
from fourfold.exchange.stix import taxii_time
from fourfold.exchange.taxii import MEDIA_TYPE, Collection, TaxiiClient

START = datetime(2026, 11, 24, tzinfo=UTC)
BASE = "http://a.example"


class Server:
    """A simulated TAXII 2.1 server with numbered objects; `quirk` is what it does wrongly."""

    def __init__(self, objects=0, quirk=""):
        self.objects = [f'{{"id": "x--{number}",  "n": {number}}}'.encode() for number in range(objects)]
        self.quirk = quirk
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        path, params = request.url.path, request.url.params
        if path == "/taxii2/":
            return self.answer(
                json.dumps(
                    {"title": "A", "default": f"{BASE}/api1/", "api_roots": ["/other/", f"{BASE}/api1/"]}
                )
            )
        if path == "/api1/collections/":
            return self.answer(json.dumps({"collections": [{"id": "c1", "title": "C", "can_read": True}]}))
        if path in {"/api1/collections/c1/objects/", "/api1/collections/c1/manifest/"}:
            return self.page(params)
        return httpx.Response(404, json={"title": "Not found", "description": "N\x07o."})

    def page(self, params):
        first = int(params.get("next", 0))
        if "added_after" in params:
            added = datetime.fromisoformat(params["added_after"])
            first = max(first, int((added - START).total_seconds()) + 1)
        limit = int(params["limit"])
        found = self.objects[first : first + limit]
        more = first + limit < len(self.objects)
        body = b'{"objects": [' + b", ".join(found) + b"]"
        headers = {}
        if found:
            headers = {
                "X-TAXII-Date-Added-First": taxii_time(START + timedelta(seconds=first)),
                "X-TAXII-Date-Added-Last": taxii_time(START + timedelta(seconds=first + len(found) - 1)),
            }
        if more or self.quirk == "endless":
            body += b', "more": true'
            if self.quirk not in {"no next", "endless"}:
                body += f', "next": "{first + limit if self.quirk != "stuck" else 2}"'.encode()
        if self.quirk == "no headers":
            headers = {}
        return self.answer(body + b"}", headers)

    def answer(self, body, headers=None):
        return httpx.Response(200, content=body, headers={"Content-Type": MEDIA_TYPE, **(headers or {})})


def client_of(server):
    return TaxiiClient(Wire(BASE, open_client(None, httpx.MockTransport(server))))


def collection_of(client):
    return client.collections(client.discovery().api_roots[0])[0]


def numbers(pages):
    return [json.loads(item)["n"] for page in pages for item in page.items]


def test_discovery_leads_to_the_default_root_first():
    client = client_of(Server())
    assert client.discovery().api_roots == (f"{BASE}/api1/", f"{BASE}/other/")
    assert collection_of(client) == Collection(
        id="c1", title="C", can_read=True, url=f"{BASE}/api1/collections/c1/"
    )


@pytest.mark.parametrize("quirk", ["", "no next", "no headers"])
@pytest.mark.parametrize(("objects", "limit"), [(0, 3), (1, 3), (3, 3), (7, 3), (100, 7)])
def test_all_objects_come_once_and_in_order(quirk, objects, limit):
    client = client_of(Server(objects, quirk))
    assert numbers(client.pages(collection_of(client), Position(), limit)) == list(range(objects))


def test_items_are_the_bytes_that_were_received():
    server = Server(2)
    client = client_of(server)
    page = client.objects(collection_of(client), Position())
    assert page.items == tuple(server.objects)
    assert (page.first, page.last) == (START, START + timedelta(seconds=1))


def test_a_poll_goes_on_where_the_last_one_ended():
    server = Server(10)
    client = client_of(server)
    start = Position(added_after=START + timedelta(seconds=6))
    assert numbers(client.pages(collection_of(client), start, 2)) == [7, 8, 9]
    assert server.requests[-1].url.params["added_after"] == "2026-11-24T00:00:06.000000Z"


def test_manifests_are_paged_in_the_same_way():
    client = client_of(Server(10))
    assert numbers(client.manifests(collection_of(client), Position(), 3)) == list(range(10))


@pytest.mark.parametrize("quirk", ["stuck", "endless"])
def test_paging_that_does_not_end_is_given_up(quirk):
    client = client_of(Server(10, quirk))
    with pytest.raises(ExchangeError, match="does not come to an end"):
        list(client.pages(collection_of(client), Position(), 2))


def test_an_endless_row_of_empty_pages_is_given_up():
    empty = Page((), more=True, next=None, first=None, last=None)
    with pytest.raises(ExchangeError):
        list(follow(lambda _: empty, Position()))


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 406, 413, 415, 422, 429, 500, 503])
def test_every_refusal_says_what_it_means(status):
    client = client_of(
        lambda _: httpx.Response(status, json={"title": "T\x1b[31m", "description": "D" * 1000})
    )
    with pytest.raises(ExchangeError, match=str(status)) as caught:
        client.discovery()
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (httpx.ConnectError("x"), "cannot be reached"),
        (httpx.ReadTimeout("x"), "in time"),
        (httpx.ReadError("x"), "broke off"),
        (httpx.RemoteProtocolError("x"), "broke off"),
    ],
)
def test_every_failure_of_the_line_says_what_to_do(error, word):
    def fail(_):
        raise error

    with pytest.raises(ExchangeError, match=word) as caught:
        client_of(fail).discovery()
    assert "ry again" in str(caught.value)


def caused(error, cause):
    """An error as a client raises it: what the system said stands behind it."""
    error.__cause__ = OSError("in between")
    error.__cause__.__cause__ = cause
    return error


UNTRUSTED = ssl.SSLCertVerificationError(1, "certificate verify failed")
UNTRUSTED.verify_message = "self-signed certificate"
WAYS = {
    "untrusted": (caused(httpx.ConnectError("x"), UNTRUSTED), "UntrustedError", "self-signed.*ca_file"),
    "no TLS": (caused(httpx.ConnectError("x"), ssl.SSLError(1, "bad")), "UntrustedError", "says https"),
    "unknown": (
        caused(httpx.ConnectError("x"), socket.gaierror(-2, "Name not known")),
        "UnknownHostError",
        "written",
    ),
    "refused": (
        caused(httpx.ConnectError("x"), ConnectionRefusedError(111, "no")),
        "UnreachedError",
        "node runs",
    ),
    "no answer to SYN": (httpx.ConnectTimeout("x"), "TooSlowError", "firewall"),
    "slow": (httpx.ReadTimeout("x"), "TooSlowError", "in time"),
    "proxy": (httpx.ProxyError("407 Proxy Authentication Required"), "ProxyFailedError", "407.*`proxy`"),
    "cut": (httpx.ReadError("x"), "BrokenOffError", "ReadError.*nothing is lost"),
}
ANSWERS = {
    "redirect": (
        httpx.Response(301, headers={"Location": "https://[b.example/"}),
        "RedirectedError",
        "leads to",
    ),
    "elsewhere": (
        httpx.Response(308, headers={"Location": "https://b.example/"}),
        "RedirectedError",
        "b.example",
    ),
    "gateway": (
        httpx.Response(502, html="<h1>Bad Gateway</h1>"),
        "NotANodeError",
        "a proxy before it answered",
    ),
    "portal": (httpx.Response(403, html="<h1>Log in</h1>"), "NotANodeError", "No node answers so"),
    "late": (httpx.Response(504, text="late"), "AnsweredError", "too slow"),
    "stranger": (httpx.Response(401, json={}), "AnsweredError", "does not know this node's key"),
}


@pytest.mark.parametrize(("what", "name", "told"), [*WAYS.values(), *ANSWERS.values()], ids=[*WAYS, *ANSWERS])
def test_each_cause_keeps_its_class_and_is_told_with_what_helps_against_it(what, name, told):
    def answer(_):
        if isinstance(what, Exception):
            raise what
        return what

    with pytest.raises(ExchangeError, match=told) as caught:
        client_of(answer).discovery()
    assert type(caught.value).__name__ == name


def test_a_certificate_of_nobodys_is_told_as_that_and_nothing_is_sent(tmp_path):
    """A real handshake: what the system raises is as deep down as it ever is."""
    key, made = tmp_path / "key.pem", tmp_path / "own.pem"
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    building = x509.CertificateBuilder(name, name, private.public_key(), 1)
    building = building.not_valid_before(START).not_valid_after(START + timedelta(days=36_500))
    made.write_bytes(building.sign(private, hashes.SHA256()).public_bytes(Encoding.PEM))
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=shaken, args=(server, context))
        thread.start()
        with open_client(None) as client, pytest.raises(UntrustedError, match=r"self.signed"):
            Wire(f"https://127.0.0.1:{server.getsockname()[1]}/", client).get("taxii2/", {}, MEDIA_TYPE)
        thread.join()


def shaken(server, context):
    """Shake hands once, in vain."""
    line, _ = server.accept()
    with line, suppress(OSError):
        context.wrap_socket(line, server_side=True).close()


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"}),
        httpx.Response(200, text="[]", headers={"Content-Type": MEDIA_TYPE}),
        httpx.Response(200, text="{", headers={"Content-Type": MEDIA_TYPE}),
        httpx.Response(200, content=b"\xff", headers={"Content-Type": MEDIA_TYPE}),
        httpx.Response(200, json={"api_roots": ["http://b.example/"]}, headers={"Content-Type": MEDIA_TYPE}),
        httpx.Response(
            200, json={"api_roots": ["http://a.example:81/"]}, headers={"Content-Type": MEDIA_TYPE}
        ),
    ],
)
def test_an_answer_against_the_protocol_is_refused(response):
    with pytest.raises(ExchangeError):
        client_of(lambda _: response).discovery()


def test_an_answer_without_end_is_cut_off():
    def endless():
        while True:
            yield b"x" * 65_536

    taken = []

    def serve(_):
        def body():
            for piece in endless():
                taken.append(len(piece))
                yield piece

        return httpx.Response(200, content=body(), headers={"Content-Type": MEDIA_TYPE})

    with pytest.raises(ExchangeError, match="bytes"):
        client_of(serve).discovery()
    assert sum(taken) <= MAX_PAGE_BYTES + 65_536


def test_an_answer_that_only_drips_is_given_up(monkeypatch):
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.05)

    def drip():
        for _ in range(100):
            time.sleep(0.01)
            yield b" "

    with pytest.raises(ExchangeError, match="seconds"):
        client_of(lambda _: httpx.Response(200, content=drip())).discovery()


def test_a_compressed_answer_is_not_unpacked():
    response = httpx.Response(
        200, content=b"x", headers={"Content-Type": MEDIA_TYPE, "Content-Encoding": "gzip"}
    )
    with pytest.raises(ExchangeError, match="compressed"):
        client_of(lambda _: response).discovery()


def test_a_redirect_is_not_followed():
    asked = []

    def serve(request):
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://b.example/"})

    with pytest.raises(ExchangeError, match="302"):
        client_of(serve).discovery()
    assert asked == [f"{BASE}/taxii2/"]


@pytest.mark.parametrize("bad", ["", "a/b", "..", "x" * 65, "ü"])
def test_a_collection_id_cannot_lead_astray(bad):
    body = json.dumps({"collections": [{"id": bad, "can_read": True}]})
    response = httpx.Response(200, content=body, headers={"Content-Type": MEDIA_TYPE})
    with pytest.raises(ExchangeError, match="proper id"):
        client_of(lambda _: response).collections("/api1/")
