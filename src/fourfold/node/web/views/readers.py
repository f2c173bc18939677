"""Who may read what, by page: two people grant, one ends; the page itself shows nothing of what is kept."""

from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, FourfoldError, InputError
from fourfold.node.actions.decide_grant import confirm_grant, drop_grant
from fourfold.node.actions.end_grant import end_grant, end_name
from fourfold.node.actions.propose_grant import propose_grant
from fourfold.node.queries.readers import ReaderRow, gaps, reader_rows
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Faults, Typed
from fourfold.node.web.forms.granting import grant_boxes, read_grant
from fourfold.node.web.queries.showing import activity_title
from fourfold.node.web.views.acting import button
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell
from fourfold.release import ANY

READERS = gettext_lazy("Who may read what")


@needs(Act.VOUCH)
def readers(request: HttpRequest) -> HttpResponse:
    """All accounts with what they may read, what waits, and what nobody reads or could approve."""
    missing = tuple(replace(each, activity=_activity(each.activity)) for each in gaps())
    return page(request, "readers.html", {"rows": tuple(map(_titled, reader_rows())), "gaps": missing})


@needs(Act.GRANT)
@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest, number: int) -> HttpResponse:
    """Propose that an account may read more."""
    account, typed, faults = _account(number), Typed.of(request.POST), NO_FAULTS
    name = account.get_username()
    if request.method == "POST":
        try:
            propose_grant(read_grant(name, typed), actor_of(request))
        except InputError as error:
            faults = Faults.of(error.faults)
        except FourfoldError as error:
            faults = Faults.of([Fault(str(error))])
        else:
            tell(request, "success", _("Proposed. It counts once a second person has confirmed it."))
            return redirect("readers")
    boxes = grant_boxes(typed, faults)
    steps = crumbs(("readers", READERS), ("", name))
    context = {"name": name, "boxes": boxes, "wrong": faults.summary(boxes), "crumbs": steps}
    return page(request, "grant.html", context)


@button(Act.VOUCH)
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm as a second person."""
    row = confirm_grant(number, actor_of(request))
    tell(request, "success", _("Confirmed. %(name)s reads it from now on.") % {"name": row.account})
    return redirect("readers")


@button(Act.VOUCH)
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Drop what was proposed."""
    drop_grant(number, actor_of(request))
    tell(request, "success", _("Dropped. Nothing has changed."))
    return redirect("readers")


@button(Act.GRANT)
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End a grant at once."""
    row = end_grant(number, actor_of(request))
    tell(request, "success", _("Ended. %(name)s reads that no more.") % {"name": row.account})
    return redirect("readers")


@button(Act.GRANT)
def unname(request: HttpRequest, number: int) -> HttpResponse:
    """End that somebody is named for one thing."""
    row = end_name(number, actor_of(request))
    tell(request, "success", _("Ended. %(name)s reads that no more.") % {"name": row.account})
    return redirect("readers")


def _titled(row: ReaderRow) -> ReaderRow:
    """The same with activities as people call them."""
    grants = (
        replace(each, activities=each.activities and tuple(map(_activity, each.activities)))
        for each in row.grants
    )
    return replace(row, grants=tuple(grants))


def _activity(activity: str) -> str:
    return str(_("an activity that nobody has told") if activity == ANY else _(activity_title(activity)))


def _account(number: int) -> Any:
    found = get_user_model().objects.filter(pk=number, is_active=True).first() if number < 1 << 63 else None
    if found is None:
        raise Http404
    return found
