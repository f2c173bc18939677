"""People sign in to a real node in a real browser: by password and app, by recovery code, by passkey."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import oidc_provider
import one_time
import pytest
import ready_stores
import warm
from playwright.sync_api import Browser, BrowserContext, Page, expect
from screens import OUTSIDE

from fourfold.demo.stage import free_ports

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "a long battery staple"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A key in the device that knows its owner's finger."""


@dataclass
class Node:
    """A node with two processes that answer, which requires a second factor; and its operator's keyboard."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/"

    @property
    def environment(self) -> dict[str, str]:
        return warm.typed_at(self.folder / "node", self.folder / "passphrase") | {"PATH": "/usr/bin:/bin"}

    def serve(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "fourfold.cli", "node", "serve"]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True)

    def run(self, *words: str) -> str:
        done = warm.run(*words, cwd=self.folder, env=self.environment)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def add(self, name: str) -> None:
        self.run("account", "add", name, "--role", "reader", "--password-file", str(self.folder / "password"))


@pytest.fixture(scope="module")
def house() -> Iterator[oidc_provider.Provider]:
    """The institution's own provider, at another name than the node: to a browser, another site."""
    with oidc_provider.provider() as running:
        yield running


@pytest.fixture(scope="module")
def node(
    browser: Browser, house: oidc_provider.Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    del browser  # asked for first: without one, there is nothing to start
    made = Node(tmp_path_factory.mktemp("node"), free_ports()[0])
    ready_stores.place(made.folder / "node")
    (made.folder / "passphrase").write_text("a long passphrase")
    (made.folder / "password").write_text(PASSWORD)
    listen = f"127.0.0.1:{made.port}"
    made.run("node", "init", "--name", "Institute A", "--url", made.url, "--listen", listen, "--workers", "2")
    (made.folder / "node" / "oidc-secret").write_text(house.secret)
    settings = {
        "oidc_issuer": house.issuer,
        "oidc_client": house.client,
        "oidc_secret_file": "oidc-secret",
    }
    file = made.folder / "node" / "node.toml"
    for name, value in settings.items():
        file.write_text(file.read_text().replace(f'{name} = ""', f'{name} = "{value}"'))
    server = made.serve()
    try:
        assert "serves at" in server.stdout.readline()
        yield made
    finally:
        server.terminate()
        server.wait(60)
        server.stdout.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A person's browser; whatever the content security policy refused, or a script could not do, fails."""
    context = browser.new_context()
    complaints: list[str] = []
    made = context.new_page()
    made.set_default_timeout(60_000)
    made.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert complaints == [each for each in complaints if "429 (Too Many" in each]


def with_key(context: BrowserContext, page: Page) -> None:
    """Give the device a key."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def enter(page: Page, node: Node, name: str, password: str = PASSWORD) -> None:
    page.goto(node.url + "records/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def type_code(page: Page, secret: str, button: str) -> None:
    """Type what the app shows; once more, if the half minute ended meanwhile."""
    here = page.url
    for _try in range(2):
        page.get_by_label("Code").fill(one_time.code(secret))
        page.get_by_role("button", name=button).click()
        if page.url != here or page.get_by_role("alert").count() == 0:
            return


def set_up_app(page: Page) -> tuple[str, list[str]]:
    """From the page that asks for a second factor: its secret, and the recovery codes."""
    page.get_by_role("link", name="Add an app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    secret = page.locator("dd code").inner_text()
    assert page.locator(".qr svg").bounding_box()["width"] > 150
    type_code(page, secret, "Add the app")
    return secret, page.locator(".codes code").all_inner_texts()


def test_an_account_sets_up_an_app_before_it_may_do_anything_else(page: Page, node: Node) -> None:
    node.add("ada")
    enter(page, node, "ada")
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    for path in ("", "records/", "account/"):
        page.goto(node.url + path)
        assert page.url == node.url + "account/second-factor/"
    secret, codes = set_up_app(page)
    assert len(set(codes)) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()
    page.goto(node.url + "account/recovery-codes/")
    assert not set(codes) & set(page.locator("code").all_inner_texts())
    page.goto(node.url + "records/")
    expect(page.get_by_role("heading", name="Records")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    enter(page, node, "ada")
    assert page.url == node.url + "sign-in/second-step/"
    page.goto(node.url + "records/")
    assert "/sign-in/" in page.url
    page.goto(node.url + "sign-in/second-step/")
    type_code(page, secret, "Go on")
    page.goto(node.url + "records/")
    expect(page.get_by_role("heading", name="Records")).to_be_visible()

    for _once in range(2):
        page.get_by_role("button", name="Sign out").click()
        enter(page, node, "ada")
        page.get_by_label("Code").fill(codes[3])
        page.get_by_role("button", name="Go on").click()
        if page.url.endswith("records/"):
            page.goto(node.url + "account/")
            expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")


def test_a_passkey_is_a_second_factor_and_signs_in_alone(page: Page, node: Node) -> None:
    node.add("pia")
    with_key(page.context, page)
    enter(page, node, "pia")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("this <b>laptop</b>")
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("rowheader", name="Passkey “this <b>laptop</b>”")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    enter(page, node, "pia")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Records")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.goto(node.url + "records/")
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Records")).to_be_visible()

    page.goto(node.url + "account/")
    page.get_by_role("link", name="Remove “this").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("this institution requires one")).to_be_visible()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()


def test_somebody_signs_in_by_the_institution_s_own_provider(
    page: Page, node: Node, house: oidc_provider.Provider
) -> None:
    node.add("ivo")
    page.goto(node.url + "records/")
    page.get_by_role("button", name="Sign in with your institution's account").click()
    expect(page.get_by_text("No account here is linked to you.")).to_contain_text(house.subject)
    node.run("account", "link", "ivo", "--subject", house.subject)
    page.get_by_role("button", name="Sign in with your institution's account").click()
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    assert house.asked[-1]["redirect_uri"].startswith(node.url)


def test_a_device_without_the_passkey_says_so_on_the_page(browser: Browser, node: Node) -> None:
    page = browser.new_context().new_page()
    with_key(page.context, page)
    page.goto(node.url + "sign-in/passkey/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used.")
    page.get_by_role("link", name="Sign in with name and password").click()
    assert page.url == node.url + "sign-in/"
    page.context.close()


def test_two_processes_count_the_same_tries_and_the_operator_lets_in_again(page: Page, node: Node) -> None:
    node.add("eva")
    for _try in range(5):
        enter(page, node, "eva", "a wrong guess")
        expect(page.get_by_role("alert")).to_contain_text("The name or the password is wrong.")
    enter(page, node, "eva")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"Try again in \d+ minutes, at "))
    assert '"locked_until": "' in node.run("account", "list", "--format", "json")
    assert "eva can sign in again." in node.run("account", "unlock", "eva")
    enter(page, node, "eva")
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    noted = node.run("log", "events", "--topic", "session", "--limit", "7", "--format", "json")
    assert noted.count("session:refused") == 5
    assert "session:limited" in noted
    assert noted.count("session:begun") == 1
    assert "eva: 1 ended." in node.run("account", "sign-out", "eva")
    page.goto(node.url + "account/")
    assert "/sign-in/" in page.url


def test_the_pages_of_an_account_fit_their_screen(browser: Browser, node: Node) -> None:
    node.add("una")
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    enter(page, node, "una")
    assert page.evaluate(OUTSIDE) <= 0
    page.get_by_role("link", name="Add an app").click()
    assert page.evaluate(OUTSIDE) <= 0
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    assert page.evaluate(OUTSIDE) <= 0
    type_code(page, page.locator("dd code").inner_text(), "Add the app")
    assert page.evaluate(OUTSIDE) <= 0
    for path in ("account/", "account/app/remove/", "account/passkeys/add/", "account/recovery-codes/new/"):
        page.goto(node.url + path)
        assert page.evaluate(OUTSIDE) <= 0, path
    context.close()


def test_what_is_not_offered_is_not_there(node: Node) -> None:
    for path in (
        "signup/",
        "accounts/signup/",
        "account/signup/",
        "account/email/",
        "account/password/reset/",
    ):
        for method in ("GET", "POST"):
            assert httpx.request(method, node.url + path, trust_env=False).status_code in {403, 404}, path
        assert httpx.get(node.url + path, trust_env=False).status_code == 404, path
