"""Coordination: one proposes, the others accept, amend or decline; all commit to it by a date.

The brief's sense of the level (its note 2): both adapt, so that what they do fits together. A proposal is a
text with a date. Each other party answers it once:

    asked -> accepted | amended | declined          its proposer: proposed -> withdrawn
    accepted, or its proposer, once all have accepted -> committed -> done

An amendment is a whole text of its own, which supersedes the one that it answers; its author stands to it
as its proposer, and all others are asked again. Of two amendments that cross, the one with the smaller
digest stands, on every side. A party may take back what it proposed until it has committed to it itself. A
date that passes before all have done what they committed to ends it: the proposal has lapsed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fourfold.errors import RefusedError
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
from fourfold.records.markings import join


class Stance(StrEnum):
    """Where one party stands to one text."""

    ASKED = "asked"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    AMENDED = "amended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    COMMITTED = "committed"
    DONE = "done"


class Move(StrEnum):
    """What one party can do with one text."""

    PROPOSE = "propose"
    ACCEPT = "accept"
    AMEND = "amend"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    COMMIT = "commit"
    FINISH = "finish"


COORDINATION: Machine[Stance, Move] = Machine(
    "Proposal",
    {
        Stance.ASKED: {
            Move.PROPOSE: Stance.PROPOSED,
            Move.ACCEPT: Stance.ACCEPTED,
            Move.AMEND: Stance.AMENDED,
            Move.DECLINE: Stance.DECLINED,
        },
        Stance.PROPOSED: {Move.WITHDRAW: Stance.WITHDRAWN, Move.COMMIT: Stance.COMMITTED},
        Stance.ACCEPTED: {Move.COMMIT: Stance.COMMITTED},
        Stance.AMENDED: {},
        Stance.DECLINED: {},
        Stance.WITHDRAWN: {},
        Stance.COMMITTED: {Move.FINISH: Stance.DONE},
        Stance.DONE: {},
    },
    {
        Move.PROPOSE: "a text is proposed once",
        Move.ACCEPT: "a text is answered once, and not by its proposer",
        Move.AMEND: "a text is answered once, and not by its proposer",
        Move.DECLINE: "a text is answered once, and not by its proposer",
        Move.WITHDRAW: "only its proposer withdraws a text, and only before it has committed to it",
        Move.COMMIT: "a party commits once, to what it proposed or accepted",
        Move.FINISH: "done is what was committed to before",
    },
)


def advance(stance: Stance, move: Move) -> Stance:
    """Where a party stands to a text after a move.

    Raises:
        RefusedError: the move is not legal for a party that stands so.
    """
    return COORDINATION.advance(stance, move)


class State(StrEnum):
    """Where a proposal stands as a whole; the first three are open, the others are final."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    COMMITTED = "committed"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def final(self) -> bool:
        """Whether nothing more can happen to it."""
        return self not in {State.PROPOSED, State.ACCEPTED, State.COMMITTED}


class Proposal(Step):
    """A text that is proposed: the opening of a course, or an amendment.

    `due` is the day until whose end (UTC) what it proposes is to be done. An opening names the `parties`;
    an amendment names the text that it `supersedes`. What is proposed stands in the fields that a row of
    the brief's table adds.
    """

    title: Annotated[str, Field(min_length=1, max_length=500)]
    due: date
    parties: tuple[Institution, ...] | None = Field(default=None, max_length=MOST_PARTIES)
    supersedes: Digest | None = None


class Answer(Step):
    """What a party says to a text without changing it.

    `about` is the digest of the text. A commitment says by when (`by`) the party will have done its part,
    and names the `acceptances` on which it rests, so that nobody can have told two parties different things.
    """

    about: Digest
    move: Move
    note: Annotated[str, Field(min_length=1, max_length=5_000)] | None = None
    by: date | None = None
    acceptances: tuple[Digest, ...] | None = Field(default=None, max_length=MOST_PARTIES)


ANSWER = Kind("answer", "Answer to a proposal", Level.COORDINATION, Answer)

