"""Asking for a legal gateway: by which provision what is confidential by law may pass, and who decided."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from fourfold.agreements import Direction, LegalGateway
from fourfold.errors import Fault
from fourfold.node.web.forms.answers import read_day
from fourfold.node.web.forms.boxes import Box, Faults, Option, Shape, Typed
from fourfold.node.web.queries.words import Word

_LINES: dict[str, tuple[Word, Word]] = {
    "provision": (
        _("Legal gateway for what is confidential by law"),
        _("Act and article that let it pass. Without one, what is marked STATUTORY stays."),
    ),
    "decided_by": (_("Who decided that its conditions are met"), _("An office, not a person.")),
    "decided": (
        _("When that was decided"),
        _("A day, written as 2026-03-31; not after the agreement begins."),
    ),
}
TEXTS = ("provision", "decided_by")
"""The boxes that take free text."""


def box_name(number: int, part: str) -> str:
    """The name of a box of the gateway for what the party with this number sends."""
    return f"{number}.gateway-{part}"


def gateway_boxes(number: int, typed: Typed, faults: Faults) -> Iterator[Box]:
    """What is asked of the gateway for what one party sends."""
    for part, (title, hint) in _LINES.items():
        name = box_name(number, part)
        yield Box(name, title, Shape.LINE, typed.one(name), hint=hint, errors=faults.at(name))
    name = box_name(number, "regulators_only")
    text = _("It opens to regulatory authorities only")
    hint = _("As Article 78(5) of the AI Act does, towards third countries.")
    only = Option("yes", text, bool(typed.one(name)), hint)
    yield Box(name, _("Whom it opens to"), Shape.TICKS, options=(only,), errors=faults.at(name))


def typed_gateway(number: int, direction: Direction) -> dict[str, tuple[str, ...]]:
    """A gateway as it would be typed; empty boxes where there is none."""
    given = direction.legal_gateway
    if given is None:
        return {box_name(number, part): ("",) for part in _LINES}
    return {
        box_name(number, "provision"): (given.provision,),
        box_name(number, "decided_by"): (given.decided_by,),
        box_name(number, "decided"): (given.decided.isoformat(),),
        box_name(number, "regulators_only"): ("yes",) if given.regulators_only else (),
    }


def read_gateway(number: int, typed: Typed, faults: list[Fault]) -> LegalGateway | None:
    """The gateway that was typed; None: none was, or what is missing of it is told."""
    given = {part: typed.one(box_name(number, part)) for part in _LINES}
    only = bool(typed.one(box_name(number, "regulators_only")))
    if not any(given.values()) and not only:
        return None
    decided = read_day(box_name(number, "decided"), given["decided"], faults)
    missing = [part for part, text in given.items() if not text]
    told = _("A legal gateway needs the provision, who decided, and when.")
    faults += [Fault(str(told), field=box_name(number, part)) for part in missing]
    if missing or decided is None:
        return None
    return LegalGateway(
        provision=given["provision"], decided_by=given["decided_by"], decided=decided, regulators_only=only
    )
