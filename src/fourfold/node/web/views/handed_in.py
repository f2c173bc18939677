"""What third-party tools handed in: the list, one object, and deciding what becomes of it."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, FourfoldError, InputError, NotFoundError, RefusedError
from fourfold.node import inboxing
from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted, loosened
from fourfold.node.actions.decide_proposal import confirm_proposal, drop_proposal
from fourfold.node.actions.follow_taking_back import follow_taking_back
from fourfold.node.actions.propose_acceptance import propose_acceptance
from fourfold.node.actions.reject_submitted import reject_submitted
from fourfold.node.models import Proposal, ProposalKind
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Faults, Typed
from fourfold.node.web.forms.submitted import accept_boxes, read_acceptance
from fourfold.node.web.queries.handed_in import (
    SubmittedView,
    handed_in_view,
    releases_taken_back,
    submitted_view,
    update_differences,
)
from fourfold.node.web.views.acting import button
from fourfold.node.web.views.listed import asked_of
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell

HANDED_IN = gettext_lazy("Handed in by other tools")


def handed_in(request: HttpRequest) -> HttpResponse:
    """The list."""
    view = handed_in_view(asked_of(request, ("words", "state", "client")))
    steps = crumbs(("inbox", gettext_lazy("Inbox")), ("", HANDED_IN))
    return page(request, "handed_in.html", {"view": view, "crumbs": steps})


def submitted(request: HttpRequest, number: int) -> HttpResponse:
    """One object: where it came from, how it is marked, the bytes as they came."""
    view = _view(number)
    return page(request, "submitted.html", {"view": view, "crumbs": _steps(view.row.title)})


@needs(Act.WRITE)
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, number: int) -> HttpResponse:
    """Make a record of it; what is guarded less by that is proposed to a second person."""
    view, typed, faults = _view(number), Typed.of(request.POST), NO_FAULTS
    if not view.open or view.proposal:
        return _closed(request, view)
    less: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            given, less = read_acceptance(inboxing.find_submitted(number), typed)
            if not less or typed.one("propose"):
                return _accepted(request, number, given, less)
        except InputError as error:
            faults = Faults.of(error.faults)
        except FourfoldError as error:
            faults = Faults.of([Fault(str(error))])
    boxes = accept_boxes(inboxing.find_submitted(number), typed, faults, fresh=request.method == "GET")
    context = {"view": view, "boxes": boxes, "less": less, "wrong": faults.summary(boxes)}
    return page(request, "accept.html", context | {"crumbs": _steps(_("Accept"))})


@needs(Act.WRITE)
@require_http_methods(["GET", "POST"])
def update(request: HttpRequest, number: int) -> HttpResponse:
    """Update the record made of an earlier version; by two people where an originator is vouched for."""
    view = _view(number)
    if not view.open or view.proposal or not view.updates:
        return _closed(request, view)
    given, record = Acceptance(into=view.row.made), view.row.made
    try:
        less = loosened(inboxing.find_submitted(number), given)
        if request.method == "POST":
            return _accepted(request, number, given, less)
        rows = update_differences(number, record)
    except FourfoldError as error:
        tell(request, "error", str(error))
        return redirect("submitted", number)
    context = {"view": view, "rows": rows, "less": less, "crumbs": _steps(_("Update the record"))}
    return page(request, "update_record.html", context)


@needs(Act.RELEASE)
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw all that was released of the record made of what its sender takes back."""
    view = _view(number)
    try:
        if request.method == "POST":
            follow_taking_back(number, actor_of(request))
            tell(
                request, "success", _("Withdrawn is all that was released of it. The record stays as yours.")
            )
            return redirect("submitted", number)
        releases = releases_taken_back(number)
    except FourfoldError as error:
        tell(request, "error", str(error))
        return redirect("submitted", number)
    context = {"view": view, "releases": releases, "crumbs": _steps(_("Withdraw what was released"))}
    return page(request, "take_back.html", context)


@needs(Act.WRITE)
@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, number: int) -> HttpResponse:
    """Reject it: its bytes are destroyed, that it was there stays known."""
    view = _view(number)
    if not view.open:
        return _closed(request, view)
    if request.method == "POST":
        try:
            reject_submitted(number, actor_of(request))
        except FourfoldError as error:
            tell(request, "error", str(error))
        else:
            tell(request, "success", _("Rejected. Its bytes are destroyed; that it was here stays known."))
        return redirect("submitted", number)
    return page(request, "reject.html", {"view": view, "crumbs": _steps(_("Reject"))})


@button(Act.APPROVE)
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm as a second person that it becomes a record as was proposed."""
    row = confirm_proposal(number, ProposalKind.ACCEPT, actor_of(request))
    kept = inboxing.find_submitted(inboxing.number_in(row.subject))
    tell(request, "success", _("Confirmed: it is a record now."))
    return redirect("record", kept.record)


@button(Act.READ)
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Drop what was proposed: its proposer may, and whoever could confirm it."""
    mine = Proposal.readable.filter(pk=number, proposed_by=actor_of(request)).exists()
    if not (mine or Act.APPROVE in request.acts):
        raise PermissionDenied
    row = drop_proposal(number, ProposalKind.ACCEPT, actor_of(request))
    tell(request, "success", _("Dropped. It waits again for a decision."))
    return redirect("submitted", inboxing.number_in(row.subject))


def _accepted(request: HttpRequest, number: int, given: Acceptance, less: tuple[str, ...]) -> HttpResponse:
    actor = actor_of(request)
    if not less:
        kept = accept_submitted(number, given, actor)
        text = _("Updated. Who holds it gets the new version when you release it.")
        text = text if given.into else _("Accepted: it is a record now. Nothing of it has left.")
        tell(request, "success", text)
        return redirect("record", kept.record)
    if settings.NODE.is_open:
        raise RefusedError(
            _("This needs a second person, and a demonstration knows nobody by name. Guard it as it came.")
        )
    propose_acceptance(number, given, actor)
    tell(request, "success", _("Proposed. It waits until another person confirms it."))
    return redirect("submitted", number)


def _closed(request: HttpRequest, view: SubmittedView) -> HttpResponse:
    """It was decided, or waits for a second person: the page of the object says which."""
    text = _("Nothing was done: it was decided already.")
    if view.proposal:
        text = _(
            "Nothing was done: a proposal about it waits for a second person. Confirm or drop that first."
        )
    elif view.open:
        text = _("Nothing was done: there is no record of an earlier version.")
    tell(request, "warning", text)
    return redirect("submitted", view.row.number)


def _view(number: int) -> SubmittedView:
    try:
        view = submitted_view(number)
    except NotFoundError as error:
        raise Http404 from error
    if view is None:
        raise Http404
    return view


def _steps(title: Any) -> list[dict[str, Any]]:
    return crumbs(("inbox", gettext_lazy("Inbox")), ("handed-in", HANDED_IN), ("", title))
