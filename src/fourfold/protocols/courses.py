"""What coordination and collaboration share: reading a course from its steps, and trying one step more."""

from abc import ABC, abstractmethod
from typing import ClassVar

from fourfold.errors import RefusedError
from fourfold.protocols.steps import Order, Step, Steps, put_in_order


class Ledger(ABC):
    """A course, as its steps are applied to it. `what` is what people call such a course."""

    what: ClassVar[str]

    def __init__(self, opening: str, parties: tuple[str, ...]) -> None:
        self.opening, self.parties = opening, parties

    def put(self, steps: Steps) -> Order:
        """Apply all steps that can be applied, and say what became of each.

        Raises:
            RefusedError: its author took two steps at the place of the opening.
        """
        order = put_in_order(self.opening, steps, self._put)
        if self.opening not in order.counted:
            raise RefusedError(f"Its author opened this {self.what} in two ways; nothing of it counts.")
        return order

    @abstractmethod
    def apply(self, name: str, step: Step) -> None:
        """Apply one step of a party, whose earlier ones were applied.

        Raises:
            RefusedError: it breaks a rule.
            Waiting: it rests on a step that is not here.
        """

    def _put(self, name: str, step: Step) -> None:
        if step.author not in self.parties:
            raise RefusedError(f"Its author is no party of the {self.what}.")
        self.apply(name, step)


def settled(order: Order, step: Step) -> None:
    """Whether a step of one's own counts.

    Raises:
        RefusedError: it breaks a rule, or its time has not come; the message says which and why.
    """
    made = step.digest()
    if reason := order.void.get(made) or order.waiting.get(made):
        raise RefusedError(reason)