ANSWERS = frozenset({Move.ACCEPT, Move.DECLINE, Move.WITHDRAW, Move.COMMIT, Move.FINISH})
"""The moves that an answer can make; a text makes the others."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a course: where each party stands to it, and until when each has committed itself."""

    digest: str
    proposal: Proposal
    round: int
    stances: Mapping[str, Stance]
    by: Mapping[str, date]
    acceptances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """Where a proposal stands: its texts in the order of their rounds, the one that counts, and its state."""

    opening: str
    parties: tuple[str, ...]
    texts: tuple[Text, ...]
    head: Text
    state: State
    order: Order

    def due(self, party: str) -> Move | None:
        """What is expected of a party next; None: nothing."""
        stance = self.head.stances.get(party)
        if self.state.final or stance is None:
            return None
        if stance is Stance.ASKED:
            return Move.ACCEPT
        if stance is Stance.COMMITTED:
            return Move.FINISH
        waits = self.state is State.PROPOSED or stance is Stance.DONE
        return None if waits else Move.COMMIT


def check_opening(step: Proposal) -> tuple[str, ...]:
    """The parties of a course, if this step can open one.

    Raises:
        RefusedError: it is no opening.
    """
    if step.supersedes is not None:
        raise RefusedError("A course begins with a text that supersedes no other.")
    return check_parties(step, step.parties)


def course(opening: str, steps: Steps, now: datetime) -> Course:
    """Where a proposal stands at a moment, by the steps that are here.

    Raises:
        RefusedError: the opening is not here, or is none.
    """
    first = steps.get(opening)
    if not isinstance(first, Proposal):
        raise RefusedError("The step that opened this proposal is not here.")
    ledger = _Ledger(opening, check_opening(first))
    order = put_in_order(opening, steps, ledger.apply)
    if opening not in ledger.texts:
        raise RefusedError("Its author opened this proposal in two ways; nothing of it counts.")
    texts = tuple(text.shown() for text in sorted(ledger.texts.values(), key=lambda text: text.rank))
    head = texts[-1]
    return Course(opening, ledger.parties, texts, head, _state(head, now), order)


def attempt(opening: str, steps: Steps, step: Step, now: datetime) -> Course:
    """Where a proposal would stand after one more step of one's own.

    Raises:
        RefusedError: the step breaks a rule, or its time has not come; the message says which and why.
    """
    before = course(opening, steps, now)
    if before.state.final:
        raise RefusedError(f"The proposal is {before.state}; nothing more happens to it. Propose anew.")
    about = step.supersedes if isinstance(step, Proposal) else getattr(step, "about", None)
    if about != before.head.digest:
        raise RefusedError("Another text has superseded this one. Read it, and answer that.")
    made = step.digest()
    after = course(opening, {**steps, made: step}, now)
    if reason := after.order.void.get(made) or after.order.waiting.get(made):
        raise RefusedError(reason)
    return after


def _state(head: Text, now: datetime) -> State:
    stances = set(head.stances.values())
    if Stance.WITHDRAWN in stances:
        return State.WITHDRAWN
    if Stance.DECLINED in stances:
        return State.DECLINED
    if stances == {Stance.DONE}:
        return State.DONE
    if _last_day(head) < now.astimezone(UTC).date():
        return State.LAPSED
    if stances <= {Stance.COMMITTED, Stance.DONE}:
        return State.COMMITTED
    return State.PROPOSED if stances & {Stance.ASKED, Stance.AMENDED} else State.ACCEPTED


def _last_day(head: Text) -> date:
    """The day after which it has lapsed: the first date on which somebody's part is due."""
    open_ = [day for party, day in head.by.items() if head.stances[party] is Stance.COMMITTED]
    return min([head.proposal.due, *open_])


