"""The one-time key of a form: made when the form is shown, read when it is sent.

It is signed, and names the account that the form was shown to: so it also tells, once a session has ended,
whose words were typed.
"""

import secrets
from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest

from fourfold.node.once import KEPT

FIELD = "once"
"""The hidden field of every form that is sent by POST."""

HIDDEN = frozenset({FIELD, "csrfmiddlewaretoken"})
"""The fields of a form that nobody typed."""

_SALT = "fourfold.node.web.form_keys"


@dataclass(frozen=True, slots=True)
class FormKey:
    """A key that counts; `account` is the number of the account as text (empty: a demonstration)."""

    account: str
    text: str


def new_key(request: HttpRequest) -> str:
    """A key for one form that is shown now."""
    return signing.dumps([account_of(request), secrets.token_urlsafe(16)], salt=_SALT)


def key_of(request: HttpRequest) -> FormKey | None:
    """The key that came with a form; None: none came, or it is none of ours, or older than any session."""
    given = request.POST.get(FIELD, "")
    try:
        account, _chance = signing.loads(given, salt=_SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return FormKey(account, given)


def account_of(request: HttpRequest) -> str:
    """The account that a page is shown to."""
    user = getattr(request, "user", None)
    return str(user.pk) if user is not None and user.is_authenticated else ""
