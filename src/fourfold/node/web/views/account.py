"""One's own account: what it may do, and its password."""

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fourfold.errors import InputError
from fourfold.node.actions.change_password import change_password
from fourfold.node.models import roles_of
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape
from fourfold.node.web.queries.account import account_view
from fourfold.node.web.views.page import crumbs, page
from fourfold.node.web.views.told import tell


def account(request: HttpRequest) -> HttpResponse:
    """What the account that is signed in may do; a demonstration has none."""
    _ask_for_one()
    return page(request, "account.html", {"view": account_view(roles_of(request.user))})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password of the account that is signed in."""
    _ask_for_one()
    faults = NO_FAULTS
    if request.method == "POST":
        given = [request.POST.get(name, "") for name in ("old", "new", "again")]
        try:
            change_password(request.user, *given)
        except InputError as error:
            faults = Faults.of(error.faults)
        else:
            update_session_auth_hash(request, request.user)
            tell(
                request,
                "success",
                _("The password is changed. Wherever else you were signed in, you are not."),
            )
            return redirect("account")
    boxes = _boxes(faults)
    steps = crumbs(("account", _("Your account")), ("", _("Password")))
    context = {"boxes": boxes, "wrong": faults.summary(boxes), "crumbs": steps}
    return page(request, "password.html", context)


def _ask_for_one() -> None:
    if settings.NODE.is_open:
        raise Http404


def _boxes(faults: Faults) -> list[Box]:
    hint = _("At least 12 characters, unlike your name, and not one that many people use.")
    shape, new = Shape.PASSWORD, "new-password"
    return [
        Box("old", _("Present password"), shape, errors=faults.at("old"), autocomplete="current-password"),
        Box("new", _("New password"), shape, hint=hint, errors=faults.at("new"), autocomplete=new),
        Box("again", _("New password, again"), shape, errors=faults.at("again"), autocomplete=new),
    ]
