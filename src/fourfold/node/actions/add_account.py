"""Adding an account for the pages and the API of a node."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node import clock, trail
from fourfold.node.models import AccountRole, Tag
from fourfold.node.roles import Role


def add_account(username: str, password: str, roles: Iterable[Role], actor: str) -> None:
    """Add an account that may do what its roles say.

    Raises:
        RefusedError: the name is taken.
        InputError: the password is too weak; every reason.
    """
    users = get_user_model()
    try:
        validate_password(password, users(username=username))
    except ValidationError as error:
        raise InputError([Fault(message) for message in error.messages]) from error
    with transaction.atomic():
        if users.objects.filter(username=username).exists():
            raise RefusedError(f"There is an account {username!r} already.")
        made = users.objects.create_user(username=username, password=password)
        AccountRole.objects.bulk_create(AccountRole(account=made, role=role) for role in sorted(set(roles)))
        trail.note(Tag.ACCOUNT_ADDED, clock.now(), actor=actor, reason=f"account {made.pk}")
