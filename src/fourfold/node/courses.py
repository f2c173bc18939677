"""Courses in the store: the steps of proposals and joint records; taking our own, keeping theirs.

Where a course stands is worked out from its steps (fourfold.protocols), never stored.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from pydantic import BaseModel, ValidationError

from fourfold.canon import canonical_bytes
from fourfold.errors import Fault, InputError, NotFoundError, RefusedError, SignatureError
from fourfold.exchange.faults import model_faults
from fourfold.exchange.verify import trusted_keys
from fourfold.node import clock, keeping, models, onward, releasing, trail
from fourfold.node.kinds import kind_of
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.collaboration import Contribution, Part
from fourfold.protocols.coordination import Proposal
from fourfold.protocols.steps import Step, Steps, admit
from fourfold.records.derivation import Inheritance
from fourfold.records.kinds import Kind
from fourfold.records.markings import Marking
from fourfold.release import ReleaseObject


class WithheldError(RefusedError):
    """The release table does not let a step pass to this counterpart."""

    def __init__(self, message: str, peer: models.Peer) -> None:
        super().__init__(message)
        self.peer = peer


@dataclass(frozen=True, slots=True)
class Matter:
    """A proposal or a joint record as this node holds it: its opening, its steps, and where it stands.

    `recalled` names the institutions that took back a step of it, or destroyed one under their retention
    rules; then nothing of it is worked out, and
    `course` is None.
    """

    row: models.CourseStep
    kind: Kind
    steps: Steps
    course: coordination.Course | collaboration.Course | None
    recalled: tuple[str, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        """Its parties; none where a step was recalled."""
        return self.course.parties if self.course else ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a course belongs: its activity and slice."""

    activity: str
    slice: str


def openings() -> "list[models.CourseStep]":
    """The steps that opened a course, the newest first."""
    return list(models.CourseStep.objects.filter(digest=F("opening")).order_by("-kept", "digest"))


def find(digest: str) -> models.CourseStep:
    """The opening whose digest begins so.

    Raises:
        InputError: several could be meant.
        NotFoundError: there is none.
    """
    wanted = digest if digest.startswith("sha256:") else f"sha256:{digest}"
    found = models.CourseStep.objects.filter(digest=F("opening"), digest__startswith=wanted)[:2]
    if len(found) > 1:
        raise InputError([Fault(f"Several digests begin with {digest}.", remedy="Give more of it.")])
    if not found:
        raise NotFoundError("There is no such proposal or joint record. See the list.")
    return found[0]


def read(row: models.CourseStep) -> Step:
    """A step as it was taken."""
    payload = kind_of(row.kind).payload.model_validate_json(bytes(row.body))
    if not isinstance(payload, Step):
        raise TypeError("only steps are kept as steps")
    return payload


def matter(row: models.CourseStep, now: datetime) -> Matter:
    """Where the course that this step opened stands now."""
    rows = list(models.CourseStep.objects.filter(opening=row.digest).select_related("received"))
    recalled = tuple(sorted({_gone_by(each) for each in rows if each.recalled is not None}))
    steps = {each.digest: read(each) for each in rows if each.body is not None}
    course = None if recalled else _course(kind_of(row.kind), row.digest, steps, now)
    return Matter(row, kind_of(row.kind), steps, course, recalled)


def open_same(step: Step, slice_: str) -> models.CourseStep | None:
    """Our own opening of the very same, with the same parties in the same slice, that is not closed yet."""
    ignored = {"number", "at"}
    wanted = step.model_dump(exclude=ignored)
    for row in openings():
        if (row.author, row.slice) != (step.author, slice_) or row.body is None:
            continue
        if read(row).model_dump(exclude=ignored) == wanted:
            stands = matter(row, step.at)
            if stands.course and not stands.course.state.final:
                return row
    return None


def proposal(matter_: Matter) -> coordination.Course:
    """The course of a proposal.

    Raises:
        RefusedError: it is no proposal, or a step of it was recalled.
    """
    if not isinstance(_live(matter_), coordination.Course):
        raise RefusedError("This is a joint record, not a proposal. See fourfold joint show.")
    return matter_.course  # type: ignore[return-value]  looked at just now


def joint_record(matter_: Matter) -> collaboration.Course:
    """The course of a joint record.

    Raises:
        RefusedError: it is no joint record, or a step of it was recalled.
    """
    if not isinstance(_live(matter_), collaboration.Course):
        raise RefusedError("This is a proposal, not a joint record. See fourfold proposal show.")
    return matter_.course  # type: ignore[return-value]  looked at just now


def header(opening: str | None, marking: Marking, now: datetime) -> dict[str, Any]:
    """What every step of our own begins with; the place is the next that is free."""
    own = models.CourseStep.objects.filter(opening=opening or "", author=settings.NODE.id)
    last = own.aggregate(last=Max("number"))["last"] or 0
    return {
        "opening": opening,
        "author": settings.NODE.id,
        "number": last + 1,
        "at": now,
        "originators": frozenset({settings.NODE.id}),
        "marking": marking,
    }


@contextmanager
def acting(actor: str) -> Iterator[None]:
    """All of what is done inside, or nothing; that the table let a step not pass is noted in the trail."""
    try:
        with transaction.atomic():
            yield
    except WithheldError as refusal:
        trail.note(models.Tag.RELEASE_WITHHELD, clock.now(), peer=refusal.peer, actor=actor)
        raise


