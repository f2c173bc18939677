"""Releases: what went to whom, one release, making one and taking it back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, FourfoldError
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.withdraw import withdraw as withdraw_release
from fourfold.node.actions.withdraw import withdrawal_of
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape, Typed
from fourfold.node.web.queries.releases import release_view, releases_view
from fourfold.node.web.queries.showing import in_order
from fourfold.node.web.queries.words import field_title
from fourfold.node.web.views.acting import button, peer_of
from fourfold.node.web.views.listed import asked_of
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell
from fourfold.node.web.views.withdrawn import tell_withdrawn

LONGEST = 500


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


@button(Act.APPROVE)
def approve(request: HttpRequest, record_id: str) -> HttpResponse:
    """Approve, as a second person, that this version of a record goes to one counterpart."""
    peer = peer_of(request.POST.get("to", ""))
    approve_release(record_id, peer, actor_of(request), _seen(request))
    text = gettext("Approved for %(name)s. Any change of the record voids it.")
    tell(request, "success", text % {"name": peer.name})
    return redirect("record", record_id)


@button(Act.RELEASE)
def make(request: HttpRequest, record_id: str) -> HttpResponse:
    """Release a record to one counterpart, as the preview showed it; `anew` after it was withdrawn there."""
    peer, anew = peer_of(request.POST.get("to", "")), request.POST.get("anew") == "yes"
    row = release_record(record_id, peer, actor_of(request), anew=anew, seen=_seen(request))
    passed = ", ".join(str(field_title(name)) for name in in_order(row.release.kind, row.passed))
    text = gettext("Released to %(name)s, waiting to be collected. Fields that pass: %(fields)s.")
    tell(request, "success", text % {"name": peer.name, "fields": passed})
    return redirect("release", row.release_id)


@needs(Act.RELEASE)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, release_id: str) -> HttpResponse:
    """Withdraw a release, with a reason that stays here."""
    view = release_view(release_id)
    if view is None:
        raise Http404
    typed, faults = Typed.of(request.POST), NO_FAULTS
    if request.method == "POST":
        faults = _faults(typed.one("reason"))
        if not faults.found:
            return _withdrawn(request, release_id, typed.one("reason"))
    hint = gettext("It stays here: the counterpart is told only that it was withdrawn. May be left empty.")
    box = Box(
        "reason", gettext("Reason"), Shape.LINE, typed.one("reason"), hint=hint, errors=faults.at("reason")
    )
    steps = crumbs(("releases", _("Releases")), ("", gettext("Withdraw")))
    context = {"view": view, "boxes": [box], "wrong": faults.summary([box]), "crumbs": steps}
    return page(request, "withdraw.html", context | {"names": _taken_from(release_id)})


def _taken_from(release_id: str) -> list[str]:
    """From whom the withdrawal would take it back: all parties of a step, or the one recipient."""
    try:
        return sorted(each.peer.name for each in withdrawal_of(release_id).releases)
    except FourfoldError:
        return []


def _seen(request: HttpRequest) -> str | None:
    """The digest of the version that stood on the page with the button."""
    return request.POST.get("seen") or None


def _faults(reason: str) -> Faults:
    if len(reason) <= LONGEST and "\x00" not in reason:
        return NO_FAULTS
    return Faults.of([Fault(gettext("At most 500 characters of text."), field="reason")])


def _withdrawn(request: HttpRequest, release_id: str, reason: str) -> HttpResponse:
    try:
        row = withdraw_release(release_id, reason, actor_of(request))
    except FourfoldError as error:
        tell(request, "error", str(error))
    else:
        tell_withdrawn(request, [row])
    return redirect("release", release_id)
