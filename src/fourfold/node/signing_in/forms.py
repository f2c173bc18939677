"""The library's forms for passkeys, which what is no answer of a passkey must not break."""

import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from django.core.exceptions import ValidationError

MALFORMED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, struct.error)
"""What reading made-up bytes comes to."""


class AddPasskey(forms.AddWebAuthnForm):
    """Adding one."""

    def clean(self) -> dict[str, Any]:
        """What was sent, if it is an answer to what was asked.

        Raises:
            ValidationError: it is none.
        """
        try:
            return super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("no_passkey") from error


class _Using:
    """What the ways to use one share."""

    def clean_credential(self) -> Any:
        """Which passkey answered.

        Raises:
            ValidationError: none of this account's, or not to what was asked.
        """
        try:
            return super().clean_credential()
        except (*MALFORMED, ValidationError) as error:
            if getattr(error, "code", "") == "too_many_login_attempts":
                raise
            raise get_adapter().validation_error("no_passkey") from error


class SignIn(_Using, forms.LoginWebAuthnForm):
    """Signing in by one alone."""


class SecondStep(_Using, forms.AuthenticateWebAuthnForm):
    """Using one as the second step."""


class Confirm(_Using, forms.ReauthenticateWebAuthnForm):
    """Confirming by one."""
