"""Every page, empty, full and with hostile content: it answers, is well formed, open to anybody."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.views import defaults
from django.views.csrf import csrf_failure

from fourfold.framework import shipped
from fourfold.node import models
from fourfold.node.web.form_keys import FIELD

LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 11
RIGHT_TO_LEFT = "حادثة في السيارة"
SCRIPT = "<script>alert('x')</script><b>bold</b>"
EMPTY = [
    "/",
    "/records/",
    "/releases/",
    "/inbox/",
    "/inbox/?state=withdrawn",
    "/inbox/?state=quarantined",
    "/inbox/handed-in/",
    "/consents/",
    "/consents/?part=by-us",
    "/consents/?part=own",
    "/keys/",
    "/evidence/",
    "/agreements/",
    "/together/",
    "/institutions/",
    "/events/",
    "/about/",
    "/sign-in/",
    "/activities/institutional_development/",
]
Read = Callable[..., Any]


def check(page: Any) -> None:
    """What must hold of every page."""
    check_frame(page)
    check_references(page)
    check_tables(page)
    check_forms(page)
    check_policy(page)


def check_frame(page: Any) -> None:
    (html,) = page.find("html")
    assert html.attributes["lang"]
    assert [len(list(page.find(name))) for name in ("main", "header", "footer", "h1")] == [1, 1, 1, 1]
    first = next(page.find("a"))
    assert first.attributes == {"class": "skip", "href": "#main"}
    (title,) = page.find("title")
    assert title.words.count("·") >= 2
    levels = [int(each.name[1]) for each in page.find("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert "Independent and illustrative" in next(page.find("footer")).words


def check_references(page: Any) -> None:
    every = list(page.every())
    ids = [each.attributes["id"] for each in every if "id" in each.attributes]
    assert len(ids) == len(set(ids)), ids
    given = [each.attributes[name] for each in every for name in _REFERENCES if name in each.attributes]
    named = {id_ for each in given for id_ in each.split()}
    assert named <= set(ids), named - set(ids)
    within = {
        each.attributes["href"][1:] for each in page.find("a", "use") if each.attributes["href"][0] == "#"
    }
    assert within <= set(ids), within - set(ids)


def check_tables(page: Any) -> None:
    for table in page.find("table"):
        (head,) = table.find("thead")
        assert [each.words != "" for each in table.find("caption")] == [True]
        columns = list(head.find("th"))
        assert len(columns) >= 2
        assert all(each.attributes["scope"] == "col" and each.words for each in columns)
        for row in (row for body in table.find("tbody") for row in body.find("tr")):
            headers = list(row.find("th"))
            assert headers
            assert all(each.attributes["scope"] in {"row", "rowgroup"} for each in headers)
        assert all(each.attributes["role"] for each in table.find("thead", "tbody", "tr", "th", "td"))


def check_forms(page: Any) -> None:
    labelled = {each.attributes["for"] for each in page.find("label") if each.words}
    for each in page.find("input", "select", "textarea"):
        assert each.attributes.get("type") == "hidden" or each.attributes["id"] in labelled
    assert all(each.words for each in page.find("button", "a"))
    for form in page.find("form"):
        fields = {each.attributes.get("name") for each in form.find("input")}
        assert form.attributes.get("method") in {"get", "post"}
        assert ({"csrfmiddlewaretoken", FIELD} <= fields) == (form.attributes["method"] == "post")


def check_policy(page: Any) -> None:
    """Nothing that the content security policy would have to let through."""
    assert not list(page.find("script", "style", "iframe", "img", "object"))
    attributes = {name for each in page.every() for name in each.attributes}
    assert not {name for name in attributes if name == "style" or name.startswith("on")}


_REFERENCES = ("aria-labelledby", "aria-describedby", "popovertarget", "for")


@pytest.mark.parametrize("path", EMPTY)
def test_a_page_of_an_empty_node_says_what_will_stand_there(read: Read, path: str) -> None:
    check(read(path))


def test_every_page_of_a_node_at_work_is_well_formed(scene: Any, paths: Any, read: Read) -> None:
    scene.fill()
    for path in [*paths(), *(f"/activities/{each}/" for each in shipped().activities)]:
        check(read(path))


def test_so_is_every_page_of_what_came_of_others(scene: Any, paths: Any, read: Read) -> None:
    scene.fill()
    scene.fill_more()
    asked = paths()
    for wanted in ("/keys/", r"/inbox/handed-in/\d+/accept/", r"/seals/\d+/"):
        assert any(re.fullmatch(wanted, path) for path in asked), wanted
    for path in asked:
        check(read(path))


def test_hostile_content_is_shown_as_text_and_breaks_nothing(
    scene: Any, paths: Any, read: Read, web: Any
) -> None:
    scene.fill()
    scene.fill_more()
    scene.hand_in(models.Client.objects.get(), SCRIPT)
    scene.ask_us(scene.titled(SCRIPT))
    settings.NODE = settings.NODE.__class__(
        id=settings.NODE.id, name=SCRIPT, url=settings.NODE.url, demo=True
    )
    models.Peer.objects.update(name=f"{RIGHT_TO_LEFT} {SCRIPT}")
    for title in (LONG, RIGHT_TO_LEFT, SCRIPT, "{{ settings.SECRET_KEY }}{% now 'Y' %}"):
        scene.release(scene.titled(title).record)
        scene.receive(scene.sent(title, fields={"title": title, "description": title * 3}))
    for path in paths():
        page = web.get(path).content.decode()
        assert "<script" not in page, path
        assert "<b>bold" not in page, path
        check(read(path))
    assert SCRIPT in next(read("/records/?words=alert").find("tbody")).words
    assert "{{ settings.SECRET_KEY }}" in read("/records/?words=secret_key").words


@pytest.mark.parametrize(
    "query",
    [
        "words=%00",
        "page=-1",
        "page=99999999999999999999",
        "page=x",
        "sort=body",
        "sort=-record__x",
        "kind='",
        "tlp=]",
    ],
)
def test_an_odd_question_gets_a_list_and_no_error(scene: Any, read: Read, query: str) -> None:
    scene.titled("Told abroad")
    for path in ("/records/", "/releases/", "/inbox/", "/events/", "/"):
        check(read(f"{path}?{query}"))


def test_what_one_may_not_see_and_what_does_not_exist_read_the_same(scene: Any, web: Any) -> None:
    del scene
    absent = [
        *(
            "/nothing/",
            "/records/record--0/",
            "/releases/release--0/",
            "/inbox/999/",
            "/inbox/99999999999999999999/",
        ),
        *(
            "/agreements/sha256:0/",
            "/evidence/identity--0/checks/",
            "/activities/nothing/",
            "/?with=identity--0",
        ),
    ]
    pages = {re.sub(r"(?s)<nav.*?</nav>", "", web.get(path).content.decode()) for path in absent}
    assert {web.get(path).status_code for path in absent} == {404}
    assert len(pages) == 1
    assert "There is nothing here for you" in pages.pop()


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (defaults.bad_request, "The request was not understood"),
        (defaults.permission_denied, "Your account may not do this"),
        (defaults.page_not_found, "There is nothing here for you"),
        (defaults.server_error, "Something went wrong here"),
    ],
)
def test_an_error_has_a_whole_page_of_its_own(
    node: Any, parse: Any, rf: Any, handler: Any, words: str
) -> None:
    del node
    request = rf.get("/records/")
    answer = handler(request) if handler is defaults.server_error else handler(request, ValueError("secret"))
    page = parse(answer)
    check(page)
    assert next(page.find("h1")).words == words
    assert "secret" not in page.words


def test_a_forged_form_gets_a_page_that_says_what_to_do(node: Any, parse: Any, rf: Any) -> None:
    del node
    page = parse(csrf_failure(rf.post("/inbox/collect/")))
    check(page)
    assert next(page.find("h1")).words == "The form had lapsed"


def test_every_answer_carries_the_strict_policy(web: Any) -> None:
    for path in ("/", "/nothing/", "/sign-in/"):
        policy = web.get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy
