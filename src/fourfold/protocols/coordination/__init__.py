"""Coordination: one proposes, the others accept, amend or decline; all commit to it by a date.

The brief's sense of the level (its note 2): both adapt, so that what they do fits together. A proposal is a
text with a date. Each other party answers it once:

    asked -> accepted | amended | declined          its proposer: proposed -> withdrawn
    accepted, or its proposer, once all have accepted -> committed -> done

An amendment is a whole text of its own, which supersedes the one that it answers; its author stands to it
as its proposer, and all others are asked again. Of two amendments that cross, the one with the smaller
digest stands, on every side. A party may take back what it proposed until it has committed to it itself. A
date that passes before all have done what they committed to ends it: the proposal has lapsed.
"""

from fourfold.protocols.coordination.moves import COORDINATION, Move, Stance, State, advance
from fourfold.protocols.coordination.reading import Course, Text, attempt, course
from fourfold.protocols.coordination.steps import ANSWER, ANSWERS, Answer, Proposal, check_date, check_opening

__all__ = [
    "ANSWER",
    "ANSWERS",
    "COORDINATION",
    "Answer",
    "Course",
    "Move",
    "Proposal",
    "Stance",
    "State",
    "Text",
    "advance",
    "attempt",
    "check_date",
    "check_opening",
    "course",
]
