"""The home page: the matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fourfold.node import clock
from fourfold.node.models import Peer
from fourfold.node.web.queries import words
from fourfold.node.web.queries.matrix import matrix_view
from fourfold.node.web.queries.sources import chosen, counterparts, stance_with
from fourfold.node.web.views.page import page

FILTERS: dict[str, Promise] = {
    "all": _("All"),
    "open": _("Still open"),
    "disagree": _("Sides differ"),
    "agreed": _("Agreed"),
}
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Link:
    """A choice that is an address."""

    title: str | Promise
    url: str
    current: bool
    count: int | None = None


def matrix(request: HttpRequest) -> HttpResponse:
    """Fifteen activities and four levels, with one counterpart."""
    peers = counterparts()
    peer = chosen(peers, request.GET.get("with", ""))
    if peer is None and request.GET.get("with"):
        raise Http404
    search = request.GET.get("words", "")[:_LONGEST].replace("\x00", "")
    view = matrix_view(stance_with(peer, clock.now()), request.GET.get("show", "all"), search)
    show = next(each.id for each in view.filters if each.current)
    with_ = peer.institution if peer and len(peers) > 1 else ""
    context = {
        "view": view,
        "show": show,
        "with": with_,
        "counterparts": peer_links(peers, peer, reverse("matrix")),
        "filters": [
            Link(FILTERS[each.id], _url(each.id, search, with_), each.current, each.count)
            for each in view.filters
        ],
        "key": [(verdict, words.VERDICT_MEANINGS[verdict]) for verdict in words.VERDICTS],
    }
    return page(request, "matrix.html", context)


def peer_links(peers: Sequence[Peer], current: Peer | None, path: str) -> list[Link]:
    """A choice among counterparts; none where there is nothing to choose."""
    if len(peers) < 2:  # noqa: PLR2004  a choice needs two
        return []
    return [
        Link(peer.name, f"{path}?{urlencode({'with': peer.institution})}", peer == current) for peer in peers
    ]


def _url(show: str, search: str, with_: str) -> str:
    asked = {"with": with_, "show": "" if show == "all" else show, "words": search}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("matrix") + (f"?{query}" if query else "")
