"""What every answer of a node carries, and who may see its pages and act by them."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from fourfold.canon import visible
from fourfold.node.models import roles_of
from fourfold.node.models.reading import NOBODY, Reader, now_reads, reading_as
from fourfold.node.readers import reader_of
from fourfold.node.roles import Act, acts_of
from fourfold.node.signing_in.factors import has_second_factor

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
WIRE = "wire"
OPERATING = "operating"
API = "ninja"
_OWN_CALLERS = frozenset({WIRE, OPERATING, API})
"""Parts that know their own callers."""


class HeadersMiddleware:
    """No script, no frame, nothing from elsewhere, nothing kept by a cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers that an answer does not already carry."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


READ_BY_PEOPLE = ("text/html", "text/markdown")
"""What people read as it comes; anything else is data."""


class VisibleMiddleware:
    """A page shows every character of what somebody wrote: what is read there is what was signed.

    On the finished page, so that no text, title, name or attribute of any page is forgotten. Data for
    programs and files that are handed out stay as they are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Write out what nobody would see."""
        response = self.get_response(request)
        if not response.streaming and response.headers.get("Content-Type", "").startswith(READ_BY_PEOPLE):
            page = response.content.decode()
            if (shown := visible(page)) != page:
                response.content = shown.encode()
        return response


ENTRANCE = frozenset(
    {
        "account_login",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "oidc-leave",
        "oidc-callback",
        "start-again",
        "sign-out",
    }
)
"""Pages, by name, on which one signs in and out."""

SETTING_UP = frozenset(
    {
        "second-factor",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_activate_totp",
        "mfa_add_webauthn",
    }
)
"""Pages, by name, on which one sets up a second factor."""

OWN_ACCOUNT = (
    ENTRANCE
    | SETTING_UP
    | {
        "account",
        "password",
        "end-sessions",
        "mfa_deactivate_totp",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    }
)
"""Pages, by name, about one's own account."""

FOR_ALL = OWN_ACCOUNT | {"about", "institutions"}
"""Pages, by name, that hold nothing of this node's own."""


def _who_reads(request: HttpRequest) -> Reader | None:
    """Whoever asks for a page, as a reader; in a demonstration nobody is known by name, and all is read."""
    return None if settings.NODE.is_open else reader_of(request.user)


class ReadingMiddleware:
    """Every page is read by whoever asks for it; nobody reads anything before it is known who that is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let nobody read, until `process_view` knows better."""
        with reading_as(NOBODY):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """The wire and what operates the node know their own callers, and the API says itself who asks."""
        match = request.resolver_match
        names = set(match.app_names) if match else set()
        if names & {WIRE, OPERATING}:
            now_reads(None)
        elif API not in names and (settings.NODE.is_open or request.user.is_authenticated):
            now_reads(_who_reads(request))


FOR_WATCHERS = frozenset({"events"})
"""Pages, by name, that tell what happened, but hold no content."""

FOR_ANYBODY = frozenset({Act.READ, Act.WATCH, Act.WRITE, Act.ASSESS, Act.TAKE_PART, Act.RELEASE, Act.COLLECT})
"""What a demonstration lets its reader do: all that needs no second person, as it knows nobody by name."""

_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., HttpResponse])


def needs(act: Act) -> Callable[[View], View]:
    """Let a view be asked only by those who may do this, whatever the method."""

    def marked(view: View) -> View:
        view.needs = act
        return view

    return marked


def acts_by_page(request: HttpRequest) -> frozenset[Act]:
    """What whoever asks for a page may do, by what the store says now."""
    if settings.NODE.is_open:
        return FOR_ANYBODY
    return acts_of(roles_of(request.user)) if request.user.is_authenticated else frozenset()


def is_page(request: HttpRequest) -> bool:
    """Whether it asks for a page; all other parts know their own callers."""
    match = request.resolver_match
    return match is not None and not _OWN_CALLERS & set(match.app_names)


class SignInMiddleware(LoginRequiredMiddleware):
    """Pages ask for an account with a role, unless it is a demonstration; all others know their callers."""

    def process_view(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse | None:
        """Ask for a sign-in where one is needed, then for a role."""
        match = request.resolver_match
        if match is not None and not is_page(request):
            return None
        if settings.NODE.is_open:
            if match is not None and match.url_name in OWN_ACCOUNT - {"account_login", "sign-out"}:
                raise Http404  # a demonstration has no accounts
            return _ask_for_a_role(request)
        asked = super().process_view(request, *args, **kwargs)
        return asked or _ask_for_a_second_factor(request) or _ask_for_a_role(request)


def _ask_for_a_second_factor(request: HttpRequest) -> HttpResponse | None:
    """Lead an account without a second factor to setting one up, where the institution requires one."""
    if not settings.NODE.asks_for_second_factor or not request.user.is_authenticated:
        return None
    if request.resolver_match.url_name in ENTRANCE | SETTING_UP or has_second_factor(request.user):
        return None
    return redirect("second-factor")


def _ask_for_a_role(request: HttpRequest) -> None:
    """Refuse a page to whom no role lets see it, or act by it; the page's menu and buttons know what is let.

    Raises:
        PermissionDenied: no role of the account lets it.
    """
    request.acts = acts_by_page(request)
    match = request.resolver_match
    if match.url_name in FOR_ALL:
        return
    needed = getattr(match.func, "needs", None)
    if needed is None and request.method not in _LOOKING:
        raise PermissionDenied  # a page that changes something says who may
    if (needed or (Act.WATCH if match.url_name in FOR_WATCHERS else Act.READ)) not in request.acts:
        raise PermissionDenied
