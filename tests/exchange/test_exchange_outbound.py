"""How a node reaches others: by which certificates, through which proxy, and never by the environment."""

from pathlib import Path

import pytest
from proxying import answering, own_authority

from fourfold.errors import ExchangeError, InputError
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.outbound import Outbound


def asked(url: str, outbound: Outbound) -> dict[str, object]:
    with open_client(None, outbound=outbound) as http:
        return Wire(url, http).get("/taxii2/", {}, "application/json").json()


def test_an_authority_of_ones_own_counts_where_it_is_named(tmp_path: Path) -> None:
    authority, context = own_authority(tmp_path)
    with answering(context) as server:
        assert asked(server.url, Outbound(ca_file=authority)) == {}
        with pytest.raises(ExchangeError):
            asked(server.url, Outbound())


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_file_without_certificates_is_told_with_its_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=r"authority\.pem: ca_file: .* PEM"):
        open_client(None, outbound=Outbound(ca_file=file))


def test_what_is_not_for_this_machine_or_named_goes_through_the_proxy() -> None:
    with answering() as proxy, answering() as here:
        way = Outbound(proxy=proxy.url, no_proxy=("inside.example",))
        assert asked("http://peer.example/", way) == {}
        with pytest.raises(ExchangeError):
            asked("https://peer.example/", way)
        assert asked(here.url, way) == {}
    assert [line.rpartition(" ")[0] for line in proxy.asked] == [
        "GET http://peer.example/taxii2/",
        "CONNECT peer.example:443",
    ]
    assert len(here.asked) == 1


def test_what_lies_below_a_name_past_the_proxy_goes_past_it_too() -> None:
    way = Outbound(proxy="http://127.0.0.1:1", no_proxy=("inside.example",))
    with open_client(None, outbound=way) as http:
        past = [
            http._transport_for_url(http.build_request("GET", f"https://{host}/").url) is http._transport
            for host in ("inside.example", "login.inside.example", "outside.example", "notinside.example")
        ]
    assert past == [True, True, False, False]


def test_the_environment_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering() as proxy, answering() as here:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
        assert asked(here.url, Outbound()) == {}
    assert proxy.asked == []
