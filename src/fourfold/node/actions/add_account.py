"""Adding an account for the pages and the API of a node."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node import clock, trail
from fourfold.node.models import AccountRole, Tag
from fourfold.node.naming import check_name, same_person
from fourfold.node.roles import Role
from fourfold.node.signing_in.hashing import normalised


def add_account(username: str, password: str, roles: Iterable[Role], actor: str) -> None:
    """Add an account that may do what its roles say.

    Raises:
        RefusedError: the name is taken, or looks like one that is.
        InputError: it is no name; the password is too weak, every reason.
    """
    check_name(username)
    users = get_user_model()
    password = normalised(password)
    try:
        validate_password(password, users(username=username))
    except ValidationError as error:
        raise InputError([Fault(message) for message in error.messages]) from error
    with transaction.atomic():
        known = users.objects.values_list("username", flat=True)
        if (other := next((each for each in known if same_person(each, username)), None)) is not None:
            raise RefusedError(f"There is an account {other!r} already.")
        made = users.objects.create_user(username=username, password=password)
        AccountRole.objects.bulk_create(AccountRole(account=made, role=role) for role in sorted(set(roles)))
        trail.note(Tag.ACCOUNT_ADDED, clock.now(), actor=actor, reason=f"account {made.pk}")
