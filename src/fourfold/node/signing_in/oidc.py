"""Signing in by the institution's own OpenID Connect provider, where node.toml names one.

It opens only accounts that an operator linked to a subject beforehand: a person is the pair of issuer and
subject (OpenID Connect Core 1.0, 2), never an e-mail address or a name. What the library leaves out where the
token came straight from the provider is checked here too: the signature, and the nonce.
"""

import logging
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from fourfold.canon import digest
from fourfold.errors import InputError
from fourfold.exchange.http import open_client
from fourfold.node.home import is_protected
from fourfold.node.signing_in.causes import NOT_LINKED, ProviderError, UnfitError, why
from fourfold.node.signing_in.events import note_refused
from fourfold.node.web.views.page import page
from fourfold.node.web.views.told import tell

_LOG = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key pair only: with a shared secret, whoever reads it could sign."""

NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")
LONGEST = 191
"""Characters of a subject: what the store holds."""

LEEWAY = 60
"""Seconds by which two clocks may differ."""

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_WHAT = "institution's provider"
_UNASKED = (httpx.HTTPError, httpx.InvalidURL)
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""The type of key that signs by an algorithm of `ALGORITHMS`, by its first letters (RFC 7518; RFC 8037)."""


def provider_id() -> str:
    """The issuer as the store names it: another one in node.toml opens nothing that was linked here."""
    return f"oidc-{digest(settings.NODE.oidc_issuer).removeprefix('sha256:')[:32]}"


def subject_of(account: Any) -> str:
    """The subject that an account is linked to at the present issuer; empty: none."""
    found = SocialAccount.objects.filter(user=account, provider=provider_id()).first()
    return found.uid if found else ""


class Subjects(DefaultSocialAccountAdapter):
    """Only the provider of node.toml; nobody is let in who was not linked; nothing that it says is kept."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> "Provider":
        """The provider that node.toml names.

        Raises:
            Http404: it names none.
            OAuth2Error: the file with the secret cannot be read.
        """
        del provider, client_id
        node = settings.NODE
        if not node.oidc_issuer:
            raise Http404
        try:
            secret = settings.HOME.oidc_secret(node)
        except InputError as error:
            raise ProviderError("its secret cannot be read") from error
        place = node.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
        app = SocialApp(
            provider=Provider.id,
            provider_id=provider_id(),
            name=node.name,
            client_id=node.oidc_client,
            secret=secret,
            settings={"server_url": place, "oauth_pkce_enabled": True},
        )
        return Provider(request, app=app)

    def get_requests_session(self) -> httpx.Client:
        """How the provider is asked: as all that this node asks, by the settings of node.toml.

        Raises:
            OAuth2Error: the certificates that node.toml names cannot be read.
        """
        try:
            return open_client(None, outbound=settings.HOME.outbound(settings.NODE))
        except InputError as error:
            raise ProviderError("certificates that cannot be read") from error

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """No account is made by signing in."""
        del request, sociallogin
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Mapping[str, Any]) -> Any:
        """Nothing of what the provider says of a person is taken over."""
        del request, data
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse whoever is linked to no account.

        Raises:
            ImmediateHttpResponse: back to the page to sign in, which says what to ask the operator for.
        """
        if sociallogin.is_existing:
            return
        _refused(NOT_LINKED)
        told = _("No account here is linked to you. Ask your operator to link yours to the subject %(it)s")
        tell(request, "error", told % {"it": sociallogin.account.uid})
        raise ImmediateHttpResponse(redirect("account_login"))

    def on_authentication_error(self, request: HttpRequest, *given: Any, **more: Any) -> None:
        """Say that it came to nothing; why stands in the trail, as only the operator can put it right.

        Raises:
            ImmediateHttpResponse: back to the page to sign in.
        """
        del given
        cancelled, begun = more.get("error") == AuthError.CANCELLED, "state" in more.get("extra_context", {})
        said = request.GET.get("error", "") if begun else ""
        raise ImmediateHttpResponse(failed(request, more.get("exception"), said, cancelled=cancelled))


def failed(
    request: HttpRequest, error: Exception | None, said: str = "", *, cancelled: bool = False
) -> HttpResponse:
    """Back to the page to sign in, with a word on what happened; the operator's word goes into the trail."""
    if not cancelled:
        _refused(why(error, said))
    told = _("You ended it.") if cancelled else _("Your institution's provider gave no answer that counts.")
    tell(request, "error", f"{told} " + _("Try again, or sign in with your name here."))
    return redirect("account_login")


def _refused(reason: str) -> None:
    note_refused(None, f"{_WHAT}: {reason}")
    _LOG.warning("Signing in by the institution's provider came to nothing: %s.", reason)


