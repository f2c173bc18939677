"""Opening the node's own address as a browser does: a page, then a form, under the name in node.toml.

Asked is the process that listens on this machine, or, where none does, this very program: what a proxy before
it makes of a request is not seen from here.
"""

import re
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.urls import reverse

from fourfold.canon import bracketed, own_address
from fourfold.errors import ExchangeError
from fourfold.exchange.http import open_client
from fourfold.node.home import Config

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared, not bound
_REMEDY = "Set url in node.toml to the address that people type, and serve the node anew."
BAD_NAME, REFUSED = 400, 403


def opened() -> str:
    """What a browser meets at the node's own address, in a sentence.

    Raises:
        ExchangeError: its pages or its forms are refused there, or something else answers.
        InputError: no browser opens its port.
    """
    node = settings.NODE
    own_address(node.url, for_browsers=True)
    try:
        with open_client(None) as http:
            _open(http, node, _listening(node))
    except httpx.ConnectError:
        with open_client(None, _within()) as http:
            _open(http, node, "http://node")
        return f"{node.url} can be opened and signed in at, once the node is served."
    except httpx.HTTPError as error:
        raise ExchangeError(
            f"{_listening(node)} did not answer as a node does ({type(error).__name__}): see its log."
        ) from error
    return f"{node.url} can be opened and signed in at."


def _open(http: httpx.Client, node: Config, place: str) -> None:
    """Ask for the page to sign in, then post a form that changes nothing."""
    named = {"Host": urlsplit(node.url).netloc}
    page = http.get(place + reverse("account_login"), headers=named)
    token, cookie = _TOKEN.search(page.text), page.cookies.get(settings.CSRF_COOKIE_NAME)
    if page.status_code == BAD_NAME:
        raise ExchangeError(
            f"A browser that opens {node.url} is refused: the node does not know that name. {_REMEDY}"
        )
    if node.is_open and page.is_redirect:
        return  # a demonstration asks nobody to sign in
    if not (page.is_success and token and cookie):
        raise ExchangeError(
            f"At {place} something else answers ({page.status_code}). Stop it, or change port in node.toml."
        )
    form = {"csrfmiddlewaretoken": token[1]}
    given = {**named, "Origin": node.origin, "Cookie": f"{settings.CSRF_COOKIE_NAME}={cookie}"}
    if http.post(place + reverse("sign-out"), data=form, headers=given).status_code == REFUSED:
        raise ExchangeError(
            f"Forms posted from {node.url} are refused, so that nobody can sign in. {_REMEDY}"
        )


def _listening(node: Config) -> str:
    return f"http://{bracketed(_ANYWHERE.get(node.host, node.host))}:{node.port}"


def _within() -> httpx.WSGITransport:
    from fourfold.node.wsgi import application  # noqa: PLC0415  Django starts when it is first asked

    return httpx.WSGITransport(app=application)
