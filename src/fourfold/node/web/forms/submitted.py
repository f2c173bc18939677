"""The form by which something handed in becomes a record."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fourfold.activities.incident_reporting.records import ACTIVITY, INCIDENT
from fourfold.errors import Fault, InputError
from fourfold.node import inboxing
from fourfold.node.actions.accept_submitted import Acceptance, loosened
from fourfold.node.models import Submitted
from fourfold.node.parties import nodes
from fourfold.node.renewing import Relation, relation_of
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape, Typed, select, ticks
from fourfold.node.web.forms.markings import TLP
from fourfold.node.web.forms.records import slice_box
from fourfold.node.web.queries.words import field_title
from fourfold.records.markings import Tlp

FIELDS: Mapping[str, Shape] = {"title": Shape.LINE, "description": Shape.TEXT}
"""What is asked of an incident that was handed in; the rest is added to the record afterwards."""


def accept_boxes(row: Submitted, typed: Typed, faults: Faults = NO_FAULTS, *, fresh: bool) -> list[Box]:
    """The boxes, filled from the object itself where nothing was typed yet."""
    carried = {name: str(text) for name, text in inboxing.prefilled(row, INCIDENT.id).items()}
    label = inboxing.read(row).marking.tlp.value if row.wire else ""
    given = {name: carried.get(name, "") if fresh else typed.one(name) for name in FIELDS}
    boxes = [
        Box(name, field_title(name), shape, given[name], errors=faults.at(name))
        for name, shape in FIELDS.items()
    ]
    found = relation_of(row)
    asked = [_anyway(typed, faults)] if found.record or found.relation is Relation.TAKEN_BACK else []
    known = [(settings.NODE.id, settings.NODE.name), *((peer.pk, peer.name) for peer in nodes())]
    return [
        *asked,
        *boxes,
        slice_box(ACTIVITY, typed, faults),
        select(
            "tlp",
            _("Label"),
            TLP.items(),
            label if fresh else typed.one("tlp"),
            hint=_("As it counts now. A looser one needs a second person."),
            errors=faults.at("tlp"),
        ),
        ticks(
            "originator",
            _("Originators that you vouch for"),
            [(id_, name, "") for id_, name in known],
            typed.many("originator"),
            hint=_(
                "If none is ticked, nobody knows whose it is, and it never leaves. "
                "To vouch for one needs a second person."
            ),
            errors=faults.at("originator"),
        ),
    ]


def _anyway(typed: Typed, faults: Faults) -> Box:
    """What is asked where there is a record of the object already, or its sender took it back."""
    return ticks(
        "anyway",
        _("A record although there is one, or its sender took it back"),
        [("yes", _("Make it all the same"), "")],
        [each for each in typed.many("anyway") if each == "yes"],
        errors=faults.at("anyway"),
    )


def read_acceptance(row: Submitted, typed: Typed) -> tuple[Acceptance, tuple[str, ...]]:
    """What was typed, and what would be guarded less by it.

    Raises:
        InputError: a label, a field or an originator is wrong; all faults.
        RefusedError: it was decided already.
    """
    known = typed.one("tlp") in set(Tlp)
    faults = [] if known else [Fault(gettext("Choose a label."), field="tlp")]
    given = Acceptance(
        slice=typed.one("slice") or None,
        fields={name: typed.one(name) for name in FIELDS},
        originators=typed.many("originator"),
        tlp=Tlp(typed.one("tlp")) if known else None,
        anyway=bool(typed.many("anyway")),
    )
    try:
        less = loosened(row, given)
    except InputError as error:
        raise InputError([*error.faults, *faults]) from error
    if faults:
        raise InputError(faults)
    return given, less
