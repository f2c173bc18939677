"""Asking what an account is to read."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from fourfold.node.actions.propose_grant import NewGrant
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape, Typed, select, ticks
from fourfold.node.web.forms.markings import CAVEATS, TLP
from fourfold.node.web.forms.moments import read_until
from fourfold.node.web.queries.deciding import framework
from fourfold.records.markings import Caveat, Tlp


def grant_boxes(typed: Typed, faults: Faults = NO_FAULTS) -> list[Box]:
    """The boxes: a label with caveats and activities, single things, why, and until when."""
    labels = [(str(each), f"TLP:{each}") for each in TLP if each is not Tlp.RED]
    activities = [(each.id, _(each.title), "") for each in framework().activities.values()]
    return [
        select(
            "ceiling",
            _("Up to the label"),
            labels,
            typed.one("ceiling"),
            blank=_("no label: the single things below alone"),
            hint=_("What is RED is read by those who are named for it, below."),
            errors=faults.at("ceiling"),
        ),
        ticks(
            "caveats",
            _("With these caveats too"),
            [(each.value, each.value, CAVEATS.get(each, "")) for each in Caveat],
            typed.many("caveats"),
            errors=faults.at("caveats"),
        ),
        ticks(
            "activities",
            _("Only of these activities"),
            activities,
            typed.many("activities"),
            hint=_("If none is ticked: of all."),
            errors=faults.at("activities"),
        ),
        Box(
            "named",
            _("Single things"),
            Shape.LINES,
            typed.one("named"),
            hint=_("The id of a record or of something received, one on each line. Its author knows it."),
            errors=faults.at("named"),
        ),
        Box("reason", _("Reason"), Shape.LINE, typed.one("reason"), errors=faults.at("reason")),
        Box(
            "until",
            _("Until"),
            Shape.LINE,
            typed.one("until"),
            hint=_("Such as 2027-01-31. Left empty, it lasts until somebody ends it."),
            errors=faults.at("until"),
        ),
    ]


def read_grant(account: str, typed: Typed) -> NewGrant:
    """What was typed.

    Raises:
        InputError: the day is none.
    """
    activities = typed.many("activities")
    return NewGrant(
        account,
        typed.one("ceiling") or None,
        typed.many("caveats"),
        activities or None,
        typed.lines("named"),
        typed.one("reason"),
        _until(typed),
    )


def _until(typed: Typed) -> datetime | None:
    return read_until(typed) if typed.one("until") else None
