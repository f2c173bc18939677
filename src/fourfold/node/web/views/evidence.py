"""Evidence: what can be proved, and files to prove it with."""

import io
import zipfile

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from fourfold.errors import NotFoundError
from fourfold.node import clock, trail
from fourfold.node.models import Peer, Tag
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.taking import disposition, marking_line
from fourfold.node.web.queries.evidence import (
    checks_view,
    evidence_files,
    evidence_marking,
    evidence_view,
)
from fourfold.node.web.views.page import actor_of, crumbs, page

MARKING = "MARKING.txt"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every file in an archive, so that the same evidence gives the same bytes."""


def evidence(request: HttpRequest) -> HttpResponse:
    """The logs, receipts and agreements with every counterpart."""
    return page(request, "evidence.html", {"view": evidence_view()})


@needs(Act.READ)
@require_POST
def download(request: HttpRequest, institution: str) -> HttpResponse:
    """All evidence of what was exchanged with a counterpart, as files in one archive; the trail notes it."""
    peer = _peer(institution)
    try:
        files, marked = evidence_files(peer), evidence_marking(peer)
    except NotFoundError as error:
        raise PermissionDenied from error
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, MARKING: f"{marking_line(marked)}\n".encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), content)
    trail.note(Tag.EVIDENCE_EXPORTED, clock.now(), peer=peer, actor=actor_of(request))
    headers = disposition(f"evidence-{institution.rpartition('--')[2][:8]}", "zip", marked)
    return HttpResponse(stream.getvalue(), content_type="application/zip", headers=headers)


download.is_button = True


def checks(request: HttpRequest, institution: str) -> HttpResponse:
    """The checks of `fourfold verify`, made now on that evidence."""
    try:
        view = checks_view(_peer(institution))
    except NotFoundError as error:
        raise PermissionDenied from error
    steps = crumbs(("evidence", _("Evidence")), ("", view.peer))
    return page(request, "checks.html", {"view": view, "crumbs": steps})


def _peer(institution: str) -> Peer:
    found = Peer.objects.filter(pk=institution).first()
    if found is None:
        raise Http404
    return found