class _Sheet:
    """One text while the steps are applied."""

    def __init__(self, name: str, proposal: Proposal, number: int, parties: tuple[str, ...]) -> None:
        self.digest, self.proposal, self.round = name, proposal, number
        self.stances = dict.fromkeys(parties, Stance.ASKED)
        self.accepted: dict[str, str] = {}
        self.by: dict[str, date] = {}
        self.move(proposal, Move.PROPOSE)

    @property
    def rank(self) -> tuple[int, list[int]]:
        """Later rounds stand before earlier ones; of two that cross, the smaller digest stands."""
        return self.round, [-ord(sign) for sign in self.digest]

    def move(self, step: Step, move: Move) -> None:
        """Let a party move, within the text's date."""
        if step.at.astimezone(UTC).date() > self.proposal.due:
            raise RefusedError(f"The date of this text, {self.proposal.due}, had passed.")
        self.stances[step.author] = advance(self.stances[step.author], move)

    def shown(self) -> Text:
        """What became of it."""
        accepted = tuple(sorted(self.accepted.values()))
        return Text(self.digest, self.proposal, self.round, dict(self.stances), dict(self.by), accepted)


class _Ledger:
    """The texts of a course, as the steps are applied to them."""

    def __init__(self, opening: str, parties: tuple[str, ...]) -> None:
        self.opening, self.parties = opening, parties
        self.texts: dict[str, _Sheet] = {}

    def apply(self, name: str, step: Step) -> None:
        """Apply one step whose author's earlier ones were applied."""
        if step.author not in self.parties:
            raise RefusedError("Its author is no party of the proposal.")
        if name == self.opening:
            assert isinstance(step, Proposal)  # noqa: S101  `course` has looked
            self.texts[name] = _Sheet(name, step, 1, self.parties)
        elif isinstance(step, Proposal):
            self._amend(name, step)
        elif isinstance(step, Answer):
            self._answer(name, step)
        else:
            raise RefusedError("Such a step belongs to no proposal.")

    def _sheet(self, name: str | None) -> _Sheet:
        if name is None:
            raise RefusedError("A proposal has one opening.")
        if name not in self.texts:
            raise Waiting("the text that it answers is not here")
        return self.texts[name]

    def _amend(self, name: str, step: Proposal) -> None:
        before = self._sheet(step.supersedes)
        if step.parties is not None or type(step) is not type(before.proposal):
            raise RefusedError("An amendment changes neither the parties nor the kind of a proposal.")
        if not step.guards(before.proposal):
            raise RefusedError("An amendment is guarded no less than the text that it was written from.")
        made = _Sheet(name, step, before.round + 1, self.parties)
        before.move(step, Move.AMEND)
        self.texts[name] = made

    def _answer(self, name: str, step: Answer) -> None:
        sheet = self._sheet(step.about)
        if step.move not in ANSWERS:
            raise RefusedError(f"To {step.move} takes a text, not an answer.")
        if join([step.marking, sheet.proposal.marking]) != step.marking:
            raise RefusedError("An answer is guarded no less than the text that it is about.")
        if step.move is Move.COMMIT:
            _check_commitment(sheet, step)
        elif step.by is not None or step.acceptances is not None:
            raise RefusedError("Only a commitment has a date and rests on acceptances.")
        last = sheet.by.get(step.author, sheet.proposal.due)
        if step.move is Move.FINISH and step.at.date() > last:
            raise RefusedError(f"The date of this commitment, {last}, had passed.")
        sheet.move(step, step.move)
        if step.move is Move.ACCEPT:
            sheet.accepted[step.author] = name
        if step.move is Move.COMMIT:
            sheet.by[step.author] = step.by or sheet.proposal.due


def _check_commitment(sheet: _Sheet, step: Answer) -> None:
    """Whether a commitment is within the date, and rests on the very acceptances that are held here."""
    if step.by is not None and not step.at.date() <= step.by <= sheet.proposal.due:
        raise RefusedError(f"A commitment is for a day from its own until {sheet.proposal.due}.")
    advance(sheet.stances[step.author], Move.COMMIT)
    others = {party for party in sheet.stances if party != sheet.proposal.author}
    if missing := others - set(sheet.accepted):
        raise Waiting(f"not all have accepted: {len(missing)} to go")
    if list(step.acceptances or ()) != sorted(sheet.accepted.values()):
        raise RefusedError("It rests on other acceptances than those that are held here.")
