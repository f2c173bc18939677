"""Ending every session of an account."""

from django.db import transaction

from fourfold.node import clock, trail
from fourfold.node.accounts import account_named
from fourfold.node.models import Tag
from fourfold.node.signing_in.sessions import end_all


def end_sessions(username: str, actor: str) -> int:
    """Sign an account out wherever it is signed in; how many sessions there were. Its tokens stay.

    Raises:
        InputError: there is no such account.
    """
    account = account_named(username)
    with transaction.atomic():
        ended = end_all(account)
        if ended:
            reason = f"account {account.pk}: {ended} by the operator"
            trail.note(Tag.SESSION_ENDED, clock.now(), actor=actor, reason=reason)
    return ended
