"""Changing the password of one's own account."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fourfold.errors import Fault, InputError
from fourfold.node import clock, trail
from fourfold.node.models import Tag
from fourfold.node.signing_in.hashing import normalised


def change_password(account: Any, old: str, new: str, again: str) -> None:
    """Set a new password for an account whose present one is known; other sessions of it end.

    Raises:
        InputError: the present one is wrong, the new one too weak, or typed in two ways; all faults.
    """
    new, again = normalised(new), normalised(again)
    faults = [] if account.check_password(old) else [Fault("This is not the present password.", field="old")]
    try:
        validate_password(new, account)
    except ValidationError as error:
        faults += [Fault(message, field="new") for message in error.messages]
    if new != again:
        faults.append(Fault("The two differ. Type the new password twice.", field="again"))
    if faults:
        raise InputError(faults)
    with transaction.atomic():
        account.set_password(new)
        account.save(update_fields=["password"])
        actor, reason = account.get_username(), f"account {account.pk}"
        trail.note(Tag.PASSWORD_CHANGED, clock.now(), actor=actor, reason=reason)
