"""Linking an account to a person whom the institution's own provider knows."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node import clock, trail
from fourfold.node.accounts import account_named
from fourfold.node.models import Tag
from fourfold.node.signing_in.oidc import LONGEST, provider_id, subject_of


def link_subject(username: str, subject: str, actor: str) -> None:
    """Let a person in to an account whom the provider of node.toml knows as this subject, and nobody else.

    Raises:
        RefusedError: node.toml names no provider, or one of the two is linked already.
        InputError: there is no such account, or this can be no subject; all faults.
    """
    account = account_named(username)
    if not settings.NODE.oidc_issuer:
        raise RefusedError("This node has no provider. Set oidc_issuer and its like in node.toml first.")
    if not (0 < len(subject) <= LONGEST and subject.isascii() and subject.isprintable()):
        remedy = "Take it from the provider, or from the page that refused the person."
        raise InputError(
            [Fault(f"A subject has 1 to {LONGEST} ASCII characters.", field="subject", remedy=remedy)]
        )
    with transaction.atomic():
        _refuse_a_second(account, subject)
        SocialAccount.objects.create(user=account, provider=provider_id(), uid=subject)
        trail.note(Tag.ACCOUNT_LINKED, clock.now(), actor=actor, reason=f"account {account.pk}")


def unlink_subject(username: str, actor: str) -> bool:
    """Let nobody in to an account by the provider any more; whether anybody was.

    Raises:
        InputError: there is no such account.
    """
    account = account_named(username)
    with transaction.atomic():
        gone, _each = SocialAccount.objects.filter(user=account).delete()
        if gone:
            trail.note(Tag.ACCOUNT_UNLINKED, clock.now(), actor=actor, reason=f"account {account.pk}")
    return bool(gone)


def _refuse_a_second(account: object, subject: str) -> None:
    other = SocialAccount.objects.filter(provider=provider_id(), uid=subject).select_related("user").first()
    if other is not None:
        raise RefusedError(f"This subject is linked to the account {other.user.get_username()!r} already.")
    if subject_of(account):
        raise RefusedError(
            "This account is linked to another subject. Unlink it first: fourfold account unlink."
        )
