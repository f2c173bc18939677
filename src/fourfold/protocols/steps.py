"""What coordination and collaboration share: signed steps, and putting them in order.

A course (a proposal and its answers, a joint record and its parts) is nothing but the set of steps that its
parties took. Each end works out from the steps that it holds where the course stands, by rules that do not
depend on the order in which they came: whoever holds the same steps finds the same. A step that rests on one
which is not here yet waits for it; one that breaks a rule stays visible, and counts for nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fourfold.canon import DIGEST, digest
from fourfold.canon.sets import SortedSet
from fourfold.errors import RefusedError
from fourfold.records.bounded import WITHOUT_NUL
from fourfold.records.instants import Instant
from fourfold.records.markings import Marking, join

Digest = Annotated[str, StringConstraints(pattern=f"^{DIGEST.pattern}$")]
Institution = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=WITHOUT_NUL)]
LEAST_PARTIES, MOST_PARTIES = 2, 50
MOST_STEPS = 1_000
"""Of one party in one course: far more than people take."""


class Step(BaseModel):
    """One thing that one party did in a course; never changed, and known by its digest.

    `opening` is the digest of the step that opened the course (None: this is it). `number` counts the
    author's own steps in the course, from 1. `originators` are those whose words stand in the step, and
    `marking` says how it is to be handled: both as the envelope of its record has them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    opening: Digest | None = None
    author: Institution
    number: int = Field(ge=1, le=MOST_STEPS)
    at: Instant
    originators: SortedSet[str] = Field(min_length=1)
    marking: Marking

    def fields(self) -> dict[str, Any]:
        """The step as the fields of a record: JSON values, absent ones left out."""
        return self.model_dump(mode="json", exclude_none=True)

    @classmethod
    def asked(cls) -> tuple[str, ...]:
        """The fields that a person fills in; the node itself sets all others."""
        return tuple(name for name in cls.model_fields if name not in Step.model_fields)

    def digest(self) -> str:
        """The digest by which other steps refer to this one."""
        return digest(self.fields())

    def guards(self, source: "Step") -> bool:
        """Whether this step is marked as tightly as what it was written from, and names its originators."""
        joined = join([self.marking, source.marking])
        return joined == self.marking and source.originators <= self.originators


Steps = Mapping[str, Step]
"""Steps by their digests."""


def admit(steps: Steps, step: Step) -> bool:
    """Whether a step is new to those that are held; False: it is one of them, and nothing changes.

    Raises:
        RefusedError: another step of this author stands at its place; the one that came first stays.
    """
    name = step.digest()
    if name in steps:
        return False
    course = step.opening or name
    held = (each for key, each in steps.items() if (each.opening or key) == course)
    if any((each.author, each.number) == (step.author, step.number) for each in held):
        raise RefusedError(
            f"Another step {step.number} of this party is held already; it contradicts itself."
        )
    return True


class Waiting(Exception):  # noqa: N818  no error: the step is in order, and something before it is missing
    """A step rests on something that is not here yet; the message says on what."""


@dataclass(frozen=True, slots=True)
class Order:
    """What became of the steps of a course.

    `counted` are those that count, in an order in which each rests on earlier ones only. `void` gives for
    each step that breaks a rule the reason, `waiting` for each that rests on a missing one what is missing.
    """

    counted: tuple[str, ...]
    void: Mapping[str, str]
    waiting: Mapping[str, str]


def put_in_order(opening: str, steps: Steps, apply: Callable[[str, Step], None]) -> Order:
    """Apply every step of a course once all that it rests on was applied; each author's by their numbers.

    `apply` raises `RefusedError` for a step that breaks a rule, and `Waiting` for one whose time has not
    come. Whether it raises must not depend on what others do later; then the outcome is the same whatever
    the order in which steps arrive.
    """
    queues = _queues({name: step for name, step in steps.items() if (step.opening or name) == opening})
    counted: list[str] = []
    void: dict[str, str] = {}
    waiting: dict[str, str] = {}
    moved = True
    while moved:
        moved = False
        for author in sorted(queues):
            while queues[author] and _attempt(queues[author][0], apply, counted, void, waiting):
                queues[author].pop(0)
                moved = True
    for queue in queues.values():
        for place in queue[1:]:
            waiting[place.digest] = "an earlier step of the same party waits"
    return Order(tuple(counted), void, waiting)


@dataclass(frozen=True, slots=True)
class _Place:
    """A step in its author's queue; `gap`: the step before it is missing."""

    digest: str
    step: Step
    gap: bool


def _queues(steps: Steps) -> dict[str, list[_Place]]:
    """Each author's steps by number; where two have one number, none behind that place can be told apart."""
    by_author: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for name, step in steps.items():
        by_author[step.author].append((step.number, name))
    return {
        author: [
            _Place(name, steps[name], number != place)
            for place, (number, name) in enumerate(sorted(numbered), 1)
        ]
        for author, numbered in by_author.items()
    }


def _attempt(
    place: _Place,
    apply: Callable[[str, Step], None],
    counted: list[str],
    void: dict[str, str],
    waiting: dict[str, str],
) -> bool:
    """Whether a step is settled, one way or the other."""
    waiting.pop(place.digest, None)
    if place.gap:
        waiting[place.digest] = "an earlier step of the same party is missing"
        return False
    try:
        apply(place.digest, place.step)
    except Waiting as missing:
        waiting[place.digest] = str(missing)
        return False
    except RefusedError as refusal:
        void[place.digest] = str(refusal)
    else:
        counted.append(place.digest)
    return True


def check_parties(step: Step, parties: tuple[str, ...] | None) -> tuple[str, ...]:
    """The parties of a course, as its opening names them.

    Raises:
        RefusedError: it is no first step, or names not two or more in order, its author among them.
    """
    named = parties or ()
    if step.opening is not None or step.number != 1:
        raise RefusedError("A course begins with a first step that refers to no other.")
    if len(named) < LEAST_PARTIES or list(named) != sorted(set(named)) or step.author not in named:
        raise RefusedError("An opening names two or more parties in the order of their ids, its author too.")
    return named


def inherited(author: str, own: Marking, sources: Iterable[Step]) -> tuple[frozenset[str], Marking]:
    """Whose words a step holds that was written from others, and how it must be marked: union and tightest.

    The same rule as `fourfold.records.inherit`, for steps.
    """
    given = tuple(sources)
    originators = frozenset({author}).union(*(source.originators for source in given))
    return originators, join([own, *(source.marking for source in given)])
