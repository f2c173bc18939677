"""Signing a joint record: it is frozen to exact bytes, and this institution's signature put under them."""

from django.conf import settings

from fourfold.errors import RefusedError
from fourfold.node import clock, courses, stepping
from fourfold.node.courses import Opening
from fourfold.node.keys import node_signer
from fourfold.node.models import CourseStep
from fourfold.node.parties import peers_of
from fourfold.protocols import collaboration
from fourfold.protocols.collaboration import PART, Move, Part


def sign_joint_record(opening: Opening, content: str | None, actor: str) -> Opening:
    """Sign what all contributions come to. Once signed, signing the same bytes again changes nothing.

    `content` is the digest of the bytes that the person has read (None: whatever they are now).

    Raises:
        RefusedError: not every party has contributed, or it has changed since it was read.
    """
    now = clock.now()
    with stepping.acting(actor):
        matter = courses.matter(opening, now)
        course = courses.joint_record(matter)
        text = course.current
        if content is not None and content != text.digest:
            raise RefusedError("The joint record has changed since you read it. Read it again, then sign it.")
        if settings.NODE.id in course.signatures:
            return _signed(matter, text.digest)
        step = Part(
            **stepping.header(opening.digest, text.marking, now),
            move=Move.SIGN,
            contributions=text.names,
            content=text.digest,
            signature=text.sign(node_signer()),
        )
        collaboration.attempt(opening.digest, matter.steps, step)
        place = courses.Place(opening.activity, opening.slice)
        return stepping.take(PART, step, place, peers_of(course.parties), actor)


def _signed(matter: courses.Matter, content: str) -> Opening:
    for name, step in matter.steps.items():
        if isinstance(step, Part) and (step.author, step.content, step.move) == (
            settings.NODE.id,
            content,
            Move.SIGN,
        ):
            return CourseStep.objects.get(pk=name)
    raise AssertionError("a signature that counts is a step")
