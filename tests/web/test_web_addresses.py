"""Every address that a node may be given can be opened and signed in at, however it was typed."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourfold.canon import own_address
from fourfold.node.home import Config, Home, write_config

NAMES = {
    "node.example.org": "node.example.org",
    "präsidium.example": "xn--prsidium-1za.example",
    "BÜRO.example": "xn--bro-hoa.example",
    "127.0.0.1": "127.0.0.1",
    "[0:0:0::1]": "[::1]",
    "[2001:DB8::A]": "[2001:db8::a]",
    "localhost": "localhost",
}
"""What may be typed as a name, and what a browser makes of it (URL Standard, section 3.5)."""
PORTS = {"http": {"": "", ":80": "", ":08490": ":8490"}, "https": {"": "", ":443": "", ":8443": ":8443"}}


@st.composite
def addresses(draw: st.DrawFn) -> tuple[str, str]:
    """An address as somebody types it, and its origin as a browser sends it."""
    scheme = draw(st.sampled_from(sorted(PORTS)))
    name, seen = draw(st.sampled_from(sorted(NAMES.items())))
    port, sent = draw(st.sampled_from(sorted(PORTS[scheme].items())))
    written = draw(st.sampled_from([str.upper, str.lower, str]))(f"{scheme}://{name}{port}")
    return written + draw(st.sampled_from(["", "/"])), f"{scheme}://{seen}{sent}"


@pytest.fixture
def named(ada: SimpleNamespace, settings: Any) -> Any:
    """Let the node have an address, as its settings file says it."""

    def at(typed: str) -> Config:
        home = Home(ada.folder)
        write_config(home, Config(id=ada.id, name="Own", url=typed))
        settings.NODE = config = home.config()
        settings.ALLOWED_HOSTS = config.allowed_hosts
        settings.CSRF_TRUSTED_ORIGINS = [config.origin]
        return config

    return at


@pytest.fixture
def ada(node: Any, signed_in: Any, tmp_path: Any) -> SimpleNamespace:
    signed_in("ada")
    return SimpleNamespace(id=node.id, folder=tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(addresses())
def test_every_address_that_is_accepted_can_be_opened_and_signed_in_at(
    named: Any, address: tuple[str, str]
) -> None:
    typed, origin = address
    config = named(typed)
    assert (config.url, config.origin) == (f"{origin}/", origin)
    browser, host = Client(enforce_csrf_checks=True), urlsplit(origin).netloc
    opened = browser.get("/sign-in/", headers={"host": host})
    token = opened.context["csrf_token"]
    form = {"login": "ada", "password": "wrong", "csrfmiddlewaretoken": str(token)}
    posted = browser.post("/sign-in/", form, headers={"host": host, "origin": origin})
    assert (opened.status_code, posted.status_code) in {(200, 200), (200, 429)}


def test_another_name_than_its_own_is_still_refused(named: Any) -> None:
    named("https://node.example.org/")
    assert Client().get("/sign-in/", headers={"host": "other.example"}).status_code == 400


def test_an_address_in_a_settings_file_that_is_none_is_told_with_its_file(tmp_path: Any) -> None:
    home = Home(tmp_path)
    home.config_file.write_text('id = "identity--1"\nname = "Own"\nurl = "ftp://a/"\n')
    with pytest.raises(Exception, match=r"node\.toml: url: .*ftp://a/.* Write it as"):
        home.config()


def test_what_is_normal_stays(named: Any) -> None:
    assert named("https://node.example.org/").url == own_address("https://node.example.org/")
