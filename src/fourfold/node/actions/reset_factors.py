"""Resetting the second factors of an account whose owner lost them."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from fourfold.node import clock, trail
from fourfold.node.accounts import account_named
from fourfold.node.actions.end_sessions import end_sessions
from fourfold.node.models import Tag


def reset_factors(username: str, actor: str) -> tuple[str, ...]:
    """Take app, passkeys and recovery codes from an account, and end its sessions; what was taken.

    Whoever asks for it is known to the operator in person: from then on the password alone opens the account,
    until a new factor is set up.

    Raises:
        InputError: there is no such account.
    """
    account = account_named(username)
    with transaction.atomic():
        rows = Authenticator.objects.filter(user=account).order_by("pk")
        taken = tuple(str(row) for row in rows)
        rows.delete()
        if taken:
            reason = f"account {account.pk}: all, by the operator"
            trail.note(Tag.FACTOR_REMOVED, clock.now(), actor=actor, reason=reason)
        end_sessions(username, actor)
    return taken
