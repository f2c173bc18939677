"""Second factors: whose they are, and how their secrets are kept."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor; recovery codes only stand in for one."""


class Factors(DefaultMFAAdapter):
    """Passkeys belong to the node's public name; secrets are encrypted in the store under a key beside it."""

    error_messages: Mapping[str, Any] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong, was used already, or is too old. Wait for the next one."),
        "no_passkey": _("This passkey is none of this account's, or its answer came too late. Try again."),
        "rate_limited": _("There were too many tries."),
        "unreadable": _("This node can read your second factor no more. Ask your operator to reset it."),
    }

    def get_totp_issuer(self) -> str:
        """The name under which an app lists this node."""
        return settings.NODE.name

    def encrypt(self, text: str) -> str:
        """A secret as the store keeps it."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A secret that the store kept.

        Raises:
            ValidationError: it was encrypted under another key. Nothing is guessed in its place.
        """
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise self.validation_error("unreadable") from error

    def build_totp_svg(self, url: str) -> str:
        """The code that an app photographs, as a drawing without styles that can stand within a page."""
        return qrcode.make(url, image_factory=SvgPathImage, border=2).to_string(encoding="unicode")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Whose passkeys these are: the name in the node's own address, whatever the request says."""
        return {"id": urlsplit(settings.NODE.url).hostname or "", "name": settings.NODE.name}


def has_second_factor(account: Any) -> bool:
    """Whether an account cannot be entered by its password alone."""
    return Authenticator.objects.filter(user=account, type__in=KINDS).exists()


def has_app(account: Any) -> bool:
    """Whether an account has an app that shows codes."""
    return Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists()


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(settings.HOME.factors_key()).digest()))
