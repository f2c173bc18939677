"""One's own second factors: an app, passkeys, recovery codes; adding, replacing, removing them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fourfold.node.models import Tag
from fourfold.node.signing_in import limits
from fourfold.node.signing_in.events import note_own
from fourfold.node.signing_in.factors import has_second_factor
from fourfold.node.web.forms.boxes import Box, Faults, Shape
from fourfold.node.web.queries.factors import passkeys_work
from fourfold.node.web.views.library import OurPage
from fourfold.node.web.views.page import crumbs, page
from fourfold.node.web.views.told import tell

LONGEST_NAME = 60


def second_factor(request: HttpRequest) -> HttpResponse:
    """What to choose from, for somebody who has none."""
    context = {
        "must": settings.NODE.asks_for_second_factor and not has_second_factor(request.user),
        "passkeys": passkeys_work(),
        "crumbs": crumbs(("account", _("Your account")), ("", _("Second factor"))),
    }
    return page(request, "second_factor.html", context)


class Factor(OurPage):
    """What all changes of a second factor share: one event and one sentence for each, or nothing is done."""

    title: ClassVar[str | Promise]
    tag: ClassVar[Tag]
    noted: ClassVar[str]
    told: ClassVar[str | Promise] = ""
    success_url: ClassVar[str | Promise] = reverse_lazy("account")

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """The way back."""
        del context
        return {"crumbs": crumbs(("account", _("Your account")), ("", self.title))}

    def counted(self) -> str:
        """Tries are counted for the account."""
        return limits.factor_key(self.request.user)

    def form_valid(self, form: Any) -> HttpResponse:
        """Do it, and note it."""
        with transaction.atomic():
            answer = super().form_valid(form)
            note_own(self.tag, self.request.user, self.noted)
        if self.told:
            tell(self.request, "success", str(self.told))
        return answer


class AddApp(Factor, ActivateTOTPView):
    """An app that shows codes (TOTP, RFC 6238)."""

    page_template = "add_app.html"
    title = gettext_lazy("Add an app")
    tag, noted = Tag.FACTOR_ADDED, "app"
    told = gettext_lazy("The app is added. From now on, signing in asks for its code.")

    def boxes(self, faults: Faults) -> list[Box]:
        """A first code, which shows that the app has the secret."""
        hint, wrong = _("Six digits, as the app shows them now."), faults.at("code")
        return [Box("code", _("Code"), Shape.LINE, hint=hint, errors=wrong, autocomplete="one-time-code")]

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """The secret, as a drawing and in writing."""
        secret = context["form"].secret
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        drawn = mark_safe(context["totp_svg"])  # noqa: S308  a drawing of squares that we made ourselves
        return {**super().shown(context), "drawing": drawn, "secret": " ".join(groups)}

    def get_success_url(self) -> str:
        """The recovery codes, where they were just made."""
        url = super().get_success_url()
        return url if self.did_generate_recovery_codes else str(self.success_url)


class RemoveApp(Factor, DeactivateTOTPView):
    """Removing the app."""

    page_template = "remove_factor.html"
    title = gettext_lazy("Remove the app")
    tag, noted = Tag.FACTOR_REMOVED, "app"
    told = gettext_lazy("The app is removed. Its codes count no more.")

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """What it is, and whether it is the last."""
        return {**super().shown(context), **_removing(self.request, _("the app"))}

    def _faults(self, form: Any) -> Faults:
        return super()._faults(form if self.request.method == "POST" else None)


class AddPasskey(Factor, AddWebAuthnView):
    """A passkey (WebAuthn) that knows whose it is, and asks its owner for a fingerprint or a PIN."""

    page_template = "add_passkey.html"
    title = gettext_lazy("Add a passkey")
    tag, noted = Tag.FACTOR_ADDED, "passkey"
    told = gettext_lazy("The passkey is added. You can sign in with it alone.")
    names: ClassVar[Mapping[str, str]] = {"credential": "", "__all__": ""}

    def boxes(self, faults: Faults) -> list[Box]:
        """A name, by which its owner knows it again."""
        hint = _("So that you know it again: “laptop”, “blue key”.")
        value = self.request.POST.get("name", "")
        return [Box("name", _("Name"), Shape.LINE, value, hint=hint, errors=faults.at("name"))]

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the browser is asked for."""
        return {**super().shown(context), "options": context["js_data"] if passkeys_work() else None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """As the library's, for a passkey that its owner unlocks."""
        context = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return {**context, **kwargs, "js_data": {"creation_options": options}}

    def get_form_kwargs(self) -> dict[str, Any]:
        """What was sent, with the name cut to what a page can show."""
        kwargs = super().get_form_kwargs()
        if "data" in kwargs:
            sent = kwargs["data"].copy()
            sent["name"] = sent.get("name", "").strip()[:LONGEST_NAME]
            kwargs["data"] = sent
        return kwargs

    def get_success_url(self) -> str:
        """The recovery codes, where they were just made."""
        url = super().get_success_url() if self.did_generate_recovery_codes else self.success_url
        return str(url)


class RemovePasskey(Factor, RemoveWebAuthnView):
    """Removing one passkey."""

    page_template = "remove_factor.html"
    title = gettext_lazy("Remove a passkey")
    tag, noted = Tag.FACTOR_REMOVED, "passkey"
    told = gettext_lazy("The passkey is removed. It opens nothing here any more.")

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """What it is, and whether it is the last."""
        name = _("the passkey “%(name)s”") % {"name": self.object.wrap().name}
        return {**super().shown(context), **_removing(self.request, name)}

    def get_success_url(self) -> str:
        """The account."""
        return str(self.success_url)


class RecoveryCodes(OurPage, ViewRecoveryCodesView):
    """The recovery codes, shown this once."""

    page_template = "recovery_codes.html"

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """The codes, or how many are left."""
        codes = context["unused_codes"]
        return {
            "codes": codes if context["can_view_codes"] else (),
            "left": len(codes),
            "crumbs": crumbs(("account", _("Your account")), ("", _("Recovery codes"))),
        }


class NewRecoveryCodes(Factor, GenerateRecoveryCodesView):
    """New recovery codes in place of the old ones."""

    page_template = "new_recovery_codes.html"
    title = gettext_lazy("New recovery codes")
    tag, noted = Tag.FACTOR_REPLACED, "recovery codes"
    success_url = reverse_lazy("mfa_view_recovery_codes")


def _removing(request: HttpRequest, name: str) -> dict[str, Any]:
    last = auth.Authenticator.objects.filter(user=request.user).exclude(type="recovery_codes").count() == 1
    return {"name": name, "last": last, "must": settings.NODE.asks_for_second_factor}