class Answer(OpenIDConnectOAuth2Adapter):
    """What the provider answers: its own description, and the token that says who came."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery 1.0, 4.3).

        Raises:
            OAuth2Error: it cannot be asked, is another one, or would have secrets sent in clear.
        """
        try:
            found = super().openid_config
            if found["issuer"] != settings.NODE.oidc_issuer:
                raise ProviderError("another issuer")
            if not all(is_protected(found[name]) for name in _ENDPOINTS):
                raise ProviderError("an address of it is not protected")
        except (*_UNASKED, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProviderError("no description") from error
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Where the provider sends people back to: this node's own address, whatever the request says."""
        del request, app
        return settings.NODE.origin + reverse("oidc-callback")

    def get_access_token_data(self, request: HttpRequest, *given: Any, **more: Any) -> dict[str, Any]:
        """The answer to the code that came with the browser.

        Raises:
            OAuth2Error: it is none.
        """
        try:
            return super().get_access_token_data(request, *given, **more)
        except (*_UNASKED, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProviderError("no token") from error

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        """Who came, by the subject of a token that was signed for this node and for this very try.

        Raises:
            OAuth2Error: the token is none, or not for this try.
        """
        del token
        try:
            claims = self._checked(app, kwargs["response"]["id_token"])
            return self.get_provider().sociallogin_from_response(request, {"id_token": claims})
        except (jwt.PyJWTError, *_UNASKED, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProviderError("no token that counts") from error

    def _checked(self, app: SocialApp, token: str) -> dict[str, Any]:
        """The claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(
            token,
            self._key(header),
            algorithms=ALGORITHMS,
            audience=app.client_id,
            issuer=settings.NODE.oidc_issuer,
            leeway=LEEWAY,
            options={"require": list(NEEDED)},
        )
        alone = claims["aud"] in (app.client_id, [app.client_id])
        if not alone or claims.get("azp", app.client_id) != app.client_id:
            raise UnfitError("for others too")
        if len(claims["sub"]) > LONGEST:
            raise UnfitError("a subject longer than the store holds")
        if not self.nonce or not secrets.compare_digest(str(claims["nonce"]), self.nonce):
            raise UnfitError("for another try")
        return claims

    def _key(self, header: Mapping[str, Any]) -> jwt.PyJWK:
        """The key that the token names; it may be left out where there is one only.

        A key may say for which algorithm it is (RFC 7517, section 4.4); else that of the token counts.
        """
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        algorithm = header["alg"]
        if algorithm not in ALGORITHMS:
            raise ValueError("a signature that does not count")
        (key,) = [each for each in answer.json()["keys"] if _fits(each, header)]
        return jwt.PyJWK(key, None if "alg" in key else algorithm)


def _fits(key: Mapping[str, Any], header: Mapping[str, Any]) -> bool:
    """Whether a key of a set is for signatures, and of a token's type and name (RFC 7517, section 4)."""
    return (
        key.get("kty") == _KEY_TYPES[header["alg"][:2]]
        and key.get("use", "sig") == "sig"
        and "verify" in key.get("key_ops", ["verify"])
        and ("kid" not in header or key.get("kid") == header["kid"])
    )


class Provider(OpenIDConnectProvider):
    """The provider, asked for nothing but who somebody is."""

    oauth2_adapter_class = Answer

    def get_default_scope(self) -> list[str]:
        """No name, no e-mail address."""
        return ["openid"]

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing is kept of what a token says."""
        del data
        return {}

    def extract_email_addresses(self, data: Mapping[str, Any]) -> list[Any]:
        """None: an address is no identity."""
        del data
        return []

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None) -> HttpResponse:
        """To the provider, with a nonce that its token has to repeat."""
        nonce = secrets.token_urlsafe(32)
        given = {**self.get_auth_params(), "nonce": nonce}
        return super().redirect(request, process, next_url, auth_params=given, nonce=nonce)


class Callback(OAuth2CallbackView):
    """Where the provider sends people back to."""

    adapter: Answer

    def _get_state(self, request: HttpRequest, provider: Provider) -> tuple[Any, HttpResponse | None]:
        state, answer = super()._get_state(request, provider)
        self.adapter.nonce = state["nonce"] if state else ""
        return state, answer

    def _redirect_strict_samesite(self, request: HttpRequest, provider: Provider) -> HttpResponse | None:
        """Ask once more from a page of ours: a browser that comes from elsewhere shows no session."""
        del provider
        if "_redir" in request.GET or request.method != "GET":
            return None
        return going_on(request, f"{request.get_full_path()}&_redir=")


def going_on(request: HttpRequest, url: str) -> HttpResponse:
    """A page that goes on by itself. A redirect would not do: forms of ours lead to pages of ours only."""
    return page(request, "going_on.html", {"url": url, "host": urlsplit(url).hostname})
