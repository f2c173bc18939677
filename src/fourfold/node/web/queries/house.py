"""What every page says of the node itself."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fourfold.node import examples

MENU: tuple[tuple[str, Promise], ...] = (
    ("matrix", _("Matrix")),
    ("agreements", _("Agreements")),
    ("together", _("Together")),
    ("records", _("Records")),
    ("releases", _("Releases")),
    ("inbox", _("Inbox")),
    ("evidence", _("Evidence")),
    ("institutions", _("Institutions")),
    ("events", _("Events")),
)


READERS: tuple[tuple[str, Promise], ...] = (("readers", _("Readers")),)
"""For those who say who may read what."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu; `exact` where the reader is on that page, not merely below it."""

    title: Promise
    url: str
    current: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class HouseView:
    """Whose node it is; `demo` where its pages need no sign-in.

    `account` is who is signed in. `may` names the acts that are let to the reader: release, write, ...
    `examples` tells whether it has example incidents to import.
    """

    name: str
    demo: bool
    account: str
    may: frozenset[str]
    examples: bool
    menu: tuple[MenuItem, ...]


def house_view(request: HttpRequest | None) -> HouseView:
    """The frame of a page. It asks the store nothing, so that an error page can have it too."""
    node = settings.NODE
    user = getattr(request, "user", None)
    signed_in = not node.is_open and user is not None and user.is_authenticated
    account = user.get_username() if signed_in else ""
    may = frozenset(act.name.lower() for act in getattr(request, "acts", ()))
    menu = _menu(request.path if request else "", may) if node.is_open or signed_in else ()
    return HouseView(node.name, node.is_open, account, may, node.is_open and examples.available(), menu)


def _menu(path: str, may: frozenset[str]) -> tuple[MenuItem, ...]:
    items = []
    for name, title in (*MENU, *(READERS if "vouch" in may else ())):
        url = reverse(name)
        below = path.startswith("/activities/") if name == "matrix" else path.startswith(url)
        items.append(MenuItem(title, url, path == url or below, path == url))
    return tuple(items)
