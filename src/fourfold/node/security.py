"""What every answer of a node carries, and who may see its pages."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse

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
_OWN_CALLERS = frozenset({WIRE, OPERATING})
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


class SignInMiddleware(LoginRequiredMiddleware):
    """Pages ask for an account, but not on a demonstration; wire and monitor know their own callers."""

    def process_view(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse | None:
        """Ask for a sign-in where one is needed."""
        match = request.resolver_match
        if settings.NODE.is_open or (match is not None and _OWN_CALLERS & set(match.app_names)):
            return None
        return super().process_view(request, *args, **kwargs)
