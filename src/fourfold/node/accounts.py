"""Finding an account by its name."""

from typing import Any

from django.contrib.auth import get_user_model

from fourfold.canon import remedy_for
from fourfold.errors import Fault, InputError
from fourfold.node.naming import same_person


def account_named(username: str) -> Any:
    """The account of that name, or else the only one whose name looks the same.

    Raises:
        InputError: there is none, or several could be meant.
    """
    users = get_user_model().objects
    names = list(users.values_list("username", flat=True))
    alike = [each for each in names if each == username] or [
        each for each in names if same_person(each, username)
    ]
    if len(alike) == 1:
        return users.get(username=alike[0])
    if alike:
        raise InputError(
            [
                Fault(
                    f"Several accounts could be meant: {', '.join(alike)}.",
                    remedy="Write the one that is meant just so.",
                )
            ]
        )
    remedy = remedy_for(username, names)
    raise InputError([Fault(f"There is no account {username!r}.", remedy=remedy)])
