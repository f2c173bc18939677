"""Asking for the day on which something ends."""

from datetime import datetime, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fourfold.errors import Fault, InputError
from fourfold.node import clock
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape, Typed
from fourfold.records.instants import typed_moment

DAYS = 180
"""How long a consent lasts if nobody says more."""


def until_box(typed: Typed, faults: Faults = NO_FAULTS, name: str = "until") -> Box:
    """The box, filled with a day half a year away where nothing was typed."""
    default = (clock.now() + timedelta(days=DAYS)).date().isoformat()
    value = typed.one(name) if name in typed.values else default
    hint = _("It ends at the beginning of that day, in UTC. Such as 2027-01-31.")
    return Box(name, _("Until"), Shape.LINE, value, hint=hint, errors=faults.at(name))


def read_until(typed: Typed, name: str = "until") -> datetime:
    """The moment that was typed.

    Raises:
        InputError: it is none.
    """
    try:
        return typed_moment(typed.one(name))
    except ValueError as error:
        told = Fault(gettext("This is no day. Write it as 2027-01-31."), field=name)
        raise InputError([told]) from error
