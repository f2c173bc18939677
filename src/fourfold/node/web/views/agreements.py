"""Agreements: the list, and one text as people read it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from fourfold.node import clock
from fourfold.node.web.queries.agreements import agreement_rows, agreement_view
from fourfold.node.web.queries.drafts import against_of, draft_rows
from fourfold.node.web.views.page import crumbs, page


def agreements(request: HttpRequest) -> HttpResponse:
    """What was agreed, and where it stands."""
    context = {"rows": agreement_rows(clock.now()), "drafts": draft_rows()}
    return page(request, "agreements.html", context)


def agreement(request: HttpRequest, digest: str) -> HttpResponse:
    """One agreement."""
    view = agreement_view(digest, clock.now())
    if view is None:
        raise Http404
    steps = crumbs(("agreements", _("Agreements")), ("", view.row.title))
    context = {"view": view, "against": against_of(digest), "crumbs": steps}
    return page(request, "agreement.html", context)
