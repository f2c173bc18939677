"""Each request measured, and noted where the settings ask for it: by its route, never by its address."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fourfold.node.operating.metrics import REQUESTS

_LOG = logging.getLogger("fourfold.requests")
_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"})
NO_ROUTE = "none"


class MeasuringMiddleware:
    """Measures from the first middleware to the last."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and count how long it took."""
        begin = time.perf_counter()
        response = self.get_response(request)
        self._note(request, response, time.perf_counter() - begin)
        return response

    def _note(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        route = (match.route if match else "") or ("/" if match else NO_ROUTE)
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(method, route, response.status_code).observe(seconds)
        if settings.NODE.log_requests:
            values = {"route": route, "method": method, "status": response.status_code}
            _LOG.info("request", extra={**values, "milliseconds": round(seconds * 1000, 1)})
