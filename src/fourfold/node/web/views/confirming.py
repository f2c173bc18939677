"""Confirming who one is, before something is changed that keeps others out."""

from collections.abc import Mapping
from typing import Any

from allauth.account.views import ReauthenticateView as ByPassword
from allauth.mfa.base.views import ReauthenticateView as ByCode
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView as ByPasskey
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from fourfold.node.signing_in import limits
from fourfold.node.web.forms.boxes import Box, Faults, Shape
from fourfold.node.web.views.library import OurPage
from fourfold.node.web.views.page import crumbs
from fourfold.node.web.views.signing_in import code_box, note_recovery


class Confirming(OurPage):
    """What all ways to confirm share."""

    page_template = "confirm.html"

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Where to go on to, and in which other ways one can confirm."""
        return {
            "next": context.get("redirect_field_value") or "",
            "others": context["reauthentication_alternatives"],
            "options": context.get("js_data"),
            "crumbs": crumbs(("account", _("Your account")), ("", _("Confirm that it is you"))),
        }

    def counted(self) -> str:
        """Tries are counted for the account."""
        return limits.factor_key(self.request.user)


class ConfirmByPassword(Confirming, ByPassword):
    """By the password, where there is no second factor."""

    def boxes(self, faults: Faults) -> list[Box]:
        """The password."""
        wrong, known = faults.at("password"), "current-password"
        return [Box("password", _("Password"), Shape.PASSWORD, errors=wrong, autocomplete=known)]

    def counted(self) -> str:
        """As when signing in."""
        return limits.name_key(self.request.user.get_username())


class ConfirmByCode(Confirming, ByCode):
    """By a code of an app, or a recovery code."""

    def boxes(self, faults: Faults) -> list[Box]:
        """The code."""
        return [code_box(faults)]

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on; a recovery code counts once, and is noted."""
        with transaction.atomic():
            note_recovery(form, self.request.user)
            return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Note that it was wrong."""
        self.note_wrong(form, self.request.user, "second factor")
        return super().form_invalid(form)


class ConfirmByPasskey(Confirming, ByPasskey):
    """By a passkey."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what was wrong."""
        self.note_wrong(form, self.request.user, "passkey")
        return self.render_to_response(self.get_context_data(form=form) | {"form": form})
