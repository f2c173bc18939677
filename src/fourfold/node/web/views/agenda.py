"""The agenda of the next meeting: a page to read or print, and a text to edit."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from fourfold.node import clock
from fourfold.node.agendas import markdown
from fourfold.node.models.reading import assessed
from fourfold.node.queries.agenda import Agenda, agenda_with
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.taking import disposition, marking_line, note_taken
from fourfold.node.web.queries.agenda import agenda_view
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.sources import chosen, counterparts
from fourfold.node.web.views.acting import peer_of
from fourfold.node.web.views.matrix import peer_links
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.release import ANY


@needs(Act.READ)
def agenda(request: HttpRequest, activity_id: str | None = None) -> HttpResponse:
    """The agenda with one counterpart: of one activity, or of all."""
    title, found, asked = _asked(request, activity_id)
    peers = counterparts()
    query = f"?{urlencode({'with': asked})}" if asked else ""
    names = ("activity-agenda-text", [activity_id]) if activity_id else ("agenda-text", [])
    context: dict[str, Any] = {
        "title": title,
        "view": agenda_view(found) if found else None,
        "counterparts": peer_links(peers, chosen(peers, asked), request.path),
        "text": reverse(names[0], args=names[1]) + query,
        "all": reverse("agenda") + query if activity_id else "",
        "with": asked,
    }
    (matrix,) = crumbs(("matrix", _("Matrix")))
    before = (
        [{"url": reverse("activity", args=[activity_id]) + query, "title": _(title)}] if activity_id else []
    )
    steps = [matrix, *before, {"url": "", "title": _("Agenda")}]
    return page(request, "agenda.html", {**context, "crumbs": steps})


@needs(Act.READ)
def text(request: HttpRequest, activity_id: str | None = None) -> HttpResponse:
    """The same as Markdown."""
    _title, found, peer = _asked(request, activity_id)
    if found is None:
        raise Http404
    marked = assessed(activity_id or ANY)
    text = f"{marking_line(marked)}\n\n{markdown(found)}"
    headers = disposition(f"agenda-{activity_id or 'all'}-{found.at:%Y-%m-%d}", "md", marked)
    note_taken(actor_of(request), activity_id or "", peer_of(peer))
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=headers)


def _asked(request: HttpRequest, activity: str | None) -> tuple[str, Agenda | None, str]:
    """The title of the activity (empty: all), the agenda, and the id of the counterpart."""
    peers, asked = counterparts(), request.GET.get("with", "")
    peer = chosen(peers, asked)
    known = framework().activities.get(activity) if activity else None
    if (peer is None and asked) or (activity and known is None):
        raise Http404
    title = known.title if known else ""
    if peer is None:
        return title, None, ""
    return title, agenda_with(peer, clock.now(), activity), peer.institution
