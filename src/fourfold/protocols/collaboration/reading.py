"""Where a joint record stands, worked out from its steps."""

from collections.abc import Mapping
from dataclasses import dataclass

from fourfold.errors import RefusedError
from fourfold.protocols import courses
from fourfold.protocols.collaboration.frozen import Frozen
from fourfold.protocols.collaboration.ledger import RecordLedger
from fourfold.protocols.collaboration.moves import Move, Stance, State
from fourfold.protocols.collaboration.steps import Contribution, check_opening
from fourfold.protocols.steps import Order, Step, Steps
from fourfold.records.signing import Signature


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


def course(opening: str, steps: Steps) -> Course:
    """Where a joint record stands, by the steps that are here.

    Raises:
        RefusedError: the opening is not here, or is none.
    """
    first = steps.get(opening)
    if not isinstance(first, Contribution):
        raise RefusedError("The step that opened this joint record is not here.")
    ledger = RecordLedger(opening, check_opening(first))
    order = ledger.put(steps)
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
    after = course(opening, {**steps, step.digest(): step})
    courses.settled(after.order, step)
    return after
