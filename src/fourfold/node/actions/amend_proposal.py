"""Amending a proposal: a whole text that supersedes the one before, and is answered in its place."""

from collections.abc import Mapping
from typing import Any

from fourfold.errors import RefusedError
from fourfold.node import clock, courses, stepping
from fourfold.node.courses import Opening
from fourfold.node.parties import peers_of
from fourfold.protocols import coordination
from fourfold.protocols.coordination import Proposal
from fourfold.protocols.steps import inherited
from fourfold.records.markings import Marking


def amend_proposal(
    opening: Opening, fields: Mapping[str, Any], marking: Marking | None, actor: str
) -> Opening:
    """Answer the text that counts with another one. It has the originators of both, and the tighter marking.

    Raises:
        InputError: a field is wrong; all faults.
        RefusedError: there is nothing for us to amend now, nothing was changed, or it may not pass.
    """
    now = clock.now()
    with stepping.acting(actor):
        matter = courses.matter(opening, now)
        head = courses.proposal(matter).head
        step = _step(
            matter, head, fields, marking, stepping.header(opening.digest, head.proposal.marking, now)
        )
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
    if _content(step) == _content(head.proposal):
        raise RefusedError("Nothing was changed in the text. To agree with it, accept it.")
    return step


def _content(step: Proposal) -> dict[str, Any]:
    """What is proposed: all but who proposes it when, and how it is marked."""
    return step.model_dump(exclude=set(Proposal.model_fields) - {"title", "due"})
