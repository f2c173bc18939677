"""Two people of one institution act by page, without scripts: keep, confirm, approve, release, withdraw."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from people import PASSWORD, let_read_by_name, settle
from playwright.sync_api import Browser, Page, expect
from screens import sideways

from fourfold.demo.path import PATH
from fourfold.demo.stage import Stage, free_ports, set_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]
UNTIL = "agree"
"""The last step of the path that is walked beforehand: the agreement is in force."""
TITLE = "A chatbot tells two users how to misdose"


@pytest.fixture(scope="module")
def nodes(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, ready_store: Callable[[Path], str]
) -> Iterator[Stage]:
    """Two nodes that ask for a sign-in, with an agreement in force and three accounts on one of them."""
    del browser  # asked for first: without one, there is nothing to start
    made = set_up(tmp_path_factory.mktemp("nodes"), free_ports())
    for side in made.sides:
        side.database = ready_store(side.home)
    try:
        for step in PATH[: [each.name for each in PATH].index(UNTIL) + 1]:
            list(step.run(made))
        people = {"ada": "analyst", "bea": "officer", "opa": "operator"}
        settle(made.home.home, made.home.environment(), people, readers=["ada", "bea"])
        yield made
    finally:
        made.stop()


def signed_in(browser: Browser, stage: Stage, name: str, *, scripts: bool = False) -> Page:
    """Somebody at a browser, mostly without any script."""
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.set_default_timeout(60_000)
    page.goto(stage.home.url + "records/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def told(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def test_two_people_keep_confirm_release_and_withdraw(browser: Browser, nodes: Stage) -> None:
    ada, bea = signed_in(browser, nodes, "ada"), signed_in(browser, nodes, "bea")

    ada.get_by_role("link", name="Keep a record").click()
    ada.locator("#f-description").fill("Two users were told twice the dose.")
    ada.locator("#f-countries").fill("Germany")
    ada.get_by_role("button", name="Keep", exact=True).last.click()
    summary = ada.get_by_role("alert")
    expect(summary).to_contain_text("Label: Choose a label.")
    summary.get_by_role("link", name="Countries: “Germany”").click()
    assert ada.url.endswith("#f-countries")
    expect(ada.locator("#f-description")).to_have_value("Two users were told twice the dose.")
    ada.locator("#f-title").fill(TITLE)
    ada.locator("#f-countries").fill("DE\nAT")
    ada.locator("#marking-tlp").select_option("AMBER+STRICT")
    ada.locator("#slice").select_option(label="incidents reported at home, in “Incident reporting”")
    ada.get_by_role("button", name="Keep", exact=True).last.click()
    assert "Nothing of it has left" in told(ada)
    record = ada.url
    expect(ada.get_by_text("The marking is above the slice's ceiling.").first).to_be_visible()
    expect(ada.get_by_role("button", name="Release to")).to_have_count(0)
    expect(bea.get_by_role("link", name="Keep a record")).to_have_count(0)

    ada.get_by_role("link", name="Change it").click()
    ada.locator("#marking-tlp").select_option("AMBER")
    ada.get_by_role("button", name="Keep the new version").last.click()
    expect(ada.get_by_role("alert")).to_contain_text("from TLP:AMBER+STRICT down to TLP:AMBER")
    ada.get_by_role("button", name="Propose it to a second person").click()
    assert "Nothing has changed until another person confirms it." in told(ada)
    expect(ada.get_by_role("button", name="Confirm as the second person")).to_have_count(0)

    bea.goto(nodes.home.url + "records/waiting/")
    bea.get_by_role("link", name=TITLE).click()
    bea.get_by_role("button", name="Confirm as the second person").click()
    assert "Confirmed" in told(bea)

    ada.goto(record)
    expect(ada.get_by_text("Would pass")).to_be_visible()
    ada.get_by_role("button", name="Release to EU AI Office as shown").click()
    assert "Released to EU AI Office" in told(ada)
    release = ada.url
    nodes.abroad.do("collect")
    ada.goto(release)
    expect(ada.get_by_text("received, with receipt")).to_be_visible()

    ada.get_by_role("link", name="Withdraw this release").click()
    ada.get_by_label("Reason").fill("named the wrong product")
    ada.get_by_role("button", name="Withdraw it").click()
    expect(ada.get_by_text("named the wrong product")).to_be_visible()
    nodes.abroad.do("collect")
    ada.goto(release)
    expect(ada.get_by_text("withdrawn and confirmed")).to_be_visible()


def test_another_person_approves_what_is_for_named_recipients_only(browser: Browser, nodes: Stage) -> None:
    ada, bea = signed_in(browser, nodes, "ada"), signed_in(browser, nodes, "bea")
    ada.goto(nodes.home.url + "records/new/")
    ada.locator("#f-title").fill("For one pair of eyes")
    ada.locator("#marking-tlp").select_option("RED")
    ada.get_by_label("Only those ticked below").first.check()
    ada.get_by_label("EU AI Office").first.check()
    ada.get_by_role("button", name="Keep", exact=True).last.click()
    expect(ada.get_by_text("A second person approves it on this page")).to_be_visible()
    record = ada.url.rstrip("/").rpartition("/")[2]
    let_read_by_name(nodes.home.home, nodes.home.environment(), record, "bea")
    bea.goto(ada.url)
    expect(bea.get_by_text("TLP:RED: no second person has approved.").first).to_be_visible()
    bea.get_by_role("button", name="Approve that this version goes to EU AI Office").click()
    expect(bea.get_by_text("Approved by bea, for this version")).to_be_visible()
    expect(bea.get_by_text("TLP:RED: no second person has approved.")).to_have_count(0)


def test_an_operator_reads_nothing_and_may_collect(browser: Browser, nodes: Stage) -> None:
    opa = signed_in(browser, nodes, "opa")
    expect(opa.get_by_role("heading", level=1)).to_have_text("Your account may not do this")
    opa.get_by_role("main").get_by_role("link", name="Your account").click()
    opa.get_by_role("button", name="Collect from the counterparts now").click()
    assert "EU AI Office:" in told(opa)
    expect(opa.get_by_role("heading", level=1)).to_have_text("Your account")


def test_a_file_goes_through_the_real_server_to_its_place(
    browser: Browser, nodes: Stage, tmp_path: Path
) -> None:
    ada, file = signed_in(browser, nodes, "ada"), tmp_path / "car.log"
    file.write_bytes(b"a line of a log\n" * 300_000)
    ada.goto(nodes.home.url + "records/new/")
    ada.locator("#f-title").fill("With a file")
    ada.locator("#marking-tlp").select_option("GREEN")
    ada.get_by_role("button", name="Keep", exact=True).last.click()
    ada.get_by_role("link", name="Attach a file").click()
    ada.get_by_label("File", exact=True).set_input_files(file)
    ada.get_by_role("button", name="Attach it").click()
    assert "“car.log” is attached" in told(ada)
    folder = nodes.home.home / "attachments"
    kept = [each for each in folder.rglob("*") if each.is_file()]
    assert [each.read_bytes() == file.read_bytes() for each in kept] == [True]
    assert kept[0].parent.name != "part"


def test_the_forms_fit_their_screen(browser: Browser, nodes: Stage) -> None:
    page = signed_in(browser, nodes, "bea", scripts=True)
    for path in ("holds/", "account/", "account/password/", "records/waiting/"):
        page.goto(nodes.home.url + path)
        assert sideways(page) == [], path
