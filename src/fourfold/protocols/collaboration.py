"""Collaboration: one record drafted together, and complete only when all have signed the same bytes.

The brief's sense of the level (its note 2): one working process on one problem. Every party contributes; what
they contributed is combined by a fixed rule into one text, and each signs the digest of its canonical bytes:

    invited -> contributed -> signed -> published          a signed party that contributes: -> contributed
    any of the first three -> left

A signature is for one set of contributions. One contribution more makes other bytes: no signature stands
under them, and a new revision is open. What all have signed can be published by any of them, once; what was
contributed meanwhile comes too late. A party that leaves ends a draft, and never what was published.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import Field

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.errors import RefusedError, SignatureError
from fourfold.framework import Level
from fourfold.protocols.machine import Machine
from fourfold.protocols.steps import (
    MOST_PARTIES,
    Digest,
    Institution,
    Order,
    Step,
    Steps,
    Waiting,
    check_parties,
    put_in_order,
)
from fourfold.records.kinds import Kind
from fourfold.records.markings import Marking, join
from fourfold.records.signing import Purpose, Signature, Signer, verify

MOST_CONTRIBUTIONS = 500


class Stance(StrEnum):
    """Where one party stands to a joint record."""

    INVITED = "invited"
    CONTRIBUTED = "contributed"
    SIGNED = "signed"
    PUBLISHED = "published"
    LEFT = "left"


class Move(StrEnum):
    """What one party can do with a joint record."""

    CONTRIBUTE = "contribute"
    SIGN = "sign"
    PUBLISH = "publish"
    LEAVE = "leave"


COLLABORATION: Machine[Stance, Move] = Machine(
    "Joint record",
    {
        Stance.INVITED: {Move.CONTRIBUTE: Stance.CONTRIBUTED, Move.LEAVE: Stance.LEFT},
        Stance.CONTRIBUTED: {
            Move.CONTRIBUTE: Stance.CONTRIBUTED,
            Move.SIGN: Stance.SIGNED,
            Move.LEAVE: Stance.LEFT,
        },
        Stance.SIGNED: {
            Move.CONTRIBUTE: Stance.CONTRIBUTED,
            Move.SIGN: Stance.SIGNED,
            Move.PUBLISH: Stance.PUBLISHED,
            Move.LEAVE: Stance.LEFT,
        },
        Stance.PUBLISHED: {},
        Stance.LEFT: {},
    },
    {
        Move.CONTRIBUTE: "who published or left adds nothing more",
        Move.SIGN: "a party signs once it has contributed, and until it has published or left",
        Move.PUBLISH: "a party publishes, once, the very bytes that it signed last",
        Move.LEAVE: "what was published stays, and a party leaves once",
    },
)


def advance(stance: Stance, move: Move) -> Stance:
    """Where a party stands to a joint record after a move.

    Raises:
        RefusedError: the move is not legal for a party that stands so.
    """
    return COLLABORATION.advance(stance, move)


class State(StrEnum):
    """Where a joint record stands as a whole."""

    DRAFTED = "drafted"
    FROZEN = "frozen"
    COMPLETE = "complete"
    PUBLISHED = "published"
    ABANDONED = "abandoned"

    @property
    def final(self) -> bool:
        """Whether nothing more can happen to it."""
        return self in {State.PUBLISHED, State.ABANDONED}


class Contribution(Step):
    """What one party adds to a joint record; the first one opens the course and names the `parties`.

    `revision` is one more than that of the latest contribution which its author had seen. What is added
    stands in the fields that a row of the brief's table adds; `SINGLE` names those of which the record has
    one value, so that a later contribution rewrites an earlier one. `WHOLE` is what people call the record.
    """

    WHOLE: ClassVar[str] = "Joint record"
    SINGLE: ClassVar[tuple[str, ...]] = ()

    revision: int = Field(ge=1, le=MOST_CONTRIBUTIONS)
    parties: tuple[Institution, ...] | None = Field(default=None, max_length=MOST_PARTIES)

    def content(self) -> dict[str, Any]:
        """What it adds: the fields beyond those that every contribution has, as JSON values."""
        return {name: value for name, value in self.fields().items() if name not in _HEADER}

    @classmethod
    def combined(cls, contributions: "tuple[Contribution, ...]") -> dict[str, Any]:
        """What contributions come to, given in the order of their revisions; each row has its own rule."""
        raise NotImplementedError


_HEADER = frozenset(Contribution.model_fields)


class Part(Step):
    """A party's signature under a joint record, its word that it is published, or that the party leaves.

    `contributions` are the digests of all that was combined, in order, and `content` is the digest of the
    bytes that they come to; the signature is over these bytes.
    """

    move: Move
    contributions: tuple[Digest, ...] | None = Field(default=None, max_length=MOST_CONTRIBUTIONS)
    content: Digest | None = None
    signature: Signature | None = None
    note: Annotated[str, Field(min_length=1, max_length=5_000)] | None = None


PART = Kind("joint_part", "Signature under a joint record", Level.COLLABORATION, Part)


@dataclass(frozen=True)
class Frozen:
    """A joint record as exact bytes: what its contributions come to, whose they are, how it is marked."""

    opening: str
    parties: tuple[str, ...]
    contributions: tuple[tuple[str, Contribution], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The digests of the contributions, in order."""
        return tuple(sorted(name for name, _ in self.contributions))

    @cached_property
    def combined(self) -> dict[str, Any]:
        """What was drafted, as JSON values."""
        ordered = sorted(self.contributions, key=lambda each: (each[1].revision, each[1].author, each[0]))
        given = tuple(each for _, each in ordered)
        return type(given[0]).combined(given)

    @property
    def originators(self) -> frozenset[str]:
        """Whose words are in it: the union."""
        return frozenset().union(*(each.originators for _, each in self.contributions))

    @property
    def marking(self) -> Marking:
        """How it is to be handled: the tightest."""
        return join(each.marking for _, each in self.contributions)

    @cached_property
    def data(self) -> bytes:
        """The canonical bytes that every party signs."""
        return canonical_bytes(
            {
                "type": "joint-record",
                "opening": self.opening,
                "parties": list(self.parties),
                "contributions": list(self.names),
                "originators": sorted(self.originators),
                "marking": self.marking.model_dump(mode="json", exclude_none=True),
                "content": self.combined,
            }
        )

    @cached_property
    def digest(self) -> str:
        """The digest of these bytes."""
        return digest_bytes(self.data)

    @property
    def missing(self) -> frozenset[str]:
        """The parties that contributed nothing to it."""
        return frozenset(self.parties) - {each.author for _, each in self.contributions}

    def sign(self, signer: Signer) -> Signature:
        """A party's signature under it."""
        return signer.sign(Purpose.JOINT_RECORD, self.data)


