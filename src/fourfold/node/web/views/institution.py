"""Signing in by the institution's own provider: going there, and coming back."""

from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from fourfold.node.signing_in.oidc import Answer, Callback, failed, going_on, provider_id


@login_not_required
@require_POST
@rate_limit(action="login")
def leave(request: HttpRequest) -> HttpResponse:
    """To the provider."""
    wanted = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    try:
        provider = get_adapter(request).get_provider(request, provider_id())
        answer = provider.redirect(request, AuthProcess.LOGIN, wanted if inside else None)
    except OAuth2Error as error:
        return failed(request, error)
    return going_on(request, answer.headers["Location"])


@login_not_required
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """From the provider, with its answer: first without the session, then from a page of ours with it."""
    return _answered(request) if "_redir" in request.GET else _take(request)


@rate_limit(action="login", limit_get=True)
def _answered(request: HttpRequest) -> HttpResponse:
    """Counted, as what is refused leaves an event and a session in the store."""
    return _take(request)


def _take(request: HttpRequest) -> HttpResponse:
    try:
        return Callback.adapter_view(Answer(request, provider_id()))(request)
    except OAuth2Error as error:
        return failed(request, error)
