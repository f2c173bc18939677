"""What an edit loosens: that needs a second person, and is logged."""

from collections.abc import Iterator

from fourfold.agreements.fits import place
from fourfold.agreements.text import AgreementText
from fourfold.framework import Level
from fourfold.records.envelope import Record
from fourfold.records.markings import Marking


def loosened(before: Record, after: Record, texts: tuple[AgreementText, ...]) -> tuple[str, ...]:
    """What the newer version of a record guards less than the older one; empty: nothing.

    `texts` are the agreements in force, by which one slice is more open than another.
    """
    names = sorted({*before.payload, *after.payload, *before.field_markings, *after.field_markings})
    found = [*_marking(before.marking, after.marking, "The record")]
    for name in names:
        found += _marking(before.marking_of(name), after.marking_of(name), f"The field {name!r}")
    found += [
        f"The originator {one} is no longer named." for one in sorted(before.originators - after.originators)
    ]
    found += [
        f"It moves to a more open slice of {text.title!r}."
        for text in texts
        if _level(text, before) < _level(text, after)
    ]
    return tuple(found)


def _marking(before: Marking, after: Marking, what: str) -> Iterator[str]:
    if after.tlp.rank < before.tlp.rank:
        yield f"{what} goes from TLP:{before.tlp} down to TLP:{after.tlp}."
    for caveat in sorted(before.caveats - after.caveats):
        yield f"{what} loses the caveat {caveat}."
    if _widened(before.rel_to, after.rel_to):
        yield f"{what} is no longer restricted to those who were named."
    if before.embargo is not None and (after.embargo is None or after.embargo < before.embargo):
        yield f"{what} comes out of embargo earlier."


def _widened(before: frozenset[str] | None, after: frozenset[str] | None) -> bool:
    """Whether somebody may be served who was not: naming somebody is what RED asks for, too."""
    if before is None:
        return bool(after)
    return after is None or not after <= before


def _level(text: AgreementText, record: Record) -> Level:
    """The level at which an agreement places a record; separation where it does not say."""
    terms = place(text, record.activity, record.kind, record.slice).terms
    return terms.level if terms else Level.SEPARATION
