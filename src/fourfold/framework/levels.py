"""The four levels of engagement, from apart to together."""

from enum import Enum
from functools import total_ordering


@total_ordering
class Level(Enum):
    """How two institutions work on a slice of an activity; ordered, closer is greater.

    Not a string enum: comparing words alphabetically would order the levels wrongly.
    """

    SEPARATION = "separation"
    COMMUNICATION = "communication"
    COORDINATION = "coordination"
    COLLABORATION = "collaboration"

    @property
    def rank(self) -> int:
        """0 for separation up to 3 for collaboration."""
        return _ORDER[self]

    def __lt__(self, other: object) -> bool:
        """Whether this level is further apart than the other."""
        if not isinstance(other, Level):
            return NotImplemented
        return self.rank < other.rank

    def __str__(self) -> str:
        """The lower-case word."""
        return self.value


_ORDER = {level: rank for rank, level in enumerate(Level)}
