"""Answering a proposal: accepting, declining, withdrawing one's own, committing, reporting it done."""

import datetime as dt
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from fourfold.node import clock, courses, stepping
from fourfold.node.courses import Opening
from fourfold.node.models import CourseStep
from fourfold.node.parties import peers_of
from fourfold.protocols import coordination
from fourfold.protocols.coordination import ANSWER, Answer, Move


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says to the text that counts; `by` is for a commitment (None: the proposal's date).

    `about` is the digest of the text that the person read (None: whichever counts).
    """

    move: Move
    note: str | None = None
    by: dt.date | None = None
    about: str | None = None


def answer_proposal(opening: Opening, said: Said, actor: str) -> Opening:
    """Answer the text that counts now. To say the same again changes nothing.

    Raises:
        RefusedError: the move is not possible now, with the rule; another text counts since it was read; or
            it may not pass to the others.
    """
    now = clock.now()
    with stepping.acting(actor):
        matter = courses.matter(opening, now)
        course = courses.proposal(matter)
        if known := _said(course, matter, said):
            return known
        courses.check_read(said.about, course.head)
        step = _step(course, said, now)
        coordination.attempt(opening.digest, matter.steps, step, now)
        place = courses.Place(opening.activity, opening.slice)
        return stepping.take(ANSWER, step, place, peers_of(course.parties), actor)


def _said(course: coordination.Course, matter: courses.Matter, said: Said) -> CourseStep | None:
    """Our own answer that says just this to the text that counts."""
    for name, step in matter.steps.items():
        same = (
            isinstance(step, Answer)
            and (step.author, step.about, step.move) == (settings.NODE.id, course.head.digest, said.move)
            and (said.note in {None, step.note})
            and (said.by in {None, step.by})
        )
        if same:
            return CourseStep.objects.get(pk=name)
    return None


def _step(course: coordination.Course, said: Said, now: datetime) -> Answer:
    head, commits = course.head, said.move is Move.COMMIT
    return Answer(
        **stepping.header(course.opening, head.proposal.marking, now),
        about=head.digest,
        move=said.move,
        note=said.note,
        by=(said.by or head.proposal.due) if commits else said.by,
        acceptances=head.acceptances if commits else None,
    )
