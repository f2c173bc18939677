"""Everything that can go wrong, as one tree; each error says what the user can do.

    FourfoldError
    ├── InputError            a file or message from outside is at fault; lists every Fault
    ├── SignatureError        a signature, digest or key does not hold
    ├── ProofError            an inclusion, consistency or commitment proof does not hold
    ├── RefusedError          a rule of the house forbids the act (who, when, level, state)
    ├── NotFoundError         no such thing, or not for you: the two read the same
    └── ExchangeError         the other node could not be reached or answered wrongly

The command line turns `InputError` into exit status 2 and every other into 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: where it is, what is wrong, what to do.

    `file` is a name as the user gave it ("-" for standard input), `line` counts from 1 (0: the whole
    file), `field` is a path such as `activities[2].answers.AISI.sens` (empty: the whole document).
    """

    message: str
    file: str = ""
    line: int = 0
    field: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        """One line, as a compiler would say it: file, line, field, message and remedy."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = [part for part in (place, self.field, self.message) if part]
        return ": ".join(parts) + (f" {self.remedy}" if self.remedy else "")


class FourfoldError(Exception):
    """The root: catch this to catch all of ours."""


class InputError(FourfoldError):
    """An input from outside is at fault; `faults` holds all that is wrong with it, in order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SignatureError(FourfoldError):
    """A signature, digest or key does not hold; nothing that it covers may be believed."""


class ProofError(FourfoldError):
    """A proof of inclusion, consistency or commitment does not hold."""


class RefusedError(FourfoldError):
    """A rule forbids this act; the message says which one and what would allow it."""


class NotFoundError(FourfoldError):
    """There is no such thing, or it is not for this reader: both read the same."""


class ExchangeError(FourfoldError):
    """The other node could not be reached, or answered against the protocol."""
