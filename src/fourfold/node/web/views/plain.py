"""The pages that need no store of their own: institutions, events, about."""

from django.http import HttpRequest, HttpResponse

from fourfold.institutions import compare, shipped_profiles
from fourfold.node.roles import Act
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.events import ASKED, events_view
from fourfold.node.web.views.listed import asked_of
from fourfold.node.web.views.page import page


def institutions(request: HttpRequest) -> HttpResponse:
    """The functions and facts of the institutions, side by side."""
    return page(request, "institutions.html", {"view": compare(shipped_profiles())})


def events(request: HttpRequest) -> HttpResponse:
    """The audit trail; what an event is about is opened by whoever may read it."""
    view = events_view(asked_of(request, ASKED), links=Act.READ in request.acts)
    return page(request, "events.html", {"view": view})


def about(request: HttpRequest) -> HttpResponse:
    """What this is, how it reads the framework, and under which licence."""
    return page(request, "about.html", {"framework": framework()})
