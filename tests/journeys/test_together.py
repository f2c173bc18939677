"""Two institutions work together by page, without scripts: a proposal to its end, a record that both sign."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from people import PASSWORD, settle
from playwright.sync_api import Browser, Page, expect

from fourfold.demo.path import PATH
from fourfold.demo.stage import Stage, free_ports, set_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]
UNTIL = "agree"
"""The last step of the path that is walked beforehand: the agreement is in force."""
TITLE, ENTRY = "What counts as serious", "A tram did not stop"


@pytest.fixture(scope="module")
def nodes(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, ready_store: Callable[[Path], str]
) -> Iterator[Stage]:
    """Two nodes that ask for a sign-in, with an agreement in force and people at each."""
    del browser  # asked for first: without one, there is nothing to start
    made = set_up(tmp_path_factory.mktemp("nodes"), free_ports())
    for side in made.sides:
        side.database = ready_store(side.home)
    try:
        for step in PATH[: [each.name for each in PATH].index(UNTIL) + 1]:
            list(step.run(made))
        for side, people in (
            (made.home, {"ada": "analyst", "bea": "officer"}),
            (made.abroad, {"eve": "analyst"}),
        ):
            settle(side.home, side.environment(), people, readers=list(people))
        yield made
    finally:
        made.stop()


def signed_in(browser: Browser, url: str, name: str) -> Page:
    """Somebody at a browser without any script."""
    page = browser.new_context(java_script_enabled=False).new_page()
    page.set_default_timeout(60_000)
    page.goto(url + "together/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def told(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def open_it(page: Page, title: str) -> None:
    """Collect what came from the other side, and open it."""
    page.get_by_role("link", name="Inbox", exact=True).click()
    page.get_by_role("button", name="Collect from the counterpart now").click()
    page.get_by_role("link", name="Together", exact=True).click()
    page.get_by_role("link", name=title).first.click()


def do(page: Page, link: str, button: str | None = None) -> None:
    """Follow a link to what can be done, and do it."""
    page.get_by_role("link", name=link, exact=True).click()
    page.get_by_role("button", name=button or link, exact=True).last.click()


@pytest.fixture(scope="module")
def ada(browser: Browser, nodes: Stage) -> Page:
    return signed_in(browser, nodes.home.url, "ada")


@pytest.fixture(scope="module")
def eve(browser: Browser, nodes: Stage) -> Page:
    return signed_in(browser, nodes.abroad.url, "eve")


def test_a_proposal_is_amended_accepted_and_committed_to(nodes: Stage, ada: Page, eve: Page) -> None:
    ada.goto(nodes.home.url + "activities/incident_reporting/")
    ada.get_by_role("link", name="Propose: Mapping of definitions").last.click()
    ada.locator("#f-title").fill(TITLE)
    ada.locator("#f-due").fill("soon")
    ada.locator("#f-first-name").fill("Regulation (EU) 2024/1689")
    ada.locator("#f-second-name").fill("OECD")
    ada.locator("#f-rows-0-first").fill("somebody dies")
    ada.locator("#f-rows-0-relation").select_option("exact")
    ada.locator("#f-rows-0-second").fill("a person is killed")
    ada.get_by_role("button", name="Propose it").click()
    summary = ada.get_by_role("alert")
    expect(summary).to_contain_text("To be done by: Give a day")
    expect(summary).to_contain_text("Label: Choose a label.")
    ada.locator("#f-due").fill("2099-12-31")
    ada.locator("#marking-tlp").select_option("GREEN")
    ada.get_by_role("button", name="Propose it").click()
    assert "every party can collect it" in told(ada)

    open_it(eve, TITLE)
    eve.get_by_role("link", name="Amend it").click()
    eve.locator("#f-rows-0-relation").select_option("broad")
    eve.locator("#f-rows-0-note").fill("Only the first asks for seriousness.")
    eve.get_by_role("button", name="Amend it").last.click()
    assert "asked again" in told(eve)

    open_it(ada, TITLE)
    changed = ada.get_by_role("table").filter(has_text="Limbs, row 1")
    expect(changed).to_contain_text("Only the first asks for seriousness.")
    do(ada, "Accept it")
    do(ada, "Commit to it by a date")
    assert "Committed" in told(ada)

    open_it(eve, TITLE)
    eve.get_by_role("link", name="Commit to it by a date").click()
    eve.get_by_label("By when").fill("2099-06-30")
    eve.get_by_role("button", name="Commit to it by a date").click()
    expect(eve.get_by_text("committed to by all").first).to_be_visible()

    open_it(ada, TITLE)
    expect(ada.get_by_text("committed to by all").first).to_be_visible()
    ada.get_by_role("link", name="Together", exact=True).click()
    commitments = ada.get_by_role("table").filter(has_text="30 Jun 2099")
    expect(commitments).to_contain_text("31 Dec 2099")


def test_a_joint_record_is_written_by_both_and_signed_by_both(nodes: Stage, ada: Page, eve: Page) -> None:
    ada.goto(nodes.home.url + "activities/incident_reporting/")
    ada.get_by_role("link", name="Begin a joint record").click()
    ada.locator("#f-title").fill(ENTRY)
    ada.locator("#f-countries").fill("GB")
    ada.locator("#marking-tlp").select_option("GREEN")
    ada.get_by_role("button", name="Begin it").click()
    assert "every party can collect it" in told(ada)

    open_it(eve, ENTRY)
    eve.get_by_role("link", name="Contribute").click()
    expect(eve.locator("#f-title")).to_have_value(ENTRY)
    eve.locator("#f-remark").fill("Seen in Brussels too.")
    eve.get_by_role("button", name="Contribute it").click()
    eve.get_by_role("link", name="Read and sign it").click()
    digest = eve.locator("#bytes + p").inner_text()
    eve.get_by_role("button", name="Sign these bytes").click()

    open_it(ada, ENTRY)
    written = ada.get_by_role("table").filter(has_text="Written by")
    expect(written).to_contain_text("Seen in Brussels too.")
    ada.get_by_role("link", name="Read and sign it").click()
    assert ada.locator("#bytes + p").inner_text() == digest
    ada.get_by_role("button", name="Sign these bytes").click()
    expect(ada.get_by_text("signed by all, not yet published")).to_be_visible()
    do(ada, "Publish it")

    open_it(eve, ENTRY)
    expect(eve.get_by_text("published").first).to_be_visible()
    expect(eve.get_by_role("link", name="Contribute")).to_have_count(0)
    assert digest in eve.content()


def test_a_step_waits_for_a_second_person_and_leaves_once_she_approved_it(
    browser: Browser, nodes: Stage, ada: Page, eve: Page
) -> None:
    nodes.home.stop()
    config = nodes.home.home / "node.toml"
    text = config.read_text(encoding="utf-8")
    for name in ("green", "amber", "amber_strict"):
        text = text.replace(f"approvals_{name} = 0", f"approvals_{name} = 1")
    config.write_text(text, encoding="utf-8")
    nodes.home.start()
    title = "Another case"
    ada.goto(nodes.home.url + "activities/incident_reporting/")
    ada.get_by_role("link", name="Begin a joint record").click()
    ada.locator("#f-title").fill(title)
    ada.locator("#marking-tlp").select_option("GREEN")
    ada.get_by_role("button", name="Begin it").click()
    assert "once another person has approved it" in told(ada)
    expect(ada.get_by_role("button", name="Approve that it goes")).to_have_count(0)
    eve.get_by_role("link", name="Inbox", exact=True).click()
    eve.get_by_role("button", name="Collect from the counterpart now").click()
    eve.get_by_role("link", name="Together", exact=True).click()
    expect(eve.get_by_role("link", name=title)).to_have_count(0)

    bea = signed_in(browser, nodes.home.url, "bea")
    bea.get_by_role("link", name=title).click()
    expect(bea.get_by_role("link", name="Contribute")).to_have_count(0)
    bea.get_by_role("button", name="Approve that it goes to EU AI Office").click()
    assert "every party can collect it" in told(bea)
    open_it(eve, title)
    expect(eve.get_by_role("link", name="Contribute")).to_be_visible()
