"""A record that is kept apart, by page: let a stub stand for it, seal it, prove that it was held."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fourfold.errors import FourfoldError, NotFoundError
from fourfold.exchange.evidence import write_evidence
from fourfold.node.actions.prove_record import prove_record
from fourfold.node.actions.seal_record import seal_record
from fourfold.node.actions.stub_record import stub_record
from fourfold.node.models import Peer, Seal
from fourfold.node.parties import nodes
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.taking import disposition, for_file
from fourfold.node.web.queries.apart import apart_view, proof_view
from fourfold.node.web.views.acting import button
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell


@needs(Act.RELEASE)
def apart(request: HttpRequest, record_id: str) -> HttpResponse:
    """What a stub would tell each counterpart, what was sealed, and what can be proved."""
    view = apart_view(record_id) if "\x00" not in record_id else None
    if view is None:
        raise Http404
    steps = crumbs(("records", gettext_lazy("Records")), ("", f"{view.title}: {_('Kept apart')}"))
    return page(request, "apart.html", {"view": view, "crumbs": steps})


@button(Act.RELEASE)
def stub(request: HttpRequest, record_id: str) -> HttpResponse:
    """Let a stub stand for the version that was seen, at one counterpart."""
    peer = _node(request.POST.get("to", ""))
    made = stub_record(record_id, peer, actor_of(request), _seen(request))
    tell(request, "success", _("A stub waits to be collected by %(name)s.") % {"name": peer.name})
    return redirect("release", made.release_id)


@button(Act.RELEASE)
def seal(request: HttpRequest, record_id: str) -> HttpResponse:
    """Seal the version that was seen before one counterpart."""
    peer = _node(request.POST.get("to", ""))
    seal_record(record_id, peer, actor_of(request), _seen(request))
    text = _("Sealed. It is dated when %(name)s next countersigns its log.")
    tell(request, "success", text % {"name": peer.name})
    return redirect("apart", record_id)


@needs(Act.RELEASE)
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest, number: int) -> HttpResponse:
    """What a proof would show to whom; then the file itself, which the trail notes."""
    given = request.POST if request.method == "POST" else request.GET
    reader = given.get("reader", "")
    view = proof_view(number, reader)
    if view is None:
        raise Http404
    if request.method == "POST" and not view.problem:
        try:
            return _file(request, number, reader)
        except FourfoldError as error:
            tell(request, "error", str(error))
    record = Seal.readable.get(pk=number).version.record
    steps = crumbs(("records", gettext_lazy("Records")), ("", f"{view.title}: {_('Prove')}"))
    return page(request, "prove.html", {"view": view, "record": record, "crumbs": steps})


def _file(request: HttpRequest, number: int, reader: str) -> HttpResponse:
    row = Seal.readable.select_related("version", "witness").get(pk=number)
    marked = for_file(row.version.compartment)
    who = _node(reader) if reader else None
    proof = prove_record(row.version.record, row.witness, actor_of(request), who, row.version.version)
    headers = disposition(f"proof-{number}", "json", marked)
    return HttpResponse(write_evidence(proof), content_type="application/json", headers=headers)


def _node(institution: str) -> Peer:
    """The counterpart of that id; a third-party client keeps no log, and collects no stub.

    Raises:
        NotFoundError: there is none.
    """
    found = next((peer for peer in nodes() if peer.pk == institution), None)
    if found is None:
        raise NotFoundError("There is no such counterpart.")
    return found


def _seen(request: HttpRequest) -> str | None:
    return request.POST.get("seen") or None
