"""The page of one activity."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from fourfold.node import clock
from fourfold.node.models import JointAssessment, Peer
from fourfold.node.web.queries.activity import activity_view
from fourfold.node.web.queries.beginning import beginning_view
from fourfold.node.web.queries.sources import chosen, counterparts, stance_with
from fourfold.node.web.queries.steps import GO_ON
from fourfold.node.web.views.matrix import peer_links
from fourfold.node.web.views.page import crumbs, page
from fourfold.protocols.assessment import State


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
        **_next(activity_id, peer),
        "view": view,
        "begin": beginning_view(activity_id, clock.now(), peer),
        "counterparts": peer_links(peers, peer, request.path),
        "crumbs": [{**home, "url": home["url"] + asked}, here],
    }
    return page(request, "activity.html", context)


def _next(activity: str, peer: Peer | None) -> dict[str, Any]:
    """Where the assessment with a counterpart stands, and the page on which to go on."""
    if peer is None:
        return {}
    row = JointAssessment.readable.filter(peer=peer, activity=activity).first()
    step, query = GO_ON[State(row.state) if row else State.EMPTY], f"?{urlencode({'with': peer.institution})}"
    url = reverse("inbox") if step.page == "inbox" else reverse(step.page, args=[activity]) + query
    links = {name: reverse(name, args=[activity]) + query for name in ("answers", "activity-agenda")}
    return {
        "with": peer.institution,
        "step": step,
        "step_url": url,
        "step_act": _ACTS.get(step.page, "assess"),
        "links": links,
    }


_ACTS = {"activity-agenda": "read", "inbox": "collect"}
