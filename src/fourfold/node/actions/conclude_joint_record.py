"""Concluding a joint record: publishing what all have signed, or leaving a draft and thereby ending it."""

from django.conf import settings

from fourfold.node import clock, courses, stepping
from fourfold.node.courses import Opening
from fourfold.node.parties import peers_of
from fourfold.protocols import collaboration
from fourfold.protocols.collaboration import PART, Move, Part, Stance, State


def publish_joint_record(opening: Opening, actor: str) -> Opening:
    """Publish what all have signed: from now on it is read-only. What is published already stays as it is.

    Raises:
        RefusedError: not all have signed the same bytes.
    """
    return _conclude(opening, Move.PUBLISH, None, actor)


def leave_joint_record(opening: Opening, note: str | None, actor: str) -> Opening:
    """Leave a draft: it is abandoned. To leave twice changes nothing.

    Raises:
        RefusedError: it is published already.
    """
    return _conclude(opening, Move.LEAVE, note, actor)


def _conclude(opening: Opening, move: Move, note: str | None, actor: str) -> Opening:
    now = clock.now()
    with stepping.acting(actor):
        matter = courses.matter(opening, now)
        course = courses.joint_record(matter)
        if _done(course, move):
            return opening
        step = Part(
            **stepping.header(opening.digest, course.current.marking, now),
            move=move,
            content=course.current.digest if move is Move.PUBLISH else None,
            note=note,
        )
        collaboration.attempt(opening.digest, matter.steps, step)
        place = courses.Place(opening.activity, opening.slice)
        return stepping.take(PART, step, place, peers_of(course.parties), actor)


def _done(course: collaboration.Course, move: Move) -> bool:
    if move is Move.PUBLISH:
        return course.state is State.PUBLISHED
    return course.stances.get(settings.NODE.id) is Stance.LEFT
