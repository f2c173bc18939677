"""The example incidents of a demonstration."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from fourfold.node import examples
from fourfold.node.roles import Act
from fourfold.node.web.views.acting import button
from fourfold.node.web.views.page import actor_of
from fourfold.node.web.views.told import tell


@button(Act.WRITE)
def import_examples(request: HttpRequest) -> HttpResponse:
    """Import the example incidents; a node that is no demonstration has none."""
    if not settings.NODE.is_open:
        raise Http404
    done = examples.import_examples(actor_of(request))
    added = ngettext("%(n)d incident was imported.", "%(n)d incidents were imported.", len(done.added))
    known = ngettext("%(n)d was here already.", "%(n)d were here already.", done.known)
    tell(request, "success", f"{added % {'n': len(done.added)}} {known % {'n': done.known}}")
    return redirect("records")
