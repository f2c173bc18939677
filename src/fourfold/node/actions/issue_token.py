"""Issuing and revoking the tokens by which an account's programs ask."""

from datetime import timedelta

from django.db import transaction

from fourfold.errors import Fault, InputError, NotFoundError
from fourfold.node import clock, trail
from fourfold.node.accounts import account_named
from fourfold.node.models import ApiToken, Tag
from fourfold.node.tokens import LONGEST_DAYS, new_token, token_digest


def issue_token(username: str, name: str, days: int, actor: str) -> str:
    """A new token for an account, told this once; the node keeps its digest only.

    Raises:
        InputError: there is no such account, or it would last longer than a year.
    """
    if not 0 < days <= LONGEST_DAYS:
        raise InputError([Fault(f"A token lasts from 1 to {LONGEST_DAYS} days.", field="days")])
    account, now = account_named(username), clock.now()
    token = new_token()
    with transaction.atomic():
        made = ApiToken.objects.create(
            account=account,
            name=name[:100],
            digest=token_digest(token),
            created=now,
            expires=now + timedelta(days=days),
        )
        trail.note(Tag.TOKEN_ISSUED, now, actor=actor, reason=f"token {made.pk} of account {account.pk}")
    return token


def revoke_token(number: int, actor: str) -> ApiToken:
    """Revoke a token at once; a second time changes nothing.

    Raises:
        NotFoundError: there is no such token.
    """
    now = clock.now()
    with transaction.atomic():
        row = ApiToken.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise NotFoundError("There is no such token.")
        if row.revoked is None:
            row.revoked = now
            row.save(update_fields=["revoked"])
            trail.note(Tag.TOKEN_REVOKED, now, actor=actor, reason=f"token {row.pk}")
    return row