def made(kind: Kind, given: Mapping[str, Any], own: Mapping[str, Any]) -> BaseModel:
    """A step of a kind out of what a person gave and what the node itself says (`own`).

    Raises:
        InputError: a field is wrong, unknown or missing, or is not for a person to set; all faults.
    """
    taken = [Fault("The node sets this itself.", "", 0, name, "Remove it.") for name in given if name in own]
    try:
        step = kind.payload.model_validate({**given, **own})
    except ValidationError as error:
        raise InputError([*taken, *_told(error)]) from error
    if taken:
        raise InputError(taken)
    return step


def _told(error: ValidationError) -> list[Fault]:
    """The faults of a step in our words; a list is not called short because its items are at fault."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    places = [each["loc"] for each in found]
    kept = []
    for each, fault in zip(found, model_faults(error), strict=False):
        inside = any(place != each["loc"] and place[: len(each["loc"])] == each["loc"] for place in places)
        if not (each["type"] == "too_short" and inside):
            message = fault.message.removeprefix("Value error, ")
            kept.append(replace(fault, message=message[:1].upper() + message[1:]))
    return kept


def take(
    kind: Kind,
    step: Step,
    place: Place,
    peers: Sequence[models.Peer],
    actor: str,
    *,
    derived: onward.Derivation | None = None,
) -> models.CourseStep:
    """Take a step: keep it as a record, and release it, whole, to every other party; inside `acting`.

    `derived` says what it was written from; if that is withdrawn by its originator, so is the step.

    Raises:
        WithheldError: the table lets it pass to one of them not at all, or not whole.
    """
    record = keeping.new_record(
        kind,
        step.fields(),
        activity=place.activity,
        slice_=place.slice,
        marking=step.marking,
        inherited=Inheritance(
            step.originators, step.marking, derived.inheritance.derived_from if derived else ()
        ),
        now=step.at,
    )
    title = str(record.payload.get("title", kind.title))
    version = keeping.add(record, actor=actor, title=title, source=kind.title)
    onward.note_derived(record.id, derived.roots if derived else ())
    for peer in peers:
        try:
            _release_whole(version, peer, step, actor)
        except RefusedError as refusal:
            raise WithheldError(str(refusal), peer) from refusal
    return _keep(step, kind.id, place, step.at, record=record.id, actor=actor)


def receive(row: models.Received, release: ReleaseObject, now: datetime) -> str:
    """Keep a step of a counterpart; why it does not count, or nothing. The same step again changes nothing.

    Runs inside the transaction that stores what came.

    Raises:
        RefusedError: it contradicts its envelope, or a step that is held; it is not kept.
        SignatureError: the signature in it is by a key that is not its author's.
        ValidationError: it is no step of its kind.
    """
    step = kind_of(row.kind).payload.model_validate_json(canonical_bytes(release.fields))
    if not isinstance(step, Step):
        raise RefusedError("This is no step of a proposal or a joint record.")
    _check_envelope(step, release, row)
    if step.opening is None:
        _check_parties(step, release)
    held = models.CourseStep.objects.filter(opening=step.opening or step.digest())
    if not admit({each.digest: read(each) for each in held.exclude(body=None)}, step):
        return ""
    _check_place(held, step, row)
    _keep(step, row.kind, Place(row.activity, row.slice), now, received=row)
    return _why_not(step, now)


def _gone_by(row: models.CourseStep) -> str:
    """Whose act it was that a step is not held any more."""
    expired = row.received is not None and row.received.state == models.ReceivedState.EXPIRED
    return settings.NODE.id if expired else row.author


def _live(matter_: Matter) -> coordination.Course | collaboration.Course:
    if matter_.course is None:
        raise RefusedError("A step of this was recalled by its author; nothing more happens to it.")
    return matter_.course


def _course(
    kind: Kind, opening: str, steps: Steps, now: datetime
) -> coordination.Course | collaboration.Course:
    if issubclass(kind.payload, Proposal):
        return coordination.course(opening, steps, now)
    return collaboration.course(opening, steps)


def _release_whole(version: models.RecordVersion, peer: models.Peer, step: Step, actor: str) -> None:
    made = releasing.release(version, peer, actor, step.at)
    if made.withheld:
        names = ", ".join(made.withheld)
        raise RefusedError(
            f"This goes to {peer.name} whole or not at all, and the agreement lets these fields not pass: "
            f"{names}. Agree on a slice that takes them."
        )
    named = getattr(step, "parties", None) or ()
    if missing := [each for each in named if made.agreement.content().party(each) is None]:
        raise RefusedError(
            f"Not all who are named have signed the agreement {made.agreement.title!r}: {len(missing)} have "
            "not. Agree with all of them first."
        )


def _keep(  # noqa: PLR0913  a row has this many parts, and all are named
    step: Step,
    kind: str,
    place: Place,
    now: datetime,
    *,
    record: str = "",
    received: models.Received | None = None,
    actor: str = "",
) -> models.CourseStep:
    name = step.digest()
    return models.CourseStep.objects.create(
        digest=name,
        opening=step.opening or name,
        kind=kind,
        activity=place.activity,
        slice=place.slice,
        author=step.author,
        number=step.number,
        body=canonical_bytes(json.loads(step.model_dump_json())),
        at=step.at,
        record=record,
        received=received,
        actor=actor,
        kept=now,
    )


def _check_envelope(step: Step, release: ReleaseObject, row: models.Received) -> None:
    """Whether a step says of itself what the signed object says that it came in."""
    if step.author != release.owner:
        raise RefusedError("It names another author than the institution that sent it.")
    if step.originators != release.originators or _narrowed(step, release) != release.marking:
        raise RefusedError("It names other originators, or another marking, than it came with.")
    if step.at != release.created:
        raise RefusedError("It is dated otherwise than it was released.")
    if isinstance(step, Part) and step.signature is not None:
        keys = trusted_keys(row.peer_id, [row.peer.signed_delegation])
        if step.signature.key not in keys:
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