@dataclass(frozen=True, slots=True)
class Course:
    """Where a joint record stands.

    `current` is what all contributions that count come to; of a published record, what was published.
    `signatures` are those under just these bytes, by party. `late` are contributions that came after it
    was published.
    """

    opening: str
    parties: tuple[str, ...]
    current: Frozen
    stances: Mapping[str, Stance]
    signatures: Mapping[str, Signature]
    state: State
    late: tuple[str, ...]
    order: Order

    @property
    def revision(self) -> int:
        """How many contributions it is made of."""
        return len(self.current.contributions)

    def due(self, party: str) -> Move | None:
        """What is expected of a party next; None: nothing."""
        if self.state.final or party not in self.parties:
            return None
        if party in self.current.missing:
            return Move.CONTRIBUTE
        if self.state is State.COMPLETE:
            return Move.PUBLISH
        waits = self.current.missing or party in self.signatures
        return None if waits else Move.SIGN


def check_opening(step: Contribution) -> tuple[str, ...]:
    """The parties of a course, if this contribution can open one.

    Raises:
        RefusedError: it is no opening.
    """
    if step.revision != 1:
        raise RefusedError("A course begins with the first revision.")
    return check_parties(step, step.parties)


def course(opening: str, steps: Steps) -> Course:
    """Where a joint record stands, by the steps that are here.

    Raises:
        RefusedError: the opening is not here, or is none.
    """
    first = steps.get(opening)
    if not isinstance(first, Contribution):
        raise RefusedError("The step that opened this joint record is not here.")
    ledger = _Ledger(opening, check_opening(first))
    order = put_in_order(opening, steps, ledger.apply)
    if opening not in ledger.contributions:
        raise RefusedError("Its author opened this joint record in two ways; nothing of it counts.")
    published = ledger.published
    current = ledger.frozen(published or tuple(ledger.contributions))
    under = ledger.under(current)
    late = tuple(name for name in ledger.contributions if name not in current.names)
    state = State.PUBLISHED if published else ledger.state(under)
    return Course(opening, ledger.parties, current, dict(ledger.stances), under, state, late, order)


def attempt(opening: str, steps: Steps, step: Step) -> Course:
    """Where a joint record would stand after one more step of one's own.

    Raises:
        RefusedError: the step breaks a rule, or its time has not come; the message says which and why.
    """
    before = course(opening, steps)
    if before.state.final:
        raise RefusedError(f"The joint record is {before.state}; nothing more is added to it. Begin another.")
    made = step.digest()
    after = course(opening, {**steps, made: step})
    if reason := after.order.void.get(made) or after.order.waiting.get(made):
        raise RefusedError(reason)
    return after


