"""Finding an account by its name."""

from typing import Any

from django.contrib.auth import get_user_model

from fourfold.canon import remedy_for
from fourfold.errors import Fault, InputError


def account_named(username: str) -> Any:
    """The account of that name.

    Raises:
        InputError: there is none.
    """
    users = get_user_model().objects
    found = users.filter(username=username).first()
    if found is None:
        remedy = remedy_for(username, list(users.values_list("username", flat=True)))
        raise InputError([Fault(f"There is no account {username!r}.", remedy=remedy)])
    return found
