"""What a page shows is what was signed: no character of a text, title or name is unseen on it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from fourfold.canon import visible
from fourfold.node import models
from fourfold.node.security import VisibleMiddleware

TITLE = "Harmless \u202edetcelloc\u202c report\u200b"
SHOWN = "Harmless [U+202E]detcelloc[U+202C] report[U+200B]"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"


def test_a_hidden_character_is_shown_on_every_page_and_the_record_keeps_it(
    scene: Any, web: Client, paths: Callable[[], list[str]]
) -> None:
    row = scene.titled(TITLE)
    scene.receive(scene.sent(TITLE))
    models.Agreement.objects.update(title=TITLE)
    pages = {path: web.get(path).content.decode() for path in paths()}
    for path, page in pages.items():
        assert visible(page) == page, path
    assert sum(SHOWN in page for page in pages.values()) > 5
    assert row.content().payload["title"] == TITLE
    assert models.Received.objects.get(title=TITLE).wire.count("\u202e".encode()) == 1


def test_what_belongs_to_its_script_is_shown_as_it_is(scene: Any, web: Client) -> None:
    row = scene.titled(PERSIAN)
    assert PERSIAN in web.get(f"/records/{row.record}/").content.decode()


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("text/html; charset=utf-8", True),
        ("text/markdown; charset=utf-8", True),
        ("application/json", False),
        ("application/octet-stream", False),
        ("text/plain; charset=utf-8", False),
    ],
)
def test_only_what_people_read_is_touched(kind: str, *, changed: bool) -> None:
    request = RequestFactory().get("/")
    answer = VisibleMiddleware(lambda _: HttpResponse(TITLE, content_type=kind))(request)
    assert answer.content.decode() == (SHOWN if changed else TITLE)
    stream = StreamingHttpResponse([TITLE.encode()], content_type=kind)
    assert b"".join(VisibleMiddleware(lambda _: stream)(request)) == TITLE.encode()


def test_a_text_that_is_edited_by_page_is_what_the_form_showed(scene: Any, web: Client) -> None:
    row = scene.titled(TITLE)
    page = web.get(f"/records/{row.record}/change/").content.decode()
    assert re.search(r'value="Harmless \[U\+202E\]', page)
