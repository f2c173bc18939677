"""Accounts as rows."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model

from fourfold.node import clock
from fourfold.node.signing_in.limits import wait_of_account
from fourfold.node.signing_in.oidc import subject_of
from fourfold.node.signing_in.sessions import counted


def listed() -> list[dict[str, Any]]:
    """All accounts, by name."""
    rows = get_user_model().objects.prefetch_related("roles", "tokens").order_by("username")
    sessions = counted()
    return [_as_row(row, sessions[str(row.pk)]) for row in rows]


def _as_row(row: Any, sessions: int) -> dict[str, Any]:
    now, wait = clock.now(), wait_of_account(row)
    factors = Authenticator.objects.filter(user=row).order_by("pk")
    return {
        "number": row.pk,
        "name": row.username,
        "roles": sorted(each.role for each in row.roles.all()),
        "second_factors": [str(each.type) for each in factors],
        "subject": subject_of(row),
        "sessions": sessions,
        "locked_until": (now + wait).isoformat(timespec="seconds") if wait else None,
        "last_sign_in": row.last_login.isoformat(timespec="seconds") if row.last_login else None,
        "tokens": [
            f"{each.pk} {each.name}"
            for each in row.tokens.all()
            if each.revoked is None and each.expires > now
        ],
    }
