"""Where a proposal stands, worked out from its steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from fourfold.errors import RefusedError
from fourfold.protocols import courses
from fourfold.protocols.coordination.ledger import ProposalLedger, Sheet
from fourfold.protocols.coordination.moves import Move, Stance, State
from fourfold.protocols.coordination.steps import Proposal, check_opening
from fourfold.protocols.steps import Order, Step, Steps


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


def course(opening: str, steps: Steps, now: datetime) -> Course:
    """Where a proposal stands at a moment, by the steps that are here.

    Raises:
        RefusedError: the opening is not here, or is none.
    """
    first = steps.get(opening)
    if not isinstance(first, Proposal):
        raise RefusedError("The step that opened this proposal is not here.")
    ledger = ProposalLedger(opening, check_opening(first))
    order = ledger.put(steps)
    texts = tuple(_shown(sheet) for sheet in sorted(ledger.texts.values(), key=lambda sheet: sheet.rank))
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
    after = course(opening, {**steps, step.digest(): step}, now)
    courses.settled(after.order, step)
    return after


def _shown(sheet: Sheet) -> Text:
    """What became of a text."""
    accepted = tuple(sorted(sheet.accepted.values()))
    return Text(sheet.digest, sheet.proposal, sheet.round, dict(sheet.stances), dict(sheet.by), accepted)


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
