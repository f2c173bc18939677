"""What third-party tools handed in."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from fourfold.node.web.queries.handed_in import handed_in_view
from fourfold.node.web.views.listed import asked_of
from fourfold.node.web.views.page import crumbs, page


def handed_in(request: HttpRequest) -> HttpResponse:
    """The list; deciding is a matter of the command line, where two people act."""
    view = handed_in_view(asked_of(request, ()))
    steps = crumbs(("inbox", _("Inbox")), ("", _("Handed in by other tools")))
    return page(request, "handed_in.html", {"view": view, "crumbs": steps})
