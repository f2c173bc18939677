"""Signing in and out: by name and password, then by a second factor; or by a passkey alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.internal.flows.logout import logout
from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView
from allauth.decorators import rate_limit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fourfold.node.models import Tag
from fourfold.node.signing_in import limits
from fourfold.node.signing_in.events import note_own
from fourfold.node.web.forms.boxes import Box, Faults, Shape
from fourfold.node.web.queries.factors import passkeys_work
from fourfold.node.web.views.library import TOO_MANY, OurPage, too_many
from fourfold.node.web.views.page import page

MINUTE = timedelta(minutes=1)


class SignIn(OurPage, LoginView):
    """By name and password; the answer does not tell which of them was wrong."""

    page_template = "sign_in.html"
    names: ClassVar[Mapping[str, str]] = {"__all__": "login"}

    def boxes(self, faults: Faults) -> list[Box]:
        """Name and password; neither is shown again."""
        hint, wrong = _("As your operator gave it to you."), faults.at("login")
        return [
            Box("login", _("Name"), Shape.LINE, hint=hint, errors=wrong, autocomplete="username"),
            Box(
                "password",
                _("Password"),
                Shape.PASSWORD,
                errors=faults.at("password"),
                autocomplete="current-password",
            ),
        ]

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Where to go on to, and whether passkeys work here."""
        return {
            "next": context.get("redirect_field_value") or "",
            "passkeys": passkeys_work(),
            "provider": settings.NODE.oidc_issuer and not settings.NODE.is_open,
        }

    def counted(self) -> str:
        """Tries are counted for each name."""
        return limits.name_key(self.request.POST.get("login", ""))


class SecondStep(OurPage, AuthenticateView):
    """By a code of an app, a recovery code or a passkey, once the password was right."""

    page_template = "second_step.html"

    def boxes(self, faults: Faults) -> list[Box]:
        """The code."""
        return [code_box(faults)]

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a passkey is asked for."""
        with_passkey = bool(auth.get_credentials(self.stage.login.user))
        return {"options": context.get("js_data") if with_passkey else None}

    def counted(self) -> str:
        """Tries are counted for the account."""
        return limits.factor_key(self.stage.login.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form that was sent, so that what is wrong with it is told."""
        context = super().get_context_data(**kwargs)
        return {**context, "form": self.form or context["form"]}

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in; a recovery code counts once, and is noted."""
        with transaction.atomic():
            note_recovery(form, self.stage.login.user)
            return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Note that it was wrong."""
        self.note_wrong(form, self.stage.login.user, "second factor")
        return super().form_invalid(form)


@method_decorator(rate_limit(action="login", limit_get=True), name="dispatch")
class PasskeySignIn(OurPage, LoginWebAuthnView):
    """By a passkey alone: it asks its owner for a fingerprint or a PIN, and so is two factors.

    Looking at it is counted too, as each look leaves a session in the store.
    """

    page_template = "passkey_sign_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; the library would answer with data for a script."""
        del request, args, kwargs
        return self.render_to_response(self.get_context_data())

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a passkey is asked for."""
        del context
        return {
            "options": {"request_options": auth.begin_authentication(None)} if passkeys_work() else None,
            "next": self.request.GET.get("next", ""),
        }

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what was wrong."""
        self.note_wrong(form, None, "passkey")
        return self.render_to_response(self.get_context_data(form=form))


@login_not_required
@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Leave a sign-in that is half done."""
    clear_login(request)
    return redirect("account_login")


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if request.user.is_authenticated:
        with transaction.atomic():
            note_own(Tag.SESSION_ENDED, request.user, "signed out")
            logout(request)
    return redirect("matrix")


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is answered to an address that asks too often, whatever it asks."""
    del exception
    answer = page(request, "too_many.html", {"told": too_many(MINUTE)}, TOO_MANY)
    answer["Retry-After"] = str(int(MINUTE.total_seconds()))
    return answer


def note_recovery(form: Any, account: Any) -> None:
    """Note that a recovery code was used, if one was."""
    used = getattr(form, "authenticator", None)
    if used is not None and used.type == used.Type.RECOVERY_CODES:
        note_own(Tag.FACTOR_USED, account, "recovery code")


def code_box(faults: Faults) -> Box:
    """Where a code is typed."""
    hint = _("Six digits from your app, or one of your recovery codes.")
    return Box(
        "code", _("Code"), Shape.LINE, hint=hint, errors=faults.at("code"), autocomplete="one-time-code"
    )
