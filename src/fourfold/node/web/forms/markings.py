"""Asking for a marking: the label, caveats, who it is named for, and the embargo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from fourfold.errors import Fault
from fourfold.node.web.forms.boxes import Box, Faults, Option, Shape, Typed, select, ticks
from fourfold.node.web.queries.words import Word
from fourfold.records.instants import typed_moment
from fourfold.records.markings import Caveat, Marking, Tlp

TLP: Mapping[Tlp, Word] = {
    Tlp.CLEAR: _("TLP:CLEAR, anybody may have it"),
    Tlp.GREEN: _("TLP:GREEN, the community of the agreement"),
    Tlp.AMBER: _("TLP:AMBER, the recipient and those that it must tell"),
    Tlp.AMBER_STRICT: _("TLP:AMBER+STRICT, the recipient and nobody else"),
    Tlp.RED: _("TLP:RED, named recipients; a second person approves"),
}
CAVEATS: Mapping[Caveat, Word] = {
    Caveat.PROPRIETARY: _(
        "A company's own: to named recipients, with every originator's consent and a second person."
    ),
    Caveat.NATIONAL_SECURITY: _("As above: named recipients, every originator's consent, a second person."),
    Caveat.ORCON: _("Originator controlled: nothing goes on without the consent of each originator."),
    Caveat.NO_ENFORCEMENT: _("Not to a regulator, unless a clause of the agreement states a purpose."),
    Caveat.NO_DEFENCE: _("Not to an institution with a defence tie, unless a clause states a purpose."),
    Caveat.PERSONAL: _("Holds personal data: passes only where the agreement states a legal basis."),
    Caveat.STATUTORY: _(
        "Confidential by law, as Article 78 of the AI Act has it: passes only by a legal gateway that the "
        "agreement states."
    ),
}
ANY, NAMED = "any", "named"


@dataclass(frozen=True, slots=True)
class Read:
    """A marking that was typed, where it could be read, and what is wrong with it."""

    marking: Marking | None
    faults: tuple[Fault, ...]


def marking_boxes(name: str, typed: Typed, faults: Faults, names: Mapping[str, str]) -> tuple[Box, ...]:
    """The boxes of one marking; `names` are the institutions that it can be named for, by id."""
    audience = typed.one(f"{name}-audience") or ANY
    return (
        select(
            f"{name}-tlp",
            _("Label"),
            TLP.items(),
            typed.one(f"{name}-tlp"),
            hint=_("Traffic Light Protocol 2.0. There is no default: an unmarked record never leaves."),
            errors=faults.at(f"{name}-tlp"),
        ),
        ticks(
            f"{name}-caveats",
            _("Caveats"),
            [(each.value, each.value, text) for each, text in CAVEATS.items()],
            typed.many(f"{name}-caveats"),
            errors=faults.at(f"{name}-caveats"),
        ),
        Box(
            f"{name}-audience",
            _("Who it is for"),
            Shape.RADIOS,
            options=(
                Option(ANY, _("Not restricted: the other rows decide"), audience == ANY),
                Option(NAMED, _("Only those ticked below; if none is ticked, nobody"), audience == NAMED),
            ),
            errors=faults.at(f"{name}-audience"),
        ),
        ticks(
            f"{name}-named",
            _("Named recipients"),
            [(id_, title, "") for id_, title in names.items()],
            typed.many(f"{name}-named"),
            errors=faults.at(f"{name}-named"),
        ),
        Box(
            f"{name}-embargo",
            _("Embargo until"),
            Shape.LINE,
            typed.one(f"{name}-embargo"),
            hint=_("Before then it does not leave. In UTC, such as 2027-01-31 09:30; empty for none."),
            errors=faults.at(f"{name}-embargo"),
        ),
    )


def read_marking(name: str, typed: Typed) -> Read:
    """The marking that was typed; what is not understood is never taken for an open one."""
    faults: list[Fault] = []
    tlp = _label(f"{name}-tlp", typed, faults)
    caveats = _caveats(f"{name}-caveats", typed, faults)
    audience = _audience(name, typed, faults)
    embargo = _embargo(f"{name}-embargo", typed, faults)
    if faults or tlp is None:
        return Read(None, tuple(faults))
    return Read(Marking(tlp=tlp, caveats=caveats, rel_to=audience, embargo=embargo), ())


def typed_marking(name: str, marking: Marking) -> dict[str, tuple[str, ...]]:
    """A marking as it would be typed."""
    at = marking.embargo
    return {
        f"{name}-tlp": (marking.tlp.value,),
        f"{name}-caveats": tuple(sorted(marking.caveats)),
        f"{name}-audience": (ANY if marking.rel_to is None else NAMED,),
        f"{name}-named": tuple(sorted(marking.rel_to or ())),
        f"{name}-embargo": (at.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if at else "",),
    }


def _label(name: str, typed: Typed, faults: list[Fault]) -> Tlp | None:
    given = typed.one(name)
    if given in set(Tlp):
        return Tlp(given)
    faults.append(Fault(str(_("Choose a label.")), field=name))
    return None


def _caveats(name: str, typed: Typed, faults: list[Fault]) -> frozenset[Caveat]:
    given = set(typed.many(name))
    faults += [Fault(str(_("There is no such caveat.")), field=name) for _each in given - set(Caveat)]
    return frozenset(Caveat(each) for each in given & set(Caveat))


def _audience(name: str, typed: Typed, faults: list[Fault]) -> frozenset[str] | None:
    named = frozenset(typed.many(f"{name}-named"))
    choice = typed.one(f"{name}-audience")
    if choice == NAMED:
        return named
    if choice == ANY and not named:
        return None
    told = (
        _("Recipients are ticked below: choose “only those ticked”, or untick them.")
        if choice == ANY
        else _("Choose who it is for.")
    )
    faults.append(Fault(str(told), field=f"{name}-audience"))
    return frozenset()


def _embargo(name: str, typed: Typed, faults: list[Fault]) -> datetime | None:
    given = typed.one(name)
    if not given:
        return None
    try:
        return typed_moment(given)
    except ValueError:
        faults.append(Fault(str(_("This is no date and time. Write it as 2027-01-31 09:30.")), field=name))
        return None
