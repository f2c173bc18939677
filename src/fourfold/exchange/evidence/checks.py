"""Named checks: what was tried on a piece of evidence, whether it holds, and a sentence that says so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from fourfold.errors import InputError, ProofError, SignatureError

T = TypeVar("T")


class Outcome(StrEnum):
    """What came of a check; `open` is what these files alone cannot decide."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: the file it was made on, its name, its outcome, and a sentence."""

    file: str
    name: str
    outcome: Outcome
    sentence: str


@dataclass(slots=True)
class Checks:
    """The checks made on one file, in order."""

    file: str
    made: list[Check] = field(default_factory=list)

    def holds(self, name: str, sentence: str) -> None:
        """Note what holds."""
        self.made.append(Check(self.file, name, Outcome.HOLDS, sentence))

    def fails(self, name: str, sentence: str) -> None:
        """Note what does not hold."""
        self.made.append(Check(self.file, name, Outcome.FAILS, sentence))

    def open(self, name: str, sentence: str) -> None:
        """Note what cannot be decided here."""
        self.made.append(Check(self.file, name, Outcome.OPEN, sentence))

    def equal(self, name: str, same: bool, holds: str, fails: str) -> None:  # noqa: FBT001  the outcome itself
        """Note which of two sentences is true."""
        if same:
            self.holds(name, holds)
        else:
            self.fails(name, fails)

    def attempt(self, name: str, act: Callable[[], T], sentence: Callable[[T], str]) -> T | None:
        """Do what raises if something does not hold; its result, or None where it failed."""
        try:
            result = act()
        except (InputError, SignatureError, ProofError) as error:
            self.fails(name, str(error))
            return None
        self.holds(name, sentence(result))
        return result


def outcome(checks: Iterable[Check]) -> Outcome:
    """Of all checks together: fails if one fails, else holds; what is open was said."""
    failed = any(check.outcome is Outcome.FAILS for check in checks)
    return Outcome.FAILS if failed else Outcome.HOLDS
