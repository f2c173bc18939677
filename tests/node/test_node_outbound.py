"""One way out for all that a node asks: counterparts, the provider; and what `node check` says of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.adapter import get_adapter
from proxying import answering, own_authority

from fourfold.errors import ExchangeError, FourfoldError, InputError
from fourfold.node.actions.check_node import check_node
from fourfold.node.actions.pull import pull
from fourfold.node.home import Config, Home, write_config


def check(name: str) -> Any:
    (found,) = [each for each in check_node() if each.name == name]
    return found


@pytest.fixture
def house(me: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A node that nobody serves, whose environment says nothing."""
    del me
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    settings.NODE = replace(settings.NODE, port=1)
    return settings


def test_counterparts_and_the_provider_are_asked_through_the_same_proxy(house: Any, other: Any) -> None:
    with answering() as proxy:
        house.NODE = replace(house.NODE, proxy=proxy.url)
        with pytest.raises(ExchangeError):
            pull(other.peer)
        with get_adapter().get_requests_session() as session:
            session.get("http://login.example/keys")
    hosts = {line.split()[1].split("/")[2] for line in proxy.asked}
    assert hosts == {"peer.example", "login.example"}


def test_the_provider_is_believed_by_the_authority_of_the_settings_alone(
    house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = own_authority(tmp_path)
    with answering(context) as server:
        house.NODE = replace(house.NODE, ca_file=str(authority))
        with get_adapter().get_requests_session() as session:
            assert session.get(server.url).json() == {}
        house.NODE = replace(house.NODE, ca_file="")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
        with get_adapter().get_requests_session() as session, pytest.raises(Exception, match="CERTIFICATE"):
            session.get(server.url)


def test_check_says_which_way_is_in_effect(
    house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check("outbound").sentence.startswith("Others are reached without a proxy; ")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    found = check("outbound")
    assert (found.holds, found.warns) == (True, True)
    assert "The environment is not read, but names HTTPS_PROXY: set proxy" in found.sentence
    monkeypatch.delenv("HTTPS_PROXY")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/own.pem")
    assert not check("outbound").warns
    given = {"oidc_issuer": "https://login.example", "oidc_client": "a", "oidc_secret_file": "b"}
    plain, house.NODE = house.NODE, replace(house.NODE, **given)
    assert "REQUESTS_CA_BUNDLE" in check("outbound").sentence
    house.NODE = plain
    authority, _context = own_authority(tmp_path)
    house.NODE = replace(
        house.NODE, proxy="http://p.example:3128", no_proxy="login.example", ca_file=str(authority)
    )
    found = check("outbound")
    assert (found.holds, found.warns) == (True, False)
    for part in ("http://p.example:3128", "login.example", str(authority)):
        assert part in found.sentence
    house.NODE = replace(house.NODE, ca_file="absent.pem")
    assert not check("outbound").holds


def test_check_opens_its_own_address_as_a_browser_does(house: Any) -> None:
    house.ALLOWED_HOSTS = house.NODE.allowed_hosts
    found = check("own address")
    assert found.holds
    assert "once the node is served" in found.sentence
    house.ALLOWED_HOSTS = ["other.example"]
    assert "does not know that name" in check("own address").sentence
    house.ALLOWED_HOSTS = ["*"]
    house.NODE = replace(house.NODE, url="https://NODE.example:443/")
    assert "Forms posted from https://NODE.example:443/ are refused" in check("own address").sentence


def test_check_tells_when_something_else_answers_at_its_port(house: Any) -> None:
    with answering() as stranger:
        house.NODE = replace(house.NODE, port=int(stranger.url.rpartition(":")[2]))
        found = check("own address")
    assert not found.holds
    assert "something else answers" in found.sentence


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"proxy": "proxy.example:3128"}, "proxy"),
        ({"proxy": "http://user:secret@proxy.example"}, "proxy"),
        ({"proxy": "socks5://proxy.example"}, "proxy"),
        ({"no_proxy": "a.example, b c"}, "no_proxy"),
    ],
)
def test_settings_of_the_way_out_are_checked_when_read(
    tmp_path: Path, values: dict[str, str], field: str
) -> None:
    home = Home(tmp_path)
    write_config(home, Config(id="identity--1", name="Own", url="http://node.example/", **values))
    with pytest.raises(InputError) as raised:
        home.config()
    assert [fault.field for fault in raised.value.faults] == [field]
    assert "secret" not in str(raised.value)
    assert isinstance(raised.value, FourfoldError)


def test_hosts_past_the_proxy_are_written_one_way(tmp_path: Path) -> None:
    home, names = Home(tmp_path), " .Inside.Example , [::1], prÄsidium.example,"
    write_config(home, Config(id="identity--1", name="Own", url="http://node.example/", no_proxy=names))
    assert home.config().past_proxy == ("inside.example", "[::1]", "xn--prsidium-1za.example")