class _Ledger:
    """A joint record, as the steps are applied to it."""

    def __init__(self, opening: str, parties: tuple[str, ...]) -> None:
        self.opening, self.parties = opening, parties
        self.stances = dict.fromkeys(parties, Stance.INVITED)
        self.contributions: dict[str, Contribution] = {}
        self.signed: dict[str, list[tuple[Frozen, Signature]]] = {party: [] for party in parties}
        self.published: tuple[str, ...] | None = None

    def apply(self, name: str, step: Step) -> None:
        """Apply one step whose author's earlier ones were applied."""
        if step.author not in self.parties:
            raise RefusedError("Its author is no party of the joint record.")
        if isinstance(step, Contribution):
            self._contribute(name, step)
        elif isinstance(step, Part) and step.move is Move.SIGN:
            self._sign(step)
        elif isinstance(step, Part) and step.move is Move.PUBLISH:
            self._publish(step)
        elif isinstance(step, Part) and step.move is Move.LEAVE:
            self.stances[step.author] = advance(self.stances[step.author], Move.LEAVE)
        else:
            raise RefusedError("Such a step belongs to no joint record.")

    def frozen(self, names: tuple[str, ...]) -> Frozen:
        """These contributions as one text."""
        given = tuple((name, self.contributions[name]) for name in sorted(names))
        return Frozen(self.opening, self.parties, given)

    def under(self, text: Frozen) -> dict[str, Signature]:
        """The signatures under just these bytes, by party."""
        return {
            party: signature
            for party, signed in self.signed.items()
            for each, signature in signed
            if each.digest == text.digest
        }

    def state(self, under: Mapping[str, Signature]) -> State:
        """Where an unpublished record stands."""
        if Stance.LEFT in self.stances.values():
            return State.ABANDONED
        if set(under) == set(self.parties):
            return State.COMPLETE
        return State.FROZEN if under else State.DRAFTED

    def _contribute(self, name: str, step: Contribution) -> None:
        opens = name == self.opening
        if not opens and (step.opening is None or step.parties is not None):
            raise RefusedError("A joint record has one opening, which names its parties.")
        if not opens and type(step) is not type(self._first()):
            raise RefusedError("This contribution is to another kind of joint record.")
        if len(self.contributions) < step.revision - 1:
            raise Waiting("contributions that its author had seen are not here")
        self.stances[step.author] = advance(self.stances[step.author], Move.CONTRIBUTE)
        self.contributions[name] = step

    def _first(self) -> Contribution:
        if self.opening not in self.contributions:
            raise Waiting("the contribution that opens the joint record is not here")
        return self.contributions[self.opening]

    def _sign(self, step: Part) -> None:
        names = step.contributions or ()
        after = advance(self.stances[step.author], Move.SIGN)
        if step.content is None or step.signature is None or list(names) != sorted(set(names)):
            raise RefusedError(
                "A signature names its contributions, in order, and the digest of their bytes."
            )
        if not set(names) <= set(self.contributions):
            raise Waiting("contributions that were signed are not here")
        text = self.frozen(names) if names else None
        if text is None or text.missing:
            raise RefusedError("A joint record is signed once every party has contributed.")
        _check_signature(text, step)
        before = self.signed[step.author]
        if before and not set(before[-1][0].names) < set(names):
            raise RefusedError("A party signs again only what has more contributions.")
        self.stances[step.author] = after
        before.append((text, step.signature))

    def _publish(self, step: Part) -> None:
        after = advance(self.stances[step.author], Move.PUBLISH)
        text = self.signed[step.author][-1][0]
        if step.content != text.digest:
            raise RefusedError("A party publishes the very bytes that it signed last.")
        if missing := set(self.parties) - set(self.under(text)):
            raise Waiting(f"not all have signed these bytes: {len(missing)} to go")
        self.stances[step.author] = after
        self.published = text.names


def _check_signature(text: Frozen, step: Part) -> None:
    """Whether a signature is over just these bytes; whose key made it is checked on arrival."""
    if step.content != text.digest:
        raise RefusedError("Other bytes were signed than these contributions come to.")
    if join([step.marking, text.marking]) != step.marking:
        raise RefusedError("A signature is guarded no less than what it is under.")
    if step.signature is None:
        raise AssertionError("checked before")
    try:
        verify(step.signature, Purpose.JOINT_RECORD, text.data, step.signature.key)
    except SignatureError as error:
        raise RefusedError(f"The signature under the joint record does not hold. {error}") from error
