"""What the trail notes of sign-ins and second factors: never what was typed, nor a name that nobody has."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from fourfold.node import clock, trail
from fourfold.node.models import Tag
from fourfold.node.signing_in import limits


def account_of(username: str) -> Any:
    """The account of exactly that name, or none."""
    return get_user_model().objects.filter(username=username).first()


def note_own(tag: Tag, account: Any, what: str) -> None:
    """Note what somebody did with an account of their own."""
    trail.note(tag, clock.now(), actor=account.get_username(), reason=f"account {account.pk}: {what}")


def note_refused(account: Any, what: str) -> None:
    """Note that a try to sign in, or to confirm, was refused; nobody is known to have made it."""
    trail.note(Tag.SESSION_REFUSED, clock.now(), reason=_reason(account, what))


def note_limited(request: HttpRequest, key: str, account: Any, what: str) -> None:
    """Note that there were too many tries; once in each spell, or the trail could be filled."""
    wait = max(timedelta(seconds=1), limits.wait_for(request, key))
    if limits.first_of(request, key, wait):
        trail.note(Tag.SESSION_LIMITED, clock.now(), reason=_reason(account, what))


def _reason(account: Any, what: str) -> str:
    return f"account {account.pk}: {what}" if account else f"no account: {what}"
