"""Steps of counterparts: keeping what came, unless it contradicts its envelope or what is held."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F

from fourfold.errors import RefusedError, SignatureError
from fourfold.exchange.faults import read_fields
from fourfold.node import models
from fourfold.node.courses import Place, keep, matter, read
from fourfold.node.keyrings import ring_of
from fourfold.node.kinds import kind_of
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.collaboration import Contribution, Part
from fourfold.protocols.coordination import Proposal
from fourfold.protocols.steps import Step, admit
from fourfold.records.markings import Marking
from fourfold.release import ReleaseObject


def receive(row: models.Received, release: ReleaseObject, now: datetime) -> str:
    """Keep a step of a counterpart; why it does not count, or nothing. The same step again changes nothing.

    Runs inside the transaction that stores what came.

    Raises:
        RefusedError: it contradicts its envelope, or a step that is held; it is not kept.
        SignatureError: the signature in it is by a key that is not its author's.
        InputError: it is no step of its kind; its faults.
    """
    step = read_fields(kind_of(row.kind).payload, release.fields)
    if not isinstance(step, Step):
        raise RefusedError("This is no step of a proposal or a joint record.")
    _check_envelope(step, release, row)
    if step.opening is None:
        _check_parties(step, release)
    held = models.CourseStep.objects.filter(opening=step.opening or step.digest())
    if not admit({each.digest: read(each) for each in held.exclude(body=None)}, step):
        return ""
    _check_place(held, step, row)
    keep(step, row.kind, Place(row.activity, row.slice), now, received=row)
    return _why_not(step, now)


def _check_envelope(step: Step, release: ReleaseObject, row: models.Received) -> None:
    """Whether a step says of itself what the signed object says that it came in."""
    if step.author != release.owner:
        raise RefusedError("It names another author than the institution that sent it.")
    if step.originators != release.originators or _narrowed(step, release) != release.marking:
        raise RefusedError("It names other originators, or another marking, than it came with.")
    if step.at != release.created:
        raise RefusedError("It is dated otherwise than it was released.")
    if isinstance(step, Part) and step.signature is not None:
        ring = ring_of(row.peer)
        if step.signature.key not in ring.ever() - ring.compromised():
            raise SignatureError("The joint record was signed by a key that is not its author's.")


def _narrowed(step: Step, release: ReleaseObject) -> Marking:
    """The marking as the recipient is told it: of those who are named, only itself."""
    if step.marking.rel_to is None or release.recipient not in step.marking.rel_to:
        return step.marking
    return step.marking.model_copy(update={"rel_to": frozenset({release.recipient})})


def _check_parties(step: Step, release: ReleaseObject) -> None:
    """Whether an opening can begin a course with us: we are a party, and all have signed the agreement."""
    if isinstance(step, Proposal):
        parties = coordination.check_opening(step)
    elif isinstance(step, Contribution):
        parties = collaboration.check_opening(step)
    else:
        raise RefusedError("Neither a text nor a contribution: this opens nothing.")
    if settings.NODE.id not in parties:
        raise RefusedError("This institution is no party of it.")
    text = models.Agreement.objects.get(pk=release.agreement).content()
    if any(text.party(each) is None for each in parties):
        raise RefusedError("Not all who are named have signed the agreement that it came under.")


def _check_place(held: Any, step: Step, row: models.Received) -> None:
    """Whether a step stands in the same activity and slice as its opening, and in no place that is taken."""
    first = held.filter(digest=F("opening")).first()
    if first is not None and (first.activity, first.slice) != (row.activity, row.slice):
        raise RefusedError("It came in another slice than the step that opened the course.")
    if held.filter(author=step.author, number=step.number).exists():
        raise RefusedError("The step at this place was recalled; what was recalled does not come back.")


def _why_not(step: Step, now: datetime) -> str:
    """Why a step that was kept does not count; nothing where it does, or waits for what is to come."""
    first = models.CourseStep.objects.filter(digest=step.opening or step.digest()).first()
    if first is None:
        return ""
    stands = matter(first, now)
    return stands.course.order.void.get(step.digest(), "") if stands.course else ""
