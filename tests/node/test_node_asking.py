"""How a request is read: bodies without a length, HEAD, slashes, languages; alike on wire, API and pages."""

import io
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from readers import clear
from real_node import RealNode

from fourfold.exchange.limits import MAX_POST_BYTES
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.asking import as_written
from fourfold.node.home import Config
from fourfold.node.models import RecordVersion
from fourfold.node.roles import Role
from fourfold.node.wsgi import application

INCIDENT = {
    "kind": "incident",
    "activity": "incident_reporting",
    "marking": {"tlp": "GREEN"},
    "fields": {"title": "A car"},
}


@pytest.fixture
def token(me: Any, settings: Any) -> str:
    """The token of an account with every role, on a node whose pages ask for a sign-in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.NODE = Config(id=me.id, name=me.name, url="http://node.example/", demo=False)
    add_account("ada", "correct horse battery", list(Role), "operator")
    clear("ada")
    return issue_token("ada", "tests", 1, "operator")


def handed_over(method: str, path: str, body: bytes, **extra: str) -> tuple[int, bytes]:
    """One request as a server hands it over, its body without a length."""
    answered = []
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "node.example",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "node.example",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        **extra,
    }
    content = b"".join(application(environ, lambda status, *_: answered.append(int(status[:3]))))
    return answered[0], content


@pytest.mark.parametrize("chunked", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {}, {"CONTENT_LENGTH": ""}])
def test_a_body_without_a_length_is_read_to_a_bound(token: str, chunked: dict[str, str]) -> None:
    as_json = {"CONTENT_TYPE": "application/json", **chunked}
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}", **as_json}
    body = json.dumps(INCIDENT).encode()
    assert handed_over("POST", "/api/v1/records", body, **bearer)[0] == 201
    assert RecordVersion.objects.count() == 1
    browser = Client()
    browser.get("/sign-in/")
    ((name, kept),) = browser.cookies.items()
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_COOKIE": f"{name}={kept.value}"}
    typed = f"login=ada&password=wrong&csrfmiddlewaretoken={kept.value}".encode()
    status, page = handed_over("POST", "/sign-in/", typed, **{**form, **chunked})
    assert (status, b"The name or the password is wrong" in page) == (200, True)
    status, told = handed_over("POST", "/exchange/v1/keys", b"{", **as_json)
    assert (status, b"strict JSON" in told) == (400, True)
    for path in ("/api/v1/records", "/sign-in/", "/exchange/v1/keys", "/taxii2/"):
        status, page = handed_over("POST", path, b" " * (MAX_POST_BYTES + 1), **bearer)
        assert (status, b"Content-Length" in page) == (413, True), path
    lying = {**bearer, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "3"}
    assert handed_over("POST", "/api/v1/records", body, **lying)[0] == 201


def test_a_body_that_breaks_off_is_not_taken_for_the_whole(token: str) -> None:
    body = json.dumps(INCIDENT).encode()
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}", "CONTENT_TYPE": "application/json"}
    status, page = handed_over("POST", "/api/v1/records", body, CONTENT_LENGTH=str(len(body) + 1), **headers)
    assert (status, b"ended before" in page, RecordVersion.objects.count()) == (400, True, 0)


@pytest.mark.slow
def test_a_real_server_hands_over_what_came_in_chunks_and_answers_head(tmp_path: Path) -> None:
    node = RealNode("Own", tmp_path / "own")
    node.create()
    with stopping(node), closing(HTTPConnection("127.0.0.1", node.port, timeout=60)) as host:
        chunked = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
        host.request("POST", "/exchange/v1/keys", iter([b"{", b"]"]), chunked, encode_chunked=True)
        answer = host.getresponse()
        assert (answer.status, b"strict JSON" in answer.read()) == (400, True)
        host.request("HEAD", "/health/live/")
        head = host.getresponse()
        assert (head.status, head.read()) == (200, b"")
        host.request("GET", "/health/live")
        page = host.getresponse()
        assert int(head.headers["Content-Length"]) == len(page.read())
        assert endless(node.port).startswith(b"HTTP/1.1 413")
        assert late(node.port) == [401, 401, 200]
        assert b"connection: close" in larger(node.port).lower()


def late(port: int) -> list[int]:
    """The answers on one connection to two bodies that come after their headers, and to what follows."""
    found = []
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as host:
        for path in ("/exchange/v1/receipts", "/api/v1/records"):
            host.putrequest("POST", path)
            host.putheader("Content-Length", "2")
            host.endheaders()
            time.sleep(0.2)  # a node that answers before the body, answers now
            host.send(b"{}")
            found.append(status_of(host))
        host.request("GET", "/health/live")
        return [*found, status_of(host)]


def status_of(host: HTTPConnection) -> int:
    answer = host.getresponse()
    answer.read()
    return answer.status


def larger(port: int) -> bytes:
    """What is answered to a body that is larger than is read, before it is sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(b"POST /exchange/v1/receipts HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        line.sendall(f"Content-Length: {MAX_POST_BYTES + 1}\r\n\r\n".encode())
        return line.recv(1000)


@contextmanager
def stopping(node: RealNode) -> Iterator[None]:
    node.serve()
    try:
        yield
    finally:
        node.stop()


def endless(port: int) -> bytes:
    """What is answered to a body in chunks that is larger than is read."""
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(b"POST /exchange/v1/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        line.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(MAX_POST_BYTES // 0x10000 + 1):
            line.sendall(piece)
        line.sendall(b"0\r\n\r\n")
        return line.recv(1000)


WRITTEN = {
    "/": "/",
    "/records": "/records/",
    "/records/": "/records/",
    "/taxii2": "/taxii2/",
    "/taxii2/fourfold/collections/x/objects": "/taxii2/fourfold/collections/x/objects/",
    "/api/v1/records/": "/api/v1/records",
    "/api/v1/records": "/api/v1/records",
    "/exchange/v1/log/": "/exchange/v1/log",
    "/exchange/v1/attachments/sha256:0/": "/exchange/v1/attachments/sha256:0",
    "/health/live/": "/health/live",
    "/metrics": "/metrics",
    "/static/web/style.css": "/static/web/style.css",
    "/api/v1/records//": "/api/v1/records//",
}


def test_a_slash_at_the_end_means_nothing() -> None:
    assert {path: as_written(path) for path in WRITTEN} == WRITTEN


def test_every_address_is_in_the_form_to_which_others_are_brought() -> None:
    for route in routes(get_resolver()):
        path = "/" + re.sub(r"<[^>]*>|\{[^}]*\}", "x", route)
        assert as_written(path) == path, route


def routes(resolver: Any, before: str = "") -> list[str]:
    """Every address of the node, its parts in angle brackets; catch-alls for what is not there aside."""
    found = []
    for each in resolver.url_patterns:
        text = str(each.pattern)
        if text.startswith(r"\A") or getattr(each, "name", "") == "api-root":
            continue
        found += routes(each, before + text) if hasattr(each, "url_patterns") else [before + text]
    return found


def test_what_answers_get_answers_head_without_a_body_and_without_a_redirect(token: str) -> None:
    client = Client()
    headers = {"authorization": f"Bearer {token}"}
    programs = ("/api/v1/records", "/api/v1/me/", "/api/v1/nope", "/taxii2", "/exchange/v1/log/")
    for path in (*programs, "/health/live/", "/sign-in", "/about", "/records/new", "/no-such-page"):
        full, head = client.get(path, headers=headers), client.head(path, headers=headers)
        assert (head.status_code, head.content) == (full.status_code, b""), path
        assert head.headers["Content-Type"] == full.headers["Content-Type"], path
        assert full.status_code not in {301, 405}, path
    assert client.get("/api/v1/nope").headers["Content-Type"] == "application/problem+json"
    assert client.put("/api/v1/records/", headers=headers).status_code == 405


@pytest.mark.parametrize("asked", ["de", "ar", "ar-EG,ar;q=0.9", "zh-hans", "en-us", "", "x" * 600])
def test_pages_are_marked_as_the_language_that_they_are_in(token: str, asked: str) -> None:
    del token  # asked for, so that there is a node
    answer = Client().get("/sign-in/", headers={"accept-language": asked})
    page = answer.content.decode()
    assert '<html lang="en-gb">' in page
    assert ">Password<" in page
    assert answer.headers["Content-Language"] == "en-gb"
