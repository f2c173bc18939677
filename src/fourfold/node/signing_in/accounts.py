"""Who may enter, and how often somebody may try."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fourfold.node.models import Tag
from fourfold.node.signing_in import limits
from fourfold.node.signing_in.events import account_of, note_limited, note_own, note_refused
from fourfold.node.signing_in.factors import has_app
from fourfold.node.signing_in.sessions import sweep
from fourfold.node.web.views.told import tell

WORDS: Mapping[str, str] = {
    "password": "password",
    "totp": "app",
    "webauthn": "passkey",
    "socialaccount": "institution's provider",
}
"""How the trail names what somebody signed in with."""

WAYS: Mapping[str, Any] = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code from your app, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
"""How somebody who is signed in can confirm it, by the library's names."""


class Accounts(DefaultAccountAdapter):
    """Accounts are made on the node itself; they have a name and a password, and no e-mail address."""

    error_messages: Mapping[str, Any] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The name or the password is wrong. Both are case-sensitive."),
        "incorrect_password": _("This is not the password of this account."),
        "too_many_login_attempts": _("There were too many tries."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by page."""
        del request
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only: programs use the API, with a token."""
        del request
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """How somebody who is signed in confirms it: by a second factor where there is one, not by less."""
        methods = {each["id"]: each for each in super().get_reauthentication_methods(user)}
        if set(methods) - {"reauthenticate"}:
            del methods["reauthenticate"]
        order = sorted(methods, key=list(WAYS).index) if has_app(user) else sorted(methods, reverse=True)
        return [methods[each] | {"description": WAYS[each]} for each in order]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account of these credentials; its name is taken in the form in which names are kept (NFKC)."""
        if "username" in credentials:
            credentials["username"] = get_user_model().normalize_username(credentials["username"])
        return super().authenticate(request, **credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Let a try begin, unless there were too many.

        Raises:
            ValidationError: there were.
        """
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            username = credentials.get("username", "")
            note_limited(request, limits.name_key(username), account_of(username), "password")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note that a password was wrong, or a name unknown."""
        del request
        note_refused(account_of(credentials.get("username", "")), "password")

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Back to the page to sign in; the library has a page of its own for a closed account."""
        note_refused(user, "closed")
        tell(request, "error", gettext("You were not signed in."))
        return redirect("account_login")

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin a session, and note by what."""
        used = get_authentication_records(request, user)
        with transaction.atomic():
            sweep()
            super().login(request, user)
            note_own(Tag.SESSION_BEGUN, user, ", ".join(_word(each) for each in used))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The library would put the host of the request into it, whose port whoever asks may choose."""
        del request
        return limits.name_key(credentials.get("username", ""))


def _word(record: Mapping[str, Any]) -> str:
    kind = record.get("type") or record["method"]
    return WORDS.get(kind, kind.replace("_", " "))
