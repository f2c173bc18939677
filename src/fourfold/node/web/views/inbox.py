"""The inbox: what came, what was withdrawn, what was not accepted."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from fourfold.node.actions.pull import Pulled
from fourfold.node.actions.sync import sync
from fourfold.node.models.reading import sees_logs
from fourfold.node.queries.peers import UNTOLD
from fourfold.node.roles import Act
from fourfold.node.web.queries.consents import waiting_for_us
from fourfold.node.web.queries.handed_in import has_clients
from fourfold.node.web.queries.inbox import inbox_view, received_view
from fourfold.node.web.queries.sources import counterparts
from fourfold.node.web.views.acting import back, button
from fourfold.node.web.views.listed import asked_of
from fourfold.node.web.views.page import crumbs, page
from fourfold.node.web.views.told import tell


def inbox(request: HttpRequest) -> HttpResponse:
    """What came from counterparts."""
    view = inbox_view(asked_of(request, ("state", "words", "from")))
    context = {"view": view, "peers": counterparts(), "tools": has_clients(), "asking": waiting_for_us()}
    return page(request, "inbox.html", context)


def received(request: HttpRequest, pk: int) -> HttpResponse:
    """One received object with its provenance."""
    view = received_view(pk)
    if view is None:
        raise Http404
    return page(
        request, "received.html", {"view": view, "crumbs": crumbs(("inbox", _("Inbox")), ("", view.title))}
    )


@button(Act.COLLECT)
def collect(request: HttpRequest) -> HttpResponse:
    """Collect from every counterpart now."""
    for each in sync():
        if each.pulled is None:
            tell(request, "error", f"{each.peer.name}: {each.problem if sees_logs() else UNTOLD}")
        else:
            said = f"{each.peer.name}: {_in_words(each.pulled)} {each.pulled.more}"
            tell(request, "success", said.rstrip())
    return back(request)


def _in_words(pulled: Pulled) -> str:
    if not sees_logs():
        return gettext("collected. What came and is for you is in the list.")
    stored = pulled.stored
    parts = [
        ngettext("%(n)d object received", "%(n)d objects received", stored.stored) % {"n": stored.stored},
        ngettext("%(n)d withdrawal carried out", "%(n)d withdrawals carried out", stored.withdrawn)
        % {"n": stored.withdrawn},
        ngettext("%(n)d object not accepted", "%(n)d objects not accepted", stored.refused)
        % {"n": stored.refused},
        ngettext("%(n)d receipt delivered", "%(n)d receipts delivered", pulled.receipts)
        % {"n": pulled.receipts},
        gettext("their log countersigned at size %(size)d") % {"size": pulled.checkpoint.size},
    ]
    return ", ".join(parts) + "."
