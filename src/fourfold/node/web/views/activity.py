"""The page of one activity."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from fourfold.node import clock
from fourfold.node.web.queries.activity import activity_view
from fourfold.node.web.queries.beginning import beginning_view
from fourfold.node.web.queries.sources import chosen, counterparts, stance_with
from fourfold.node.web.views.matrix import peer_links
from fourfold.node.web.views.page import crumbs, page


def activity(request: HttpRequest, activity_id: str) -> HttpResponse:
    """One activity, with one counterpart."""
    peers = counterparts()
    peer = chosen(peers, request.GET.get("with", ""))
    view = activity_view(stance_with(peer, clock.now()), activity_id)
    if view is None or (peer is None and request.GET.get("with")):
        raise Http404
    home, here = crumbs(("matrix", _("Matrix")), ("", _(view.title)))
    asked = f"?{urlencode({'with': peer.institution})}" if peer and len(peers) > 1 else ""
    context = {
        "view": view,
        "begin": beginning_view(activity_id, clock.now(), peer),
        "counterparts": peer_links(peers, peer, request.path),
        "crumbs": [{**home, "url": home["url"] + asked}, here],
    }
    return page(request, "activity.html", context)
