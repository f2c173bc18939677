"""What was typed survives a lapse: a session that ended, a form from before another sign-in.

It is kept for the account that the form was shown to (its one-time key says which), and comes back at the
first look at the same page by that account. In the store it lies encrypted, under a key that is nowhere but
in a cookie of that browser; it is destroyed when it comes back, when another account signs in there, or when
its time is over. Passwords and codes are never kept, nor are files.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from fourfold.errors import FourfoldError
from fourfold.node import clock
from fourfold.node.once import holding
from fourfold.node.security import OWN_ACCOUNT, is_page
from fourfold.node.web.form_keys import HIDDEN, account_of, key_of
from fourfold.node.web.views.acting import is_button, way_back
from fourfold.node.web.views.told import take, tell

KEPT = timedelta(hours=1)
LONGEST = 500_000
MOST_KEPT = 20
"""So much is kept for one account in an hour; whoever types seldom loses a session more often."""
"""Characters of what was typed, encoded; more is not kept."""

_PLACE = "kept"
View = Callable[..., HttpResponse]


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the page to sign in, from a form that came too late; what was typed comes back after it.

    Whoever never had such a form leaves nothing in the store by that, not even a session.
    """
    answer = redirect_to_login(way_back(request))
    if _is_upload(request) or key_of(request) is None:
        return answer
    if is_button(request):
        told = _("You were signed out, and nothing was done. Sign in, then press it again.")
        tell(request, "warning", told)
    elif _keep(request, answer):
        told = _(
            "You were signed out, and nothing was done. Sign in within an hour: what you typed comes back."
        )
        tell(request, "warning", told)
    return answer


def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token counts no more: shown again, if its key proves that it was shown to this account."""
    given = None if _is_upload(request) else key_of(request)
    if given is None or not is_page(request) or request.resolver_match.url_name in OWN_ACCOUNT:
        return csrf_failure(request, reason)
    if account_of(request) != given.account:
        return csrf_failure(request, reason) if account_of(request) else sign_in_first(request)
    answer = HttpResponseRedirect(way_back(request))
    if is_button(request):
        tell(request, "warning", _("The page was out of date, and nothing was done. Press it again."))
        return answer
    return answer if _keep(request, answer) else csrf_failure(request, reason)


def restored(request: HttpRequest, view: View, place: dict[str, Any]) -> HttpResponse | None:
    """The page with what was typed there before a lapse; None: nothing was, by whoever asks."""
    sealed = request.session.get(_PLACE)
    if sealed is None:
        return None
    account, path, typed = _opened(request, sealed) or ("", "", "")
    if not path or account != account_of(request):
        del request.session[_PLACE]
        return None
    if path != request.get_full_path():
        return None
    del request.session[_PLACE]
    told = _("Your session had ended, and nothing was done. What you typed is here.")
    answer = shown_again(request, view, place, told, QueryDict(typed))
    answer.delete_cookie(_cookie(), samesite="Strict")
    return answer


def shown_again(
    request: HttpRequest, view: View, place: dict[str, Any], told: str, typed: QueryDict | None = None
) -> HttpResponse:
    """A form with what was typed, and why it was not taken; its view is asked, and can write nothing.

    Files do not come back: a browser lets nobody choose them for somebody.
    """
    if is_button(request):
        tell(request, "warning", told)
        return HttpResponseRedirect(way_back(request))
    before = take(request)
    _become(request, "POST", request.POST if typed is None else typed)
    tell(request, "warning", told)
    try:
        with holding(_("Look over what you typed, and send it.")):
            answer = view(request, **place)
    except FourfoldError:
        answer = None
    if answer is None or answer.status_code != HttpResponse.status_code:
        take(request)
        _become(request, "GET", QueryDict())
        for each in before:
            tell(request, each.level_tag, each.text)
        tell(request, "warning", told)
        answer = view(request, **place)
    return answer


def _become(request: HttpRequest, method: str, typed: QueryDict) -> None:
    """Let a request be asked again in another way, without the files that came with it."""
    for _name, files in request.FILES.lists():
        for each in files:
            each.close()
    request.method, request._files, request.POST = method, MultiValueDict(), typed  # noqa: SLF001  Django has no other way to take files off a request


def _may_keep(account: str) -> bool:
    """Whether something may be kept for an account: it is open, and not much was kept for it lately.

    Whoever brings a form proves no more than that the account was once shown it.
    """
    if not get_user_model().objects.filter(pk=account, is_active=True).exists():
        return False
    counted = f"lapse-{account}"
    cache.add(counted, 0, int(KEPT.total_seconds()))
    return cache.incr(counted) <= MOST_KEPT


def _keep(request: HttpRequest, answer: HttpResponse) -> bool:
    """Keep what was typed, encrypted; its key goes with the answer. False: it is too long, and is not."""
    given = key_of(request)
    if not _may_keep(given.account):
        return False
    typed = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in HIDDEN:
            typed.setlist(name, values)
    text = typed.urlencode()
    if len(text) > LONGEST:
        tell(request, "warning", _("What you typed is too long to be kept here. Go back to copy it."))
        return False
    what = [given.account, request.get_full_path(), clock.now().isoformat(), text]
    secret = Fernet.generate_key()
    request.session[_PLACE] = Fernet(secret).encrypt(json.dumps(what).encode()).decode()
    more = {"secure": settings.SESSION_COOKIE_SECURE, "httponly": True, "samesite": "Strict"}
    answer.set_cookie(_cookie(), secret.decode(), max_age=KEPT, **more)
    return True


def _opened(request: HttpRequest, sealed: str) -> tuple[str, str, str] | None:
    """Account, page and words of what was kept; None: this browser has no key to it, or its time is over."""
    try:
        found = Fernet(request.COOKIES.get(_cookie(), "").encode()).decrypt(sealed.encode())
    except (InvalidToken, ValueError):
        return None
    account, path, at, typed = json.loads(found)
    return (account, path, typed) if clock.now() - datetime.fromisoformat(at) <= KEPT else None


def _is_upload(request: HttpRequest) -> bool:
    return request.content_type == "multipart/form-data"


def _cookie() -> str:
    return f"fourfold_kept_{settings.NODE.short_id}"
