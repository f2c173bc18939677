"""Health and metrics, over HTTP: for a supervisor and a monitor, not for people."""

import hmac
import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from fourfold.errors import FourfoldError
from fourfold.node.keys import node_signer
from fourfold.node.operating.metrics import exposition

_LOG = logging.getLogger(__name__)


@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """Whether the process answers at all; no more is told."""
    return _plain("ok", 200)


@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Whether the store answers and the node key opens; why not stands in the log."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        node_signer()
    except (DatabaseError, FourfoldError) as error:
        _LOG.warning("Not ready: %s.", type(error).__name__, exc_info=error)
        return _plain("not ready", 503)
    return _plain("ok", 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics, for whoever holds the token in keys/metrics-token."""
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, b"Bearer " + settings.HOME.metrics_token().encode()):
        refused = _plain("A bearer token is needed: the one in keys/metrics-token.", 401)
        refused.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refused
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)
