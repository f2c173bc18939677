"""Markings: how far a record, or one field of it, may travel.

The label follows TLP 2.0 (FIRST, 2022). Caveats stand beside it, as TLP itself is not a control marking.
"""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from fourfold.canon.sets import SortedSet
from fourfold.errors import Fault, InputError
from fourfold.records.instants import Instant


class Tlp(StrEnum):
    """The Traffic Light Protocol 2.0, from the most open to the tightest."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"

    @property
    def rank(self) -> int:
        """0 for CLEAR up to 4 for RED: the order of tightness, not of who may receive."""
        return tuple(Tlp).index(self)


class Caveat(StrEnum):
    """A condition on release that TLP does not express."""

    PROPRIETARY = "PROPRIETARY"
    NATIONAL_SECURITY = "NATIONAL-SECURITY"
    ORCON = "ORCON"
    NO_ENFORCEMENT = "NO-ENFORCEMENT"
    NO_DEFENCE = "NO-DEFENCE"
    PERSONAL = "PERSONAL"
    STATUTORY = "STATUTORY"


class Marking(BaseModel):
    """The marking of a record or of one field.

    `rel_to` holds the institutions it is named for: None is no restriction, an empty set is nobody.
    `embargo` is the moment before which it does not leave.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tlp: Tlp
    caveats: SortedSet[Caveat] = frozenset()
    rel_to: SortedSet[str] | None = None
    embargo: Instant | None = None


def parse_tlp(text: str) -> Tlp:
    """The label that a name stands for: `TLP:AMBER+STRICT`, `amber`; WHITE, of TLP 1.0, is today's CLEAR.

    Raises:
        InputError: no label of TLP 2.0 or 1.0; nothing is guessed, as a wrong guess could only loosen.
    """
    name = text.strip().upper().removeprefix("TLP:")
    try:
        return Tlp.CLEAR if name == "WHITE" else Tlp(name)
    except ValueError as error:
        known = ", ".join(f"TLP:{tlp}" for tlp in Tlp)
        raise InputError([Fault(f"{text!r} is no TLP label.", remedy=f"Use one of {known}.")]) from error


def join(markings: Iterable[Marking]) -> Marking:
    """The tightest marking that honours all of the given ones; what is derived from them carries it.

    Raises:
        ValueError: no marking was given: something without a marking has none to derive.
    """
    given = tuple(markings)
    if not given:
        raise ValueError("the join of no markings is undefined")
    audiences = [marking.rel_to for marking in given if marking.rel_to is not None]
    embargoes = [marking.embargo for marking in given if marking.embargo is not None]
    return Marking(
        tlp=max((marking.tlp for marking in given), key=lambda tlp: tlp.rank),
        caveats=frozenset().union(*(marking.caveats for marking in given)),
        rel_to=frozenset.intersection(*audiences) if audiences else None,
        embargo=max(embargoes) if embargoes else None,
    )
