"""Records: the list, and one record with who would get what of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from fourfold.node.web.queries.record import record_view
from fourfold.node.web.queries.records import records_view
from fourfold.node.web.views.listed import asked_of
from fourfold.node.web.views.page import crumbs, page


def records(request: HttpRequest) -> HttpResponse:
    """What this institution keeps."""
    view = records_view(asked_of(request, ("words", "kind", "tlp", "sort")))
    return page(request, "records.html", {"view": view})


def record(request: HttpRequest, record_id: str) -> HttpResponse:
    """One record."""
    version = request.GET.get("version", "")
    view = record_view(record_id, int(version) if version.isdecimal() and len(version) < 10 else None)  # noqa: PLR2004  fits a column
    if view is None:
        raise Http404
    return page(
        request, "record.html", {"view": view, "crumbs": crumbs(("records", _("Records")), ("", view.title))}
    )
