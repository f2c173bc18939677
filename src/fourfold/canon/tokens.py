"""What the JSON and the YAML reader have in common: the tokens that they yield and the syntax error."""

from dataclasses import dataclass
from enum import Enum

Scalar = str | bool | int | float | None
LARGEST_EXACT = 2**53 - 1  # RFC 8785 counts numbers as IEEE doubles; beyond this they are not exact
MOST_DIGITS = 400


class Kind(Enum):
    """The four things that a tree is written with."""

    MAPPING = "mapping"
    LIST = "list"
    END = "end"
    SCALAR = "scalar"


@dataclass(frozen=True, slots=True)
class Token:
    """One step through a document. `faults` are what the reader found wrong with it: (message, remedy)."""

    kind: Kind
    line: int
    value: Scalar = None
    faults: tuple[tuple[str, str], ...] = ()


class SyntaxFaultError(Exception):
    """The text cannot be read beyond this line."""

    def __init__(self, line: int, message: str, remedy: str = "") -> None:
        self.line = line
        self.message = message
        self.remedy = remedy
        super().__init__(message)


def whole_number(digits: str, base: int = 10) -> tuple[Scalar, tuple[tuple[str, str], ...]]:
    """An integer, refused where a reader elsewhere would silently round it."""
    value = int(digits, base) if len(digits) <= MOST_DIGITS else LARGEST_EXACT + 1
    if abs(value) > LARGEST_EXACT:
        return None, (("The number is too large to be exact everywhere.", "Put it in quotes."),)
    return value, ()


def real_number(digits: str) -> tuple[Scalar, tuple[tuple[str, str], ...]]:
    """A finite number with a fraction or an exponent."""
    value = float(digits)
    if value in {float("inf"), float("-inf")}:
        return None, (("The number is too large.", "Write a smaller one, or put it in quotes."),)
    return value, ()
