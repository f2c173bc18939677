"""Collaboration: one record drafted together, and complete only when all have signed the same bytes.

The brief's sense of the level (its note 2): one working process on one problem. Every party contributes; what
they contributed is combined by a fixed rule into one text, and each signs the digest of its canonical bytes:

    invited -> contributed -> signed -> published          a signed party that contributes: -> contributed
    any of the first three -> left

A signature is for one set of contributions. One contribution more makes other bytes: no signature stands
under them, and a new revision is open. What all have signed can be published by any of them, once; what was
contributed meanwhile comes too late. A party that leaves ends a draft, and never what was published.
"""

from fourfold.protocols.collaboration.frozen import Frozen
from fourfold.protocols.collaboration.moves import COLLABORATION, Move, Stance, State, advance
from fourfold.protocols.collaboration.reading import Course, attempt, course
from fourfold.protocols.collaboration.steps import PART, Contribution, Part, check_opening

__all__ = [
    "COLLABORATION",
    "PART",
    "Contribution",
    "Course",
    "Frozen",
    "Move",
    "Part",
    "Stance",
    "State",
    "advance",
    "attempt",
    "check_opening",
    "course",
]
