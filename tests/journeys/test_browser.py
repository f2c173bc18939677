"""The pages of two real nodes in a real browser: by keyboard, on a phone, in both colour schemes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from screens import OUTSIDE, resize

from fourfold.demo.path import PATH
from fourfold.demo.stage import Side, Stage, free_ports, set_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE, NARROWEST, DESK = (390, 844), (320, 640), (1280, 900)
PAGES = (
    *("", "activities/incident_reporting/", "activities/develop_evaluations/", "records/", "releases/"),
    *("inbox/", "inbox/?state=withdrawn", "inbox/?state=quarantined", "evidence/", "agreements/"),
    *("institutions/", "events/", "about/", "sign-in/", "nothing/", "records/new/", "records/waiting/"),
)
UNREADABLE = """() => {
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const ground = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility()) continue;
    const [a, b] = [lum(parse(getComputedStyle(node).color)), lum(ground(node))].sort((x, y) => x - y);
    if ((b + 0.05) / (a + 0.05) < 4.5) found.push(walker.currentNode.data.trim().slice(0, 40));
  }
  return found;
}"""
ASIDE = """() => [...document.querySelectorAll('.framed, .scroll')]
  .filter(each => each.scrollWidth > each.clientWidth + 1).length"""
SMALL = """() => [...document.querySelectorAll('main button, main a.button, .tabs a, .menu a, input, select')]
  .filter(each => each.checkVisibility() && each.type !== 'hidden')
  .filter(each => Math.min(each.getBoundingClientRect().height, each.getBoundingClientRect().width) < 24)
  .map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def nodes(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, ready_store: Callable[[Path], str]
) -> Iterator[Stage]:
    """Two demonstration nodes at work, with everything on their pages."""
    del browser  # asked for first: without one, there is nothing to start
    made = set_up(tmp_path_factory.mktemp("nodes"), free_ports(), demo=True)
    for side in made.sides:
        side.database = ready_store(side.home)
    try:
        for step in PATH:
            list(step.run(made))
        yield made
    finally:
        made.stop()


def opened(browser: Browser, size: tuple[int, int] = DESK, scheme: Any = "light") -> Page:
    """A page on which every complaint of the browser fails the test."""
    width, height = size
    page = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
    page.set_default_timeout(60_000)
    page.on("console", lambda message: _complaint(message.text))
    return page


def _complaint(text: str) -> None:
    assert "404 (Not Found)" in text, text


def details(side: Side, page: Page) -> list[str]:
    """One page of each kind that is reached through a list."""
    found = []
    for listing in ("records/", "releases/", "inbox/", "agreements/", "evidence/"):
        page.goto(side.url + listing)
        for link in [*page.locator("tbody th a").all()[:2], *page.locator("main a.button").all()[:2]]:
            address = link.get_attribute("href") or ""
            found.append(address.removeprefix("/"))
    record = next(each for each in found if each.startswith("records/record--"))
    found += [f"{record}{form}/" for form in ("change", "attach")]
    return found


def faults(page: Page) -> dict[str, Any]:
    """What is wrong with the open page: in both colour schemes, then on two phones."""
    found: dict[str, Any] = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found[f"cannot be read, {scheme}"] = page.evaluate(UNREADABLE)
    for size in (PHONE, NARROWEST):
        resize(page, *size)
        found[f"scrolls sideways, {size}"] = max(page.evaluate(OUTSIDE), 0)
        found[f"too small to touch, {size}"] = page.evaluate(SMALL)
    resize(page, *DESK)
    return {name: value for name, value in found.items() if value}


def test_all_text_can_be_read_in_both_colour_schemes_and_nothing_needs_sideways_scrolling_on_a_phone(
    browser: Browser, nodes: Stage
) -> None:
    page = opened(browser)
    for side in nodes.sides:
        for path in [*PAGES, *details(side, page)]:
            page.goto(side.url + path)
            assert faults(page) == {}, path


def test_on_a_phone_the_matrix_is_cards_and_still_a_table(browser: Browser, nodes: Stage) -> None:
    page = opened(browser, PHONE)
    page.goto(nodes.home.url)
    table = page.get_by_role("table")
    assert table.get_by_role("row").count() > 15
    assert table.get_by_role("columnheader", name="Collaboration").count() == 1
    card = page.locator(".matrix tbody", has=page.get_by_role("link", name="Incident reporting"))
    expect(card).to_contain_text("Suggested: communication")
    box = card.bounding_box()
    assert box is not None
    assert box["width"] <= PHONE[0]


