"""Three institutions, each with a real server: what one tells another goes on to a third by page alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from people import PASSWORD, settle
from playwright.sync_api import Browser, Locator, Page, expect
from real_node import RealNode, agreement_between
from screens import sideways

from fourfold.agreements import Direction, SliceTerms
from fourfold.framework import Level
from fourfold.node.consent_kinds import CONSENT, CONSENT_REQUEST
from fourfold.records.markings import Tlp

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TITLE = "A tram runs backwards"


@pytest.fixture(scope="module")
def three(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealNode, ...]]:
    """A, B and C, serving: A and B agree, B and C agree, A and C do not know each other."""
    del browser  # asked for first: without one, there is nothing to start
    folder = tmp_path_factory.mktemp("three")
    a, b, c = made = tuple(RealNode(f"Institute {each}", folder / each) for each in "ABC")
    signed = [(pair, agreement_between(*pair, consents(*pair))) for pair in ((a, b), (b, c))]

    def begin(node: RealNode) -> None:
        node.create()
        for pair, agreement in signed:
            for other in (each for each in pair if node in pair and each is not node):
                node.meet(other, agreement)
        people = {"ada": "analyst"} | ({"bea": "officer"} if node is a else {})
        settle(node.home, node.environment, people, readers=list(people))
        node.serve()

    try:
        with ThreadPoolExecutor(len(made)) as pool:
            list(pool.map(begin, made))
        yield made
    finally:
        for node in made:
            node.stop()


def consents(one: RealNode, other: RealNode) -> SliceTerms:
    fields = {kind.id: kind.fields for kind in (CONSENT_REQUEST, CONSENT)}
    return SliceTerms(
        id="incident-reporting-consents",
        activity="incident_reporting",
        name="Consents to passing on",
        level=Level.COORDINATION,
        kinds=frozenset(fields),
        ceiling=Tlp.AMBER_STRICT,
        directions=tuple(Direction(sender=each.id, fields=fields) for each in (one, other)),
    )


def person(browser: Browser, node: RealNode, name: str, *, scripts: bool = False) -> Page:
    """Somebody at a browser, mostly without any script, signed in at a node."""
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.set_default_timeout(60_000)
    page.goto(node.url + "inbox/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def collect(page: Page, node: RealNode) -> None:
    page.goto(node.url + "inbox/")
    page.get_by_role("button", name="Collect from the counterpart now").click()
    expect(page.get_by_role("status")).not_to_contain_text("This did not work.")


def told(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def tell(ann: Page, node: RealNode, title: str, tlp: str) -> None:
    """Keep an incident, and release it to B."""
    ann.goto(node.url + "records/new/")
    ann.locator("#f-title").fill(title)
    ann.locator("#marking-tlp").select_option(tlp)
    ann.locator("#slice").select_option("public-incidents")
    ann.get_by_role("button", name="Keep", exact=True).last.click()
    ann.get_by_role("button", name="Release to Institute B as shown").click()
    assert "Released to Institute B" in told(ann)


def keep_and_ask(ben: Page) -> str:
    """Keep what came to pass it on, and ask at the row that stops it; the record's address."""
    ben.get_by_role("link", name=TITLE).click()
    ben.get_by_role("link", name="Keep it to pass on").click()
    ben.get_by_label("Slice").select_option(label="Public incidents, in “Incident reporting”")
    ben.get_by_role("button", name="Keep it to pass on").click()
    assert "Nothing has left" in told(ben)
    record = ben.url
    expect(card(ben).get_by_role("button", name="Release to")).to_have_count(0)
    card(ben).get_by_role("link", name="Ask Institute A for consent").first.click()
    ben.get_by_label("Reason").fill("They had a similar case.")
    ben.get_by_role("button", name="Ask", exact=True).click()
    assert "Asked Institute A." in told(ben)
    return record


def card(ben: Page) -> Locator:
    """What the record's page says of the third institution."""
    heading = ben.get_by_role("heading", name="Institute C")
    return ben.locator("article.recipient").filter(has=heading)


