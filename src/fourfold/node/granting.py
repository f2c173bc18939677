"""Who may say who reads what: two people, neither of whom is the one who is to read."""

from dataclasses import replace
from typing import Any

from fourfold.errors import FourfoldError, InputError, NotFoundError, RefusedError
from fourfold.node.accounts import account_named
from fourfold.node.models import Grant, roles_of
from fourfold.node.roles import Act, acts_of


def check_person(name: str, act: Act) -> Any:
    """The account of whoever takes part in granting; a command on the node's machine names one, too.

    Raises:
        InputError: there is no such account.
        RefusedError: no role of it lets it.
    """
    try:
        account = account_named(name)
    except InputError as error:
        raise InputError([replace(fault, field="actor") for fault in error.faults]) from error
    if act not in acts_of(roles_of(account)) or not account.is_active:
        raise RefusedError(f"{name} has no role that may {act.value}. An operator has; see fourfold account.")
    return account


def check_not_own(grantee: Any, name: str) -> None:
    """Nobody takes part in deciding what they themselves may read.

    Raises:
        RefusedError: it is the same account.
    """
    if grantee.get_username() == name:
        raise RefusedError("Nobody says what they may read themselves. Ask two others.")


def check_proposer(row: Grant) -> None:
    """It takes two who may: what somebody proposed falls with their role.

    Raises:
        RefusedError: whoever proposed it has no account any more, or no role that may.
    """
    try:
        check_person(row.proposed_by, Act.GRANT)
    except FourfoldError as error:
        said = f"{row.proposed_by}, who proposed it, may not any more. Drop it; somebody else can propose it."
        raise RefusedError(said) from error


def waiting(number: int) -> Grant:
    """What was proposed and waits for a second person, locked in a transaction.

    Raises:
        NotFoundError: nothing of this number waits.
    """
    rows = Grant.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(pk=number, confirmed=None, ended=None).first()
    if row is None:
        raise NotFoundError("Nothing of this number waits for a second person.")
    return row
