"""Working together: the list of proposals and joint records, and one of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from fourfold.node import clock
from fourfold.node.web.queries.together import course_view, together_view
from fourfold.node.web.views.page import crumbs, page


def together(request: HttpRequest) -> HttpResponse:
    """What is proposed, what is written together, and what waits for this institution."""
    return page(request, "together.html", {"view": together_view()})


def course(request: HttpRequest, digest: str) -> HttpResponse:
    """One proposal or joint record with its history."""
    view = course_view(digest, clock.now())
    if view is None:
        raise Http404
    steps = crumbs(("together", _("Working together")), ("", view.row.title))
    return page(request, "course.html", {"view": view, "crumbs": steps})