def look_and_grant(olu: Page, ann: Page) -> None:
    """Look at what would go on, and sign; an analyst may not."""
    expect(olu.get_by_text("1 request waits for an answer")).to_be_visible()
    olu.get_by_role("link", name="Consents").click()
    olu.get_by_role("link", name=TITLE).click()
    expect(olu.get_by_text("They had a similar case.")).to_be_visible()
    expect(olu.get_by_role("row").filter(has_text=TITLE)).to_be_visible()
    ann.goto(olu.url)
    expect(ann.get_by_role("link", name="Grant it")).to_have_count(0)
    olu.get_by_role("link", name="Grant it").click()
    olu.get_by_label("Until").fill("soon")
    olu.get_by_role("button", name="Sign the consent").click()
    olu.get_by_role("alert").get_by_role("link", name="This is no day.").click()
    assert olu.url.endswith("#until")
    expect(olu.get_by_label("Until")).to_have_value("soon")
    olu.get_by_label("Until").fill("2999-01-31")
    olu.get_by_role("button", name="Sign the consent").click()
    assert "Granted." in told(olu)


def test_one_asks_another_answers_a_third_receives_and_loses_it_again(
    browser: Browser, three: tuple[RealNode, ...]
) -> None:
    a, b, c = three
    ann, olu = person(browser, a, "ada"), person(browser, a, "bea")
    ben, cid = person(browser, b, "ada"), person(browser, c, "ada")

    tell(ann, a, TITLE, "AMBER")
    collect(ben, b)
    record = keep_and_ask(ben)
    collect(olu, a)
    look_and_grant(olu, ann)
    collect(ben, b)
    ben.goto(record)
    card(ben).get_by_role("button", name="Release to Institute C as shown").click()
    assert "Released to Institute C" in told(ben)
    collect(cid, c)
    cid.get_by_role("link", name=TITLE).click()
    expect(cid.get_by_role("definition").get_by_text(a.id)).to_be_visible()

    olu.get_by_role("link", name="Take it back").click()
    olu.get_by_role("button", name="Take it back").click()
    assert "Taken back." in told(olu)
    collect(ben, b)
    collect(cid, c)
    cid.goto(c.url + "inbox/?state=withdrawn")
    expect(cid.get_by_role("cell", name="destroyed on withdrawal")).to_be_visible()
    cid.goto(c.url + "inbox/")
    expect(cid.get_by_role("link", name=TITLE)).to_have_count(0)


def test_a_wrong_release_is_taken_back_everywhere_in_one_step(
    browser: Browser, three: tuple[RealNode, ...]
) -> None:
    a, b, _c = three
    ann, ben = person(browser, a, "ada"), person(browser, b, "ada")
    tell(ann, a, "The wrong person", "GREEN")
    collect(ben, b)
    ann.get_by_role("link", name="It was wrong: correct it everywhere").click()
    expect(ann.get_by_text("This was released in error.")).to_be_visible()
    ann.get_by_label("Reason").fill("wrong person")
    ann.get_by_role("button", name="Take it back everywhere").click()
    assert "Withdrawn from Institute B." in told(ann)
    expect(ann.get_by_text("withdrawn, not yet confirmed")).to_be_visible()
    collect(ben, b)
    ben.goto(b.url + "inbox/")
    expect(ben.get_by_role("link", name="The wrong person")).to_have_count(0)
    ann.reload()
    expect(ann.get_by_text("withdrawn and confirmed")).to_be_visible()


def test_these_pages_fit_their_screen(browser: Browser, three: tuple[RealNode, ...]) -> None:
    a, _b, _c = three
    page = person(browser, a, "bea", scripts=True)
    page.goto(a.url + "consents/")
    request = page.get_by_role("link", name=TITLE).get_attribute("href") or ""
    for path in ("consents/", request.removeprefix("/"), "keys/", "inbox/", "inbox/handed-in/"):
        page.goto(a.url + path)
        assert sideways(page) == [], path