def test_on_a_phone_the_menu_opens_and_closes_by_keyboard(browser: Browser, nodes: Stage) -> None:
    page = opened(browser, PHONE)
    page.goto(nodes.home.url)
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).not_to_be_visible()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).not_to_be_visible()
    page.get_by_role("button", name="Menu").click()
    menu.get_by_role("link", name="Evidence").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Evidence")


def test_the_skip_link_comes_first_and_leads_to_the_content(browser: Browser, nodes: Stage) -> None:
    page = opened(browser)
    page.goto(nodes.home.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_whatever_has_the_focus_shows_it(browser: Browser, nodes: Stage) -> None:
    page = opened(browser)
    for path in ("", "records/", "inbox/", "evidence/"):
        page.goto(nodes.home.url + path)
        for _ in range(25):
            page.keyboard.press("Tab")
            shown = page.evaluate(
                "(() => { const at = document.activeElement, style = getComputedStyle(at);"
                " return at === document.body || at.tagName === 'MAIN' ||"
                " (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2); })()"
            )
            assert shown, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def by_keyboard(page: Page, name: str) -> None:
    """Go to a link or button with the tab key alone, and press it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_share_withdraw_and_confirm_by_keyboard_alone(browser: Browser, nodes: Stage) -> None:
    title = "Airline held to what its chatbot promised"
    here, there = opened(browser), opened(browser)
    here.goto(nodes.home.url)
    for name in ("Records", title, f"Release to {nodes.abroad.name} as shown"):
        by_keyboard(here, name)
    expect(here.get_by_role("status")).to_contain_text("Released to EU AI Office")
    there.goto(nodes.abroad.url + "inbox/")
    by_keyboard(there, "Collect from the counterpart now")
    expect(there.get_by_role("status")).to_contain_text("1 object received")
    expect(there.get_by_role("link", name=title)).to_be_visible()
    here.reload()
    expect(here.get_by_text("received, with receipt")).to_be_visible()
    for name in ("Withdraw this release", "Withdraw it"):
        by_keyboard(here, name)
    expect(here.get_by_text("withdrawn, not yet confirmed")).to_be_visible()
    by_keyboard(there, "Collect from the counterpart now")
    expect(there.get_by_role("status")).to_contain_text("1 withdrawal carried out")
    expect(there.get_by_role("link", name=title)).to_have_count(0)
    here.reload()
    expect(here.get_by_text("withdrawn and confirmed")).to_be_visible()


def test_the_evidence_is_checked_and_taken_away(browser: Browser, nodes: Stage, tmp_path: Path) -> None:
    page = opened(browser)
    page.goto(nodes.home.url + "evidence/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take the files away (zip)").click()
    kept = tmp_path / "evidence.zip"
    download.value.save_as(kept)
    assert kept.read_bytes().startswith(b"PK")
    page.get_by_role("link", name="Check the evidence").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The evidence holds")


def test_on_paper_the_matrix_is_whole_and_has_no_controls(browser: Browser, nodes: Stage) -> None:
    page = opened(browser)
    page.goto(nodes.home.url)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Main")).not_to_be_visible()
    expect(page.locator("form.filters")).not_to_be_visible()
    assert page.locator(".matrix tbody").count() == 15


def test_paper_is_light_and_shows_what_is_folded_but_for_what_only_a_program_reads(
    browser: Browser, nodes: Stage
) -> None:
    page = opened(browser, scheme="dark")
    page.emulate_media(media="print")
    page.goto(nodes.home.url)
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 34, 48)"
    suggested = page.locator(".is-suggested .verdict").first
    assert suggested.evaluate("each => getComputedStyle(each).color") == "rgb(27, 34, 48)"
    page.goto(nodes.home.url + details(nodes.home, page)[0])
    assert page.locator("details table").first.evaluate("each => each.checkVisibility()")
    page.goto(nodes.home.url + "evidence/")
    assert not page.locator("details pre").first.evaluate("each => each.checkVisibility()")


def test_a_word_without_end_breaks_and_pushes_nothing_aside(browser: Browser, nodes: Stage) -> None:
    page = opened(browser)
    for path in ("records/", "inbox/", "releases/", *details(nodes.home, page)):
        page.goto(nodes.home.url + path)
        page.evaluate(
            "word => document.querySelectorAll('h1, .crumbs span, tbody th a, .text, .brand strong')"
            ".forEach(each => { each.textContent = word; })",
            "Donaudampfschiff" * 20,
        )
        for size in (NARROWEST, PHONE, (962, 700), DESK):
            resize(page, *size)
            assert page.evaluate(OUTSIDE) <= 0, (path, size)
            assert page.evaluate(ASIDE) == 0, (path, size)
