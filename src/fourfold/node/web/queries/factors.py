"""One's own second factors and sessions, as the account page shows them."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.conf import settings

from fourfold.node.signing_in.sessions import sessions_of


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """One passkey."""

    number: int
    name: str
    added: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session: since when, from where, in which program; `here` is the one that asks."""

    number: int
    since: datetime
    address: str
    program: str
    here: bool


@dataclass(frozen=True, slots=True)
class FactorsView:
    """What an account has beside its password; `codes` counts the recovery codes that are left."""

    app: Authenticator | None
    passkeys: tuple[PasskeyView, ...]
    codes: int
    passkeys_work: bool

    @property
    def any(self) -> bool:
        """Whether there is a second factor."""
        return self.app is not None or bool(self.passkeys)


def factors_view(account: Any) -> FactorsView:
    """The second factors of an account."""
    rows = list(Authenticator.objects.filter(user=account).order_by("created_at"))
    kinds = Authenticator.Type
    codes = next((row for row in rows if row.type == kinds.RECOVERY_CODES), None)
    return FactorsView(
        next((row for row in rows if row.type == kinds.TOTP), None),
        tuple(
            PasskeyView(row.pk, row.wrap().name, row.created_at, row.last_used_at)
            for row in rows
            if row.type == kinds.WEBAUTHN
        ),
        _left(codes) if codes else 0,
        passkeys_work(),
    )


def sessions_view(account: Any) -> tuple[SessionView, ...]:
    """Where an account is signed in, the newest first."""
    return tuple(
        SessionView(row.pk, row.created_at, row.ip, program(row.user_agent), row.is_current())
        for row in sessions_of(account)
    )


def passkeys_work() -> bool:
    """Whether browsers let passkeys be used at this node's address: a name, by https or on this machine."""
    parts = urlsplit(settings.NODE.url)
    if settings.NODE.is_open:
        return False
    host = parts.hostname or ""
    return host == "localhost" or (parts.scheme == "https" and not _is_number(host))


def program(agent: str) -> str:
    """The browser and the system that a browser's own long name stands for; unknown ones as they are, cut."""
    browser = next((title for sign, title in _BROWSERS if sign in agent), "")
    system = next((title for sign, title in _SYSTEMS if sign in agent), "")
    return " · ".join(filter(None, (browser, system))) or agent[:60]


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def _left(codes: Authenticator) -> int:
    """How many recovery codes are left: a bit is set for each that was used."""
    return app_settings.RECOVERY_CODE_COUNT - int(codes.data["used_mask"]).bit_count()


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
