"""The inbox: what came, what was withdrawn, what was not accepted."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from fourfold.node.web.queries.handed_in import has_clients
from fourfold.node.web.queries.inbox import inbox_view, received_view
from fourfold.node.web.queries.sources import counterparts
from fourfold.node.web.views.listed import asked_of
from fourfold.node.web.views.page import crumbs, page


def inbox(request: HttpRequest) -> HttpResponse:
    """What came from counterparts."""
    view = inbox_view(asked_of(request, ("state",)))
    return page(request, "inbox.html", {"view": view, "peers": counterparts(), "tools": has_clients()})


def received(request: HttpRequest, pk: int) -> HttpResponse:
    """One received object with its provenance."""
    view = received_view(pk)
    if view is None:
        raise Http404
    return page(
        request, "received.html", {"view": view, "crumbs": crumbs(("inbox", _("Inbox")), ("", view.title))}
    )
