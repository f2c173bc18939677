"""Letting an account be tried again at once."""

from django.db import transaction

from fourfold.node import clock, trail
from fourfold.node.accounts import account_named
from fourfold.node.models import Tag
from fourfold.node.signing_in import limits


def unlock_account(username: str, actor: str) -> bool:
    """Forget the failed tries that were counted against an account; whether it was locked.

    What was counted against addresses stays.

    Raises:
        InputError: there is no such account.
    """
    account = account_named(username)
    locked = bool(limits.wait_of_account(account))
    with transaction.atomic():
        limits.forget(account)
        trail.note(Tag.ACCOUNT_UNLOCKED, clock.now(), actor=actor, reason=f"account {account.pk}")
    return locked
