"""Legal holds: what may not be destroyed; two people lift one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, NotFoundError
from fourfold.node.actions.decide_proposal import confirm_proposal, drop_proposal
from fourfold.node.actions.place_hold import place_hold
from fourfold.node.actions.propose_lift import propose_lift
from fourfold.node.models import Hold, ProposalKind
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape, Typed
from fourfold.node.web.queries.holds import holds_view, title_of
from fourfold.node.web.views.acting import button
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell

LONGEST = 500


@needs(Act.HOLD)
def holds(request: HttpRequest) -> HttpResponse:
    """All holds, those that stand first."""
    return page(request, "holds.html", {"rows": holds_view()})


@needs(Act.HOLD)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, subject: str) -> HttpResponse:
    """Place a hold on a record, or on something received."""
    title = title_of(subject)
    if title is None:
        raise Http404
    typed, faults = Typed.of(request.POST), NO_FAULTS
    if request.method == "POST":
        faults = Faults.of(_faults(typed))
        if not faults.found:
            return _placed(request, subject, typed.one("reason"))
    hint = _("Such as the number of the case. It stays here, and whoever may hold can read it.")
    box = Box("reason", _("Reason"), Shape.LINE, typed.one("reason"), hint=hint, errors=faults.at("reason"))
    steps = crumbs(("holds", _("Legal holds")), ("", title))
    context = {"boxes": [box], "wrong": faults.summary([box]), "title": title, "crumbs": steps}
    return page(request, "hold.html", context)


@button(Act.HOLD)
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """Propose that a hold be lifted."""
    row = Hold.readable.filter(pk=number, lifted=None).first()
    if row is None:
        raise NotFoundError("There is no hold on this.")
    propose_lift(row.subject, actor_of(request))
    tell(request, "success", _("Proposed. The hold stands until another person confirms that it be lifted."))
    return redirect("holds")


@button(Act.HOLD)
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm as a second person that a hold be lifted."""
    confirm_proposal(number, ProposalKind.LIFT, actor_of(request))
    tell(request, "success", _("Lifted. What it kept may be destroyed again when its time is over."))
    return redirect("holds")


@button(Act.HOLD)
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Let a hold stand after all."""
    drop_proposal(number, ProposalKind.LIFT, actor_of(request))
    tell(request, "success", _("The hold stands."))
    return redirect("holds")


def _faults(typed: Typed) -> list[Fault]:
    reason = typed.one("reason")
    if not reason:
        return [Fault(_("Say why, in a few words: whoever is to lift it will ask."), field="reason")]
    if len(reason) > LONGEST or "\x00" in reason:
        return [Fault(_("At most 500 characters of text."), field="reason")]
    return []


def _placed(request: HttpRequest, subject: str, reason: str) -> HttpResponse:
    try:
        place_hold(subject, reason, actor_of(request))
    except NotFoundError as error:
        raise Http404 from error
    tell(request, "success", _("Held. Neither a rule nor a withdrawal destroys it while the hold stands."))
    return redirect("holds")
