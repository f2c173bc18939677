"""Amending a proposal: a whole text that supersedes the one before, and is answered in its place."""

from collections.abc import Mapping
from typing import Any

from fourfold.errors import RefusedError
from fourfold.node import clock, courses, models, stepping
from fourfold.node.courses import Opening
from fourfold.node.parties import peers_of
from fourfold.protocols import coordination
from fourfold.protocols.coordination import Proposal
from fourfold.protocols.steps import inherited
from fourfold.records.markings import Marking


def amend_proposal(
    opening: Opening,
    fields: Mapping[str, Any],
    marking: Marking | None,
    actor: str,
    *,
    about: str | None = None,
) -> Opening:
    """Answer the text that counts with another one. It has the originators of both, and the tighter marking.

    `about` is the digest of the text that the person read (None: whichever counts). The very same as one's
    own amendment that counts changes nothing.

    Raises:
        InputError: a field is wrong; all faults.
        RefusedError: there is nothing for us to amend now, nothing was changed, another text counts since it
            was read, or it may not pass.
    """
    now = clock.now()
    with stepping.acting(actor):
        matter = courses.matter(opening, now)
        head = courses.proposal(matter).head
        header = stepping.header(opening.digest, head.proposal.marking, now)
        step = _step(matter, head, fields, marking, header)
        if head.round > 1 and courses.says_the_same(head.proposal, _in_its_place(step, head.proposal)):
            return models.CourseStep.objects.get(pk=head.digest)
        courses.check_read(about, head)
        if _content(step) == _content(head.proposal):
            raise RefusedError("Nothing was changed in the text. To agree with it, accept it.")
        coordination.attempt(opening.digest, matter.steps, step, now)
        place = courses.Place(opening.activity, opening.slice)
        return stepping.take(matter.kind, step, place, peers_of(matter.parties), actor)


def _step(
    matter: courses.Matter,
    head: coordination.Text,
    fields: Mapping[str, Any],
    marking: Marking | None,
    header: dict[str, Any],
) -> Proposal:
    originators, joined = inherited(header["author"], marking or head.proposal.marking, [head.proposal])
    own = {**header, "originators": originators, "marking": joined, "supersedes": head.digest}
    step = stepping.made(matter.kind, fields, own)
    if not isinstance(step, Proposal):
        raise TypeError("a proposal's kind is one of proposals")
    return step


def _in_its_place(step: Proposal, head: Proposal) -> Proposal:
    """The step as it would be if it answered what the text that counts answered."""
    return step.model_copy(update={"supersedes": head.supersedes})


def _content(step: Proposal) -> dict[str, Any]:
    """What is proposed: all but who proposes it when, and how it is marked."""
    return step.model_dump(exclude=set(Proposal.model_fields) - {"title", "due"})
