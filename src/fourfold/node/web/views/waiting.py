"""What waits for a second person: changes by which a record would be guarded less."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fourfold.node.actions.decide_proposal import confirm_proposal, drop_proposal
from fourfold.node.models import Proposal, ProposalKind
from fourfold.node.roles import Act
from fourfold.node.web.queries.waiting import proposal_view, waiting_view
from fourfold.node.web.views.acting import button
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell


def waiting(request: HttpRequest) -> HttpResponse:
    """All changes that wait."""
    steps = crumbs(("records", gettext_lazy("Records")), ("", gettext_lazy("Waiting")))
    return page(request, "waiting.html", {"rows": waiting_view(), "crumbs": steps})


def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """One change that waits, with what it would loosen."""
    view = proposal_view(number)
    if view is None:
        raise Http404
    steps = crumbs(("waiting", gettext_lazy("Waiting")), ("", view.title))
    return page(request, "proposal.html", {"view": view, "crumbs": steps})


@button(Act.APPROVE)
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm a change as its second person."""
    row = confirm_proposal(number, ProposalKind.CHANGE, actor_of(request))
    tell(
        request,
        "success",
        _("Confirmed: the new version is kept. Approvals of the one before do not cover it."),
    )
    return redirect("record", row.subject)


@button(Act.READ)
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Drop a change: its proposer may, and whoever could confirm it."""
    mine = Proposal.readable.filter(pk=number, proposed_by=actor_of(request)).exists()
    if not (mine or Act.APPROVE in request.acts):
        raise PermissionDenied
    row = drop_proposal(number, ProposalKind.CHANGE, actor_of(request))
    tell(request, "success", _("Dropped. The record stays as it is."))
    return redirect("record", row.subject)
