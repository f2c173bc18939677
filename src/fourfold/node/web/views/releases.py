"""Releases: what went to whom, and one release."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from fourfold.node.web.queries.releases import release_view, releases_view
from fourfold.node.web.views.listed import asked_of
from fourfold.node.web.views.page import crumbs, page


def releases(request: HttpRequest) -> HttpResponse:
    """What went to whom."""
    return page(
        request, "releases.html", {"view": releases_view(asked_of(request, ("words", "kind", "state")))}
    )


def release(request: HttpRequest, release_id: str) -> HttpResponse:
    """One release over all its versions."""
    view = release_view(release_id)
    if view is None:
        raise Http404
    return page(
        request,
        "release.html",
        {"view": view, "crumbs": crumbs(("releases", _("Releases")), ("", view.title))},
    )
