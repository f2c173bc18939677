"""Courses in the store: reading where proposals and joint records stand, and keeping their steps.

Where a course stands is worked out from its steps (fourfold.protocols), never stored.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F

from fourfold.canon import canonical_bytes
from fourfold.errors import Fault, InputError, NotFoundError, RefusedError
from fourfold.node import models
from fourfold.node.compartments import align
from fourfold.node.kinds import kind_of
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.coordination import Proposal
from fourfold.protocols.steps import Step, Steps
from fourfold.records.kinds import Kind

_AT_ONCE = 500
"""So many courses are asked for by one query."""
_BEGINNING = re.compile("sha256:[0-9a-f]{0,64}")
Opening = models.CourseStep | models.WaitingStep
"""What opened a course, or will, once it was approved."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step of our own that leaves once it was approved: its row, itself, and the record that it is."""

    row: models.WaitingStep
    step: Step
    version: models.RecordVersion


@dataclass(frozen=True, slots=True)
class Matter:
    """A proposal or a joint record as this node holds it: its opening, its steps, and where it stands.

    `recalled` names the institutions that took back a step of it, or destroyed one under their retention
    rules; then nothing of it is worked out, and `course` is None. So it is while the opening itself waits
    for approval. `waiting` is our own step that does, if any; nothing of it is in `steps` or `course`.
    """

    row: Opening
    kind: Kind
    steps: Steps
    course: coordination.Course | collaboration.Course | None
    recalled: tuple[str, ...]
    waiting: Waiting | None = None

    @property
    def parties(self) -> tuple[str, ...]:
        """Its parties; none where a step was recalled."""
        if self.course:
            return self.course.parties
        return () if self.begun or self.waiting is None else parties_named(self.waiting.step)

    @property
    def begun(self) -> bool:
        """Whether its opening has left, or came in."""
        return isinstance(self.row, models.CourseStep)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a course belongs: its activity and slice."""

    activity: str
    slice: str


def parties_named(step: Step) -> tuple[str, ...]:
    """The parties that an opening names; none where it is none."""
    return getattr(step, "parties", None) or ()


def openings() -> "list[models.CourseStep]":
    """The steps that opened a course, the newest first."""
    return list(models.CourseStep.readable.filter(digest=F("opening")).order_by("-kept", "digest"))


def waiting_openings() -> list[models.WaitingStep]:
    """The steps that will open a course once they were approved, the newest first."""
    rows = models.WaitingStep.readable.filter(digest=F("opening"), decided=None).order_by("-kept", "digest")
    held = _waiting([row.digest for row in rows])
    return [row for row in rows if row.digest in held]


def find(digest: str) -> Opening:
    """The opening whose digest begins so.

    Raises:
        InputError: several could be meant.
        NotFoundError: there is none.
    """
    wanted = digest if digest.startswith("sha256:") else f"sha256:{digest}"
    if not _BEGINNING.fullmatch(wanted):
        raise NotFoundError("There is no such proposal or joint record. See the list.")
    chosen = {"digest": F("opening"), "digest__startswith": wanted}
    found: list[Opening] = [
        *models.CourseStep.readable.filter(**chosen)[:2],
        *models.WaitingStep.readable.filter(**chosen, decided=None)[:2],
    ]
    if len(found) > 1:
        raise InputError([Fault(f"Several digests begin with {digest}.", remedy="Give more of it.")])
    if not found:
        raise NotFoundError("There is no such proposal or joint record. See the list.")
    return found[0]


def read(row: models.CourseStep) -> Step:
    """A step as it was taken."""
    return _step(row.kind, bytes(row.body))


def waiting(opening: str) -> Waiting | None:
    """Our own step in a course that waits for approval; one whose record is gone waits for nothing."""
    return _waiting([opening]).get(opening)


def matter(row: Opening, now: datetime) -> Matter:
    """Where the course that this step opened stands now."""
    return matters([row], now)[0]


def matters(rows: Sequence[Opening], now: datetime) -> list[Matter]:
    """Where the courses that these steps opened stand now; the store is asked once for many."""
    found = []
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        openings = [row.digest for row in part]
        held, steps = _waiting(openings), _steps(openings)
        found += [_matter(row, steps.get(row.digest, []), held.get(row.digest), now) for row in part]
    return found


def _waiting(openings: Sequence[str]) -> dict[str, Waiting]:
    """Our own steps that wait for approval, by their courses."""
    rows = models.WaitingStep.objects.filter(opening__in=openings, decided=None)
    ours = {row.opening: row for row in rows}  # one at most waits in each
    kept = models.RecordVersion.objects.filter(latest=True, destroyed=None)
    versions = {each.record: each for each in kept.filter(record__in=[row.record for row in ours.values()])}
    return {
        opening: Waiting(row, _step(row.kind, canonical_bytes(version.content().payload)), version)
        for opening, row in ours.items()
        if (version := versions.get(row.record))
    }


def _steps(openings: Sequence[str]) -> dict[str, list[models.CourseStep]]:
    """The steps of each course."""
    found: dict[str, list[models.CourseStep]] = {}
    rows = models.CourseStep.objects.filter(opening__in=openings).select_related("received")
    for row in rows.defer("received__wire"):
        found.setdefault(row.opening, []).append(row)
    return found


def _matter(row: Opening, rows: Sequence[models.CourseStep], held: Waiting | None, now: datetime) -> Matter:
    kind = kind_of(row.kind)
    if isinstance(row, models.WaitingStep):
        return Matter(row, kind, {}, None, (), held)
    recalled = tuple(sorted({_gone_by(each) for each in rows if each.recalled is not None}))
    steps = {each.digest: read(each) for each in rows if each.body is not None}
    course = None if recalled else _course(kind, row.digest, steps, now)
    return Matter(row, kind, steps, course, recalled, held)


def open_same(step: Step, slice_: str) -> models.CourseStep | None:
    """Our own opening of the very same, with the same parties in the same slice, that is not closed yet."""
    for row in openings():
        if (row.author, row.slice) != (step.author, slice_) or row.body is None:
            continue
        if says_the_same(read(row), step):
            stands = matter(row, step.at)
            if stands.course and not stands.course.state.final:
                return row
    return None


def says_the_same(one: Step, other: Step) -> bool:
    """Whether two steps differ in nothing but their number and time."""
    ignored = {"number", "at"}
    return type(one) is type(other) and one.model_dump(exclude=ignored) == other.model_dump(exclude=ignored)


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


def check_read(about: str | None, head: coordination.Text) -> None:
    """Whether the text that somebody read is the one that counts.

    Raises:
        RefusedError: another has superseded it.
    """
    if about not in {None, head.digest}:
        raise RefusedError("Another text has superseded the one that you read. Read it, then answer that.")


def _gone_by(row: models.CourseStep) -> str:
    """Whose act it was that a step is not held any more."""
    expired = row.received is not None and row.received.state == models.ReceivedState.EXPIRED
    return settings.NODE.id if expired else row.author


def _step(kind: str, body: bytes) -> Step:
    payload = kind_of(kind).payload.model_validate_json(body)
    if not isinstance(payload, Step):
        raise TypeError("only steps are kept as steps")
    return payload


def _live(matter_: Matter) -> coordination.Course | collaboration.Course:
    if not matter_.begun:
        raise RefusedError("Its opening waits for a second person's approval; until then nothing follows it.")
    if matter_.course is None:
        raise RefusedError("A step of this was recalled by its author; nothing more happens to it.")
    return matter_.course


def _course(
    kind: Kind, opening: str, steps: Steps, now: datetime
) -> coordination.Course | collaboration.Course:
    if issubclass(kind.payload, Proposal):
        return coordination.course(opening, steps, now)
    return collaboration.course(opening, steps)


def keep(  # noqa: PLR0913  a row has this many parts, and all are named
    step: Step,
    kind: str,
    place: Place,
    now: datetime,
    *,
    record: str = "",
    received: models.Received | None = None,
    actor: str = "",
) -> models.CourseStep:
    """Keep a step, ours or theirs."""
    name = step.digest()
    row = models.CourseStep.objects.create(
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
    align(row.opening)
    return row
