"""Addresses in their one form: what a person may type, and what a browser makes of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import bracketed, node_address, origin_of, own_address
from fourfold.errors import InputError

NORMAL = {
    "https://Node.Example.org/": "https://node.example.org/",
    "https://node.example.org:443/": "https://node.example.org/",
    "https://prÄsidium.example/": "https://xn--prsidium-1za.example/",
    "https://präsidium.example/": "https://xn--prsidium-1za.example/",
    "http://[::1]:8490/": "http://[::1]:8490/",
    "HTTP://X:080": "http://x/",
    "http://[0:0::1]:80/": "http://[::1]/",
    "http://[::FFFF:127.0.0.1]/": "http://[::ffff:7f00:1]/",
    "https://xn--prsidium-1za.example:8443": "https://xn--prsidium-1za.example:8443/",
    "http://faß.example/": "http://xn--fa-hia.example/",
    "http://bücher。example/": "http://xn--bcher-kva.example/",
    " https://node.example/ ": "https://node.example/",
}
REFUSED = {
    "node.example.org": "http or https",
    "ftp://a/": "http or https",
    "https:///a": "http or https",
    "https://node.example.org:99999/": "ports",
    "http://a:0/": "1 to 65535",
    "http://[": "name or port",
    "http://127.1/": "name of a host",
    "http://0x7f000001/": "name of a host",
    "http://a_b/": "name of a host",
    "http://a..b/": "name of a host",
    "http://xn--a/": "name of a host",
    "http://[fe80::1%25eth0]/": "name of a host",
    "http://☃.example/": "name of a host",
    "http://node.example./": "dot",
    "http://user:secret@node.example/": "No name and no password",
    "http://a\\b/": "http or https",
    "http://a\tb/": "http or https",
    "http://" + 70 * "a" + "/": "name of a host",
    "http://" + 5_000 * "a": "http or https",
}


@pytest.mark.parametrize(("typed", "normal"), NORMAL.items())
def test_an_address_has_one_form_whatever_was_typed(typed: str, normal: str) -> None:
    assert own_address(typed) == node_address(typed) == normal == own_address(normal)


@pytest.mark.parametrize(("typed", "said"), REFUSED.items())
def test_what_no_browser_would_open_as_that_is_refused_with_a_remedy(typed: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as raised:
        own_address(typed)
    assert raised.value.faults[0].remedy
    assert "secret" not in str(raised.value)
    assert "secret" not in str(raised.value) or "No name" not in said


@pytest.mark.parametrize(("typed", "said"), [("https://a/fourfold/", "root"), ("https://a:6000/", "6000")])
def test_another_nodes_path_says_nothing_but_ones_own_is_refused(typed: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        own_address(typed, for_browsers=True)
    assert node_address(typed) == f"{origin_of(typed)}/"


def test_every_line_of_the_reported_addresses_is_normalised_or_refused(shared_data: Path) -> None:
    lines = (shared_data / "inputs" / "urls.txt").read_text(encoding="utf-8").splitlines()
    typed = [line for line in lines if line and not line.startswith("#")]
    assert len(typed) == 7
    for each in typed:
        if each in NORMAL:
            assert own_address(each) == NORMAL[each]
        else:
            with pytest.raises(InputError, match=REFUSED[each]):
                own_address(each)


@given(st.text() | st.builds("http://{}".format, st.text()) | st.from_regex(r"https?://[\w.:\[\]@-]{1,20}/?"))
def test_any_text_is_an_address_in_its_one_form_or_a_fault(typed: str) -> None:
    try:
        found = own_address(typed)
    except InputError:
        return
    assert own_address(found) == found
    assert found.isascii()
    assert found.lower() == found


@pytest.mark.parametrize(
    ("host", "written"), [("::1", "[::1]"), ("0::0", "[::]"), ("127.0.0.1", "127.0.0.1"), ("a.b", "a.b")]
)
def test_only_a_host_of_ipv6_stands_in_brackets(host: str, written: str) -> None:
    assert bracketed(host) == written
