"""Which slice of an agreement a record belongs to, and whether it fits there.

A named slice must take the record. Where none is named, the most separate slice for its kind takes it: not
the most separate among those whose ceiling it happens to meet, for then a tighter marking would move it out
of a separate slice with a low ceiling into an open one with a high one. In a text that `check_text` accepts
the two rules give the same slice (its slices are nested); in any other, ours withholds more.
"""

from dataclasses import dataclass

from fourfold.agreements.text import AgreementText, SliceTerms
from fourfold.framework import Level
from fourfold.records.markings import Marking


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record belongs: the slice, if there is just one.

    `named` says whether its owner named it; `candidates` are the slices that could be meant.
    """

    terms: SliceTerms | None
    named: bool
    candidates: tuple[SliceTerms, ...]


def covers(text: AgreementText, activity: str, kind: str) -> bool:
    """Whether the agreement says anything about this kind of record in this activity."""
    return bool(_for_kind(text, activity, kind))


def place(text: AgreementText, activity: str, kind: str, named: str | None) -> Place:
    """The slice that governs a record: the named one, or else the most separate for its kind.

    Several equally separate ones are no answer: the owner has to name one.
    """
    found = _for_kind(text, activity, kind)
    if named is not None:
        found = tuple(terms for terms in found if terms.id == named)
    else:
        found = _most_separate(found)
    return Place(found[0] if len(found) == 1 else None, named is not None, found)


def takes(terms: SliceTerms, activity: str, kind: str, marking: Marking) -> bool:
    """Whether a slice takes a record: by activity and kind, marking ceiling, forbidden caveats."""
    return (
        terms.activity == activity
        and kind in terms.kinds
        and marking.tlp.rank <= terms.ceiling.rank
        and not marking.caveats & terms.forbidden_caveats
    )


def _for_kind(text: AgreementText, activity: str, kind: str) -> tuple[SliceTerms, ...]:
    return tuple(terms for terms in text.slices if terms.activity == activity and kind in terms.kinds)


def _most_separate(found: tuple[SliceTerms, ...]) -> tuple[SliceTerms, ...]:
    lowest = min((terms.level for terms in found), default=Level.SEPARATION)
    return tuple(terms for terms in found if terms.level is lowest)
