"""Contributing to a joint record; the signatures under it are void, and a new revision is open."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from fourfold.errors import RefusedError
from fourfold.node import clock, courses, onward, stepping
from fourfold.node.courses import Opening
from fourfold.node.models import CourseStep
from fourfold.node.parties import peers_of
from fourfold.protocols import collaboration
from fourfold.protocols.collaboration import Contribution
from fourfold.protocols.steps import inherited
from fourfold.records.markings import Marking


def contribute(
    opening: Opening,
    fields: Mapping[str, Any],
    marking: Marking | None,
    sources: Sequence[str],
    actor: str,
    *,
    about: str | None = None,
) -> Opening:
    """Add to a joint record. The very same as one's last contribution again changes nothing.

    It is marked as tightly as what is there already; who rewrites another's words names it as originator.
    `sources` are the ids of what the contribution was written from. `about` is the digest of the bytes that
    the person read (None: whatever they are now).

    Raises:
        NotFoundError: a source is not here.
        InputError: a field is wrong; all faults.
        RefusedError: nothing more is added to it, nothing is said, it has changed since it was read, or it
            may not pass to the others.
    """
    now = clock.now()
    with stepping.acting(actor):
        matter = courses.matter(opening, now)
        course = courses.joint_record(matter)
        derived = onward.derive(sources, now) if sources else None
        step = _step(matter, course, fields, (marking, derived), now)
        if known := _last(matter, step):
            return known
        if about not in {None, course.current.digest}:
            raise RefusedError(
                "The joint record has changed since you read it. Read it again, then add to it."
            )
        collaboration.attempt(opening.digest, matter.steps, step)
        place = courses.Place(opening.activity, opening.slice)
        return stepping.take(matter.kind, step, place, peers_of(course.parties), actor, derived=derived)


def _step(
    matter: courses.Matter,
    course: collaboration.Course,
    fields: Mapping[str, Any],
    how: tuple[Marking | None, onward.Derivation | None],
    now: datetime,
) -> Contribution:
    payload = matter.kind.payload
    if not issubclass(payload, Contribution):
        raise TypeError("a joint record's kind is one of contributions")
    own, (chosen, derived) = settings.NODE.id, how
    there = [each for _, each in course.current.contributions]
    rewritten = [each for each in there if each.author != own and _rewrites(payload, fields, each)]
    chosen = chosen or course.current.marking
    originators, marking = derived.carried(chosen) if derived else (frozenset({own}), chosen)
    more, marking = inherited(own, marking, rewritten)
    _, marking = inherited(own, marking, there)
    header = {**stepping.header(course.opening, marking, now), "originators": originators | more}
    latest = max(each.revision for each in there)
    step = stepping.made(matter.kind, fields, {**header, "revision": latest + 1})
    if not isinstance(step, Contribution) or not step.content():
        raise RefusedError("The contribution says nothing. Give at least one field.")
    return step


def _rewrites(payload: type[Contribution], fields: Mapping[str, Any], other: Contribution) -> bool:
    """Whether fields of which the record has one value were written by another before."""
    return any(name in payload.SINGLE and name in other.content() for name in fields)


def _last(matter: courses.Matter, step: Contribution) -> CourseStep | None:
    """Our last contribution, if it was the last of all and said the very same."""
    own = [
        (each.number, name)
        for name, each in matter.steps.items()
        if isinstance(each, Contribution) and each.author == step.author
    ]
    if not own:
        return None
    name = max(own)[1]
    last = matter.steps[name]
    newest = isinstance(last, Contribution) and last.revision == step.revision - 1
    same = newest and isinstance(last, Contribution) and last.content() == step.content()
    return CourseStep.objects.get(pk=name) if same else None
