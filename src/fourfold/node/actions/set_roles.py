"""Setting what an account may do."""

from collections.abc import Iterable

from django.db import transaction

from fourfold.node import clock, trail
from fourfold.node.accounts import account_named
from fourfold.node.models import AccountRole, Tag
from fourfold.node.roles import Role


def set_roles(username: str, roles: Iterable[Role], actor: str) -> None:
    """Give an account just these roles; none closes everything to it.

    Raises:
        InputError: there is no such account.
    """
    account, wanted = account_named(username), sorted(set(roles))
    with transaction.atomic():
        AccountRole.objects.filter(account=account).delete()
        AccountRole.objects.bulk_create(AccountRole(account=account, role=role) for role in wanted)
        reason = f"account {account.pk}: {', '.join(wanted) or 'none'}"
        trail.note(Tag.ACCOUNT_CHANGED, clock.now(), actor=actor, reason=reason)
