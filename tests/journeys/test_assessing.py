"""Two liaison officers, each at a page of their own node, without scripts: answer, seal, reveal, agree."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import warm
from people import PASSWORD, settle
from playwright.sync_api import Browser, Page, expect

from fourfold.demo.path import PATH
from fourfold.demo.stage import Side, Stage, free_ports, set_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]
UNTIL = "found"
"""The last step of the path that is walked beforehand: the founding agreement is in force on both sides."""
ACTIVITY = "activities/incident_reporting/"
NEXT = "Save and go on"


@pytest.fixture(scope="module")
def nodes(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, ready_store: Callable[[Path], str]
) -> Iterator[Stage]:
    """Two nodes that ask for a sign-in and have only just joined, with a liaison officer at each."""
    del browser  # asked for first: without one, there is nothing to start
    made = set_up(tmp_path_factory.mktemp("nodes"), free_ports())
    for side in made.sides:
        side.database = ready_store(side.home)
    try:
        for step in PATH[: [each.name for each in PATH].index(UNTIL) + 1]:
            list(step.run(made))
        for side in made.sides:
            settle(side.home, side.environment(), {"lia": "liaison"}, readers=["lia"])
        yield made
    finally:
        made.stop()


def run(side: Side, *words: str) -> str:
    """Type a command at a node."""
    done = warm.run(*words, "--home", str(side.home), cwd=side.home, env=side.environment())
    assert done.returncode == 0, done.stderr
    return done.stdout


def signed_in(browser: Browser, side: Side, **more: object) -> Page:
    page = browser.new_context(java_script_enabled=False, **more).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(60_000)
    page.goto(side.url + ACTIVITY)
    page.get_by_label("Name").fill("lia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def told(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def collect(page: Page, side: Side) -> None:
    page.goto(side.url + "inbox/")
    page.get_by_role("button", name=re.compile("Collect")).first.click()


def answer(page: Page, question: str, *values: str) -> None:
    """Choose values of one question, whether it stands open or folded."""
    box = page.locator("fieldset", has=page.locator("legend", has_text=question)).first
    if not box.is_visible():
        box.locator("xpath=ancestor::section[1]").locator("summary").first.click()
    for value in values:
        box.get_by_label(value, exact=True).check()


def answer_part(page: Page, *sensitivity: str) -> None:
    """One part, answered in two goes, and what it comes to."""
    page.get_by_role("link", name="Answer for this institution").click()
    page.get_by_label("Name of the part").fill("reports")
    page.get_by_role("button", name="Add the part").click()
    expect(page.get_by_text("0 of 24 answered")).to_be_visible()
    answer(page, "How sensitive is the information", *sensitivity)
    answer(page, "Would proprietary company information", "no")
    answer(page, "How great is the cyber", "low")
    page.get_by_role("button", name=NEXT).last.click()
    assert "Saved: 3 answers." in told(page)
    answer(page, "Do mandates, scope or definitions differ", "yes")
    answer(page, "Does this institution benefit from a shared", "yes")
    page.get_by_role("button", name="Save, and see what it comes to").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What our answers come to")


def seal(page: Page) -> None:
    page.get_by_role("link", name="Seal these answers").click()
    expect(page.get_by_text("What becomes fixed")).to_be_visible()
    page.get_by_role("button", name="Seal these answers").click()
    assert "Sealed" in told(page)


def reveal(page: Page, side: Side) -> None:
    page.goto(side.url + ACTIVITY)
    page.get_by_role("link", name="Reveal ours").click()
    page.get_by_role("button", name="Reveal these answers").click()
    assert "Revealed" in told(page)


def propose(page: Page, side: Side) -> str:
    """Draft an agreement at a level that the assessment rules out, and propose it; its digest."""
    page.goto(side.url + ACTIVITY)
    page.get_by_role("link", name="Draft an agreement").click()
    page.get_by_label("Title").fill("Reports of incidents")
    page.get_by_role("button", name="Begin the draft").click()
    page.get_by_role("link", name="Change “reports”").click()
    page.get_by_label("communication", exact=True).check()
    page.get_by_role("button", name="Keep", exact=True).last.click()
    expect(page.get_by_text("which the assessment rules out")).to_be_visible()
    page.get_by_role("button", name="Propose it to the counterpart").click()
    assert "Nobody has signed it yet" in told(page)
    return page.url.rstrip("/").rpartition("/")[2]


def test_two_officers_assess_an_activity_and_agree_by_page(browser: Browser, nodes: Stage) -> None:
    here, there = nodes.home, nodes.abroad
    ann, ben = signed_in(browser, here), signed_in(browser, there, viewport={"width": 390, "height": 800})

    answer_part(ann, "minimal")
    answer_part(ben, "moderate", "high")
    expect(ann.get_by_text("closest level that may be suggested is communication")).to_be_visible()
    expect(ben.get_by_text("closest level that may be suggested is separation")).to_be_visible()

    seal(ann)
    seal(ben)
    expect(ann.get_by_text("Ours are sealed; theirs are awaited.")).to_be_visible()
    collect(ann, here)
    collect(ben, there)
    reveal(ann, here)
    reveal(ben, there)
    for page, side in ((ann, here), (ben, there)):
        collect(page, side)
        page.goto(side.url + ACTIVITY)
        expect(page.get_by_text("Both have revealed: assessed together.")).to_be_visible()
        expect(page.get_by_text("Where the sides differ")).to_be_visible()

    ann.get_by_role("link", name="Prepare the next meeting").click()
    expect(ann.get_by_text("Decisive differences")).to_be_visible()
    expect(ann.get_by_text("Settled at").first).to_contain_text("Sensitivity: minimal")

    digest = propose(ann, here)
    collect(ben, there)
    ben.goto(f"{there.url}agreements/{digest}/")
    expect(ben.get_by_text(f"fourfold agreement sign {digest}")).to_be_visible()
    for side in (there, here):
        assert "Signed: Reports of incidents" in run(side, "agreement", "sign", digest)
    for page, side in ((ben, there), (ann, here)):
        collect(page, side)
        page.goto(f"{side.url}agreements/{digest}/")
        expect(page.get_by_text("in force", exact=True).first).to_be_visible()
        page.goto(side.url)
        expect(page.get_by_text("agreed: communication").first).to_be_visible()
