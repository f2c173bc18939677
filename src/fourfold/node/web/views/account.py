"""One's own account: what it may do, and its password."""

from allauth.decorators import rate_limit
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fourfold.errors import InputError
from fourfold.node.actions.change_password import change_password
from fourfold.node.models import roles_of
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape
from fourfold.node.web.queries.account import account_view
from fourfold.node.web.queries.factors import factors_view, sessions_view
from fourfold.node.web.views.page import crumbs, page
from fourfold.node.web.views.told import tell


def account(request: HttpRequest) -> HttpResponse:
    """What the account that is signed in may do, what protects it, and where it is signed in."""
    context = {
        "view": account_view(roles_of(request.user)),
        "factors": factors_view(request.user),
        "sessions": sessions_view(request.user),
        "must": settings.NODE.asks_for_second_factor,
    }
    return page(request, "account.html", context)


@rate_limit(action="change_password")
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password of the account that is signed in."""
    faults = NO_FAULTS
    if request.method == "POST":
        given = [request.POST.get(name, "") for name in ("old", "new", "again")]
        try:
            change_password(request.user, *given)
        except InputError as error:
            faults = Faults.of(error.faults)
        else:
            update_session_auth_hash(request, request.user)
            UserSession.objects.create_from_request(request)
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


def _boxes(faults: Faults) -> list[Box]:
    hint = _("At least 12 characters, unlike your name, and not one that many people use.")
    shape, new = Shape.PASSWORD, "new-password"
    return [
        Box("old", _("Present password"), shape, errors=faults.at("old"), autocomplete="current-password"),
        Box("new", _("New password"), shape, hint=hint, errors=faults.at("new"), autocomplete=new),
        Box("again", _("New password, again"), shape, errors=faults.at("again"), autocomplete=new),
    ]
