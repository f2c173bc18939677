"""What every answer of a node carries, and who may see its pages."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from fourfold.node.models import roles_of
from fourfold.node.roles import Act, acts_of

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


FOR_ALL = frozenset({"about", "institutions", "sign-in", "sign-out"})
"""Pages, by name, that hold nothing of this node's own."""

FOR_WATCHERS = frozenset({"events"})
"""Pages, by name, that tell what happened, but hold no content."""


class SignInMiddleware(LoginRequiredMiddleware):
    """Pages ask for an account with a role; a demonstration does not; all others know their own callers."""

    def process_view(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse | None:
        """Ask for a sign-in where one is needed, then for a role."""
        match = request.resolver_match
        if settings.NODE.is_open or (match is not None and _OWN_CALLERS & set(match.app_names)):
            return None
        return super().process_view(request, *args, **kwargs) or _ask_for_a_role(request)


def _ask_for_a_role(request: HttpRequest) -> None:
    """Refuse a page to an account without a role that may read it.

    Raises:
        PermissionDenied: no role of the account lets it.
    """
    name = request.resolver_match.url_name
    needed = Act.WATCH if name in FOR_WATCHERS else Act.READ
    if name not in FOR_ALL and needed not in acts_of(roles_of(request.user)):
        raise PermissionDenied
