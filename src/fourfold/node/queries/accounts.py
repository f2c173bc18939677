"""Accounts as rows."""

from typing import Any

from django.contrib.auth import get_user_model

from fourfold.node import clock


def listed() -> list[dict[str, Any]]:
    """All accounts, by name."""
    rows = get_user_model().objects.prefetch_related("roles", "tokens").order_by("username")
    return [_as_row(row) for row in rows]


def _as_row(row: Any) -> dict[str, Any]:
    return {
        "name": row.username,
        "roles": sorted(each.role for each in row.roles.all()),
        "last_sign_in": row.last_login.isoformat(timespec="seconds") if row.last_login else None,
        "tokens": [
            f"{each.pk} {each.name}"
            for each in row.tokens.all()
            if each.revoked is None and each.expires > clock.now()
        ],
    }
