"""Adding an account for the pages of a node."""

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node import clock, trail
from fourfold.node.models import Tag


def add_account(username: str, password: str) -> None:
    """Add an account.

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
        users.objects.create_user(username=username, password=password)
        trail.note(Tag.ACCOUNT_ADDED, clock.now(), actor=username)
