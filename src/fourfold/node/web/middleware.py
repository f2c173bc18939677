"""What happens to every form of the pages, before its view: a lapse is noticed, a second sending too."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fourfold.node.security import OWN_ACCOUNT, is_page
from fourfold.node.web import lapses
from fourfold.node.web.once import once

Answering = Callable[[HttpRequest], HttpResponse]


class LapseMiddleware:
    """Before the sign-in is asked for: what came with a form that is too late is kept."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """All else goes on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *given: Any) -> HttpResponse | None:
        """To the page to sign in, where a form came from nobody."""
        del given
        asked = request.method == "POST" and _is_ordinary(request) and not settings.NODE.is_open
        return lapses.sign_in_first(request) if asked and not request.user.is_authenticated else None


class OnceMiddleware:
    """After it is known who asks, and that they may: a form acts once, and comes back as it was typed."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """All else goes on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, place: dict[str, Any]
    ) -> HttpResponse | None:
        """Ask the view in the way that fits; None: as usual."""
        if not _is_ordinary(request):
            return None
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):  # else it looks after itself
            return once(view)(request, **place)
        return lapses.restored(request, view, place) if request.method == "GET" else None


def _is_ordinary(request: HttpRequest) -> bool:
    """Whether it is a page, and none about one's own account: what is typed there is kept nowhere."""
    return is_page(request) and request.resolver_match.url_name not in OWN_ACCOUNT
