"""What would help where a row of the release table stands against a release, and where that is done."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from fourfold.node.web.queries.words import Word


@dataclass(frozen=True, slots=True)
class Help:
    """A sentence; `change`: it is done by changing the record, `agreements`: the agreement says it."""

    text: Word
    change: bool = False
    agreements: bool = False


HELP: Mapping[int, Help] = {
    1: Help(
        _("An agreement that all signed, in force, and with terms for what we send in this slice."),
        agreements=True,
    ),
    2: Help(
        _("Another slice, if it belongs there, or an agreement that lets more fields and caveats pass."),
        change=True,
        agreements=True,
    ),
    3: Help(
        _("A slice at a closer level, if it belongs there. Levels follow from what both sides answer."),
        change=True,
    ),
    4: Help(_("A slice with a higher ceiling. Never a lower label for that reason alone."), change=True),
    5: Help(
        _("Name the recipient in the marking; get the originators' consent; let a second person approve."),
        change=True,
    ),
    6: Help(
        _("Name the recipient in the marking; get the originators' consent; let a second person approve."),
        change=True,
    ),
    7: Help(_("A consent by each originator that covers exactly this version, recipient and agreement.")),
    8: Help(_("A purpose clause of the agreement for this activity and slice."), agreements=True),
    9: Help(_("A purpose clause of the agreement for this activity and slice."), agreements=True),
    10: Help(_("Leave personal data out, or agree on a legal basis."), change=True, agreements=True),
    11: Help(_("Wait: the clock and the time that the counterpart last countersigned must both be past it.")),
    12: Help(
        _("As many people approve this version, for this recipient, as the institution's own rule asks for.")
    ),
    13: Help(
        _("A legal gateway in the agreement: the provision that opens to this recipient, and who decided."),
        agreements=True,
    ),
}
"""By the number of the row."""
